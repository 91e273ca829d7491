// SPDX-License-Identifier: MIT
#include "search/changes.hpp"

#include <algorithm>
#include <array>

#include "search/format_search.hpp"
#include "search/hardware.hpp"
#include "search/support.hpp"

namespace llmfit::search {
namespace {

/// Sets that are worth solving for the largest context: the roomiest few.
constexpr std::size_t solved_sets = 8;

/// What costs no money before what does.
constexpr std::array<void (*)(ChangeSearch&), 12> levers = {
    pull_format, pull_kv_type, pull_context, pull_sequences, pull_users, pull_within,
    pull_split,  pull_engine,  pull_offload, pull_budget,    pull_cards, pull_hardware};

/// Nothing of it runs, so that no memory that is saved can help.
bool never_runs(const FormatResult& one) {
  return !one.footprint ||
         (!one.candidates.empty() &&
          std::all_of(one.candidates.begin(), one.candidates.end(), is_unsupported));
}

/// The format with the fewest bytes; one that does not run only where all are such.
const FormatResult* closest_format(const FitResult& result) {
  const FormatResult* closest = nullptr;
  const auto bytes = [](const FormatResult& one) {
    return one.footprint ? one.footprint->total() : Bytes{};
  };
  for (const auto& one : result.formats) {
    const bool better =
        closest == nullptr || (never_runs(*closest) && !never_runs(one)) ||
        (never_runs(*closest) == never_runs(one) && one.footprint && bytes(one) < bytes(*closest));
    if (better) closest = &one;
  }
  return closest;
}

/// Of each card that was asked for, or of each that the catalog has, the largest set alone.
HardwareRequest largest_sets(const Question& question, const FormatResult& closest) {
  HardwareRequest hardware = question.request.hardware;
  if (!hardware.together.empty()) return hardware;
  const bool named = !hardware.alternatives.empty();
  const auto& engine = question.catalog.engine(closest.choice.engine);
  std::vector<CardChoice> largest;
  const auto add = [&](const GpuRecord& gpu, std::optional<std::int32_t> count) {
    const auto counts = counts_to_try(gpu, hardware.max_gpus);
    if (!named && obstacle(support_of(engine), gpu) != Obstacle::none) return;
    largest.push_back({std::string(gpu.id), {&gpu}, count ? *count : counts.back()});
  };
  for (const auto& choice : hardware.alternatives) {
    if (choice.variants.empty()) largest.push_back(choice);
    for (const auto* gpu : choice.variants) add(*gpu, choice.count);
  }
  if (!named) {
    for (const auto& gpu : question.catalog.gpus()) add(gpu, std::nullopt);
  }
  hardware.alternatives = std::move(largest);
  return hardware;
}

}  // namespace

ChangeSearch::ChangeSearch(const Question& question, const FormatResult& closest)
    : question_(question), closest_(closest) {}

const Candidate* ChangeSearch::asked() const {
  const auto& hardware = question_.request.hardware;
  const bool named = !hardware.alternatives.empty() || !hardware.together.empty();
  return named && !closest_.candidates.empty() ? &closest_.candidates.front() : nullptr;
}

bool ChangeSearch::does_not_run() const {
  const auto stopped = [](const Candidate& one) {
    return is_unsupported(one) || one.reason == Reason::not_divisible;
  };
  if (!closest_.choice.format) return true;
  if (closest_.candidates.empty()) {
    return model_obstacle(question_.catalog.engine(closest_.choice.engine), question_.model)
        .has_value();
  }
  return std::any_of(closest_.candidates.begin(), closest_.candidates.end(), stopped);
}

double ChangeSearch::asked_bits() const {
  if (closest_.weights) return closest_.weights->bits_per_weight;
  const auto other =
      resolve_formats(question_.catalog, question_.model, {closest_.choice.typed}, std::nullopt);
  constexpr double usual = 4.5;
  return other && other->front().format ? nominal_bits(*other->front().format) : usual;
}

FitRequest ChangeSearch::request() const {
  FitRequest request = question_.request;
  request.limit = 0;
  request.all = false;
  request.table = false;
  return request;
}

std::optional<FormatResult> ChangeSearch::answer(const FitRequest& request,
                                                 const FormatChoice& choice) const {
  const auto& filter = question_.request.offers;
  const bool same = request.offers.providers == filter.providers &&
                    request.offers.max_usd_hour == filter.max_usd_hour;
  std::optional<cost::OfferBook> changed;
  if (!same) changed.emplace(question_.catalog, request.offers);
  const Question asked{question_.catalog, question_.model,
                       request,           changed ? *changed : question_.offers,
                       question_.weigher, question_.cards};
  auto one = fit_format(asked, choice, Solve::no);
  return one ? std::optional(std::move(*one)) : std::nullopt;
}

std::optional<Candidate> ChangeSearch::yes(const FitRequest& request,
                                           const FormatChoice& choice) const {
  const auto one = answer(request, choice);
  if (!one || !one->any_fits) return std::nullopt;
  if (request.every_variant && !one->every_variant_fits) return std::nullopt;
  return one->candidates.front();
}

std::vector<Candidate> ChangeSearch::candidates(const FitRequest& request,
                                                const FormatChoice& choice) const {
  auto one = answer(request, choice);
  return one ? std::move(one->candidates) : std::vector<Candidate>{};
}

const std::vector<Candidate>& ChangeSearch::solved() {
  if (solved_) return *solved_;
  auto changed = request();
  changed.limit = solved_sets;
  changed.sort = Sort::headroom;
  changed.hardware = largest_sets(question_, closest_);
  auto one = fit_format({question_.catalog, question_.model, changed, question_.offers,
                         question_.weigher, question_.cards},
                        closest_.choice, Solve::yes);
  solved_ = one ? std::move(one->candidates) : std::vector<Candidate>{};
  return *solved_;
}

void ChangeSearch::add(Lever lever, std::string option, std::string value, Candidate candidate) {
  const bool there = std::any_of(changes_.begin(), changes_.end(),
                                 [&](const Change& one) { return one.option == option; });
  if (there) return;
  Change change{lever, std::move(option), std::move(value), std::move(candidate), std::nullopt};
  const auto* from = asked();
  const auto price = whole_usd_per_hour(change.candidate);
  const auto before = from == nullptr ? std::nullopt : whole_usd_per_hour(*from);
  if (before && price) {
    change.usd_per_hour_delta = *price - *before;
  }
  changes_.push_back(std::move(change));
}

std::string ChangeSearch::format_words(const Format& format) const {
  const auto& choice = closest_.choice;
  std::string words = "--quant " + std::string(format.id);
  const auto typed = choice.engine_is_default ? std::nullopt : std::optional(choice.engine);
  const auto found =
      resolve_formats(question_.catalog, question_.model, {std::string(format.id)}, typed);
  const bool same = found && found->front().engine == format.engine && found->front().format &&
                    found->front().format->id == format.id;
  return same ? words : words + " --engine " + std::string(to_string(format.engine));
}

void add_changes(const Question& question, FitResult& result) {
  const auto* closest = closest_format(result);
  if (closest == nullptr) return;
  ChangeSearch search(question, *closest);
  for (const auto pull : levers) pull(search);
  result.changes = search.take();
  const bool filtered_out = closest->candidates.empty() && filters_offers(question.request.offers);
  if (result.changes.empty() && !filtered_out) result.notes.push_back({NoteCode::change_none, {}});
}

}  // namespace llmfit::search
