// SPDX-License-Identifier: MIT
#include <algorithm>

#include "base/numbers.hpp"
#include "search/fit_format.hpp"
#include "search/format_search.hpp"

namespace llmfit::search {
namespace {

using base::Round;

/// Sets that are worth solving for the largest context: the roomiest few.
constexpr std::size_t solved_sets = 8;
/// Largest set that is proposed: eight machines of eight.
constexpr std::int32_t most_gpus = 64;

std::string price_text(const Candidate& candidate) {
  return candidate.cost.usd_per_hour
             ? "from " + base::usd_text(*candidate.cost.usd_per_hour) + " an hour"
             : std::string("at a price that is not known");
}

std::string need_text(const Candidate& candidate) {
  Bytes most;
  for (const auto& device : candidate.devices) most = std::max(most, device.load.total());
  return base::gib_text(most, Round::up);
}

/// One lever at a time, on the format that came closest.
class Changes {
 public:
  Changes(const Question& question, FitResult& result) : question_(question), result_(result) {}

  void run() {
    const auto* closest = closest_format();
    if (closest == nullptr) return;
    const bool filtered_out =
        closest->candidates.empty() && filters_offers(question_.request.offers);
    const auto before = result_.notes.size();
    fewer_bits(*closest);
    less_context(*closest);
    smaller_cache(*closest);
    more_cards(*closest);
    other_card(*closest);
    if (result_.notes.size() == before && !filtered_out) note(NoteCode::change_none, {});
  }

 private:
  /// The format with the fewest bytes that ran out of memory or money, which the levers save.
  const FormatResult* closest_format() const {
    const FormatResult* closest = nullptr;
    for (const auto& one : result_.formats) {
      if (!one.footprint || !ran_out(one)) continue;
      if (closest == nullptr || one.footprint->total() < closest->footprint->total()) {
        closest = &one;
      }
    }
    return closest;
  }

  static bool ran_out(const FormatResult& one) {
    return one.candidates.empty() ||
           std::any_of(one.candidates.begin(), one.candidates.end(), [](const Candidate& c) {
             return c.reason == Reason::out_of_memory || c.reason == Reason::over_budget;
           });
  }

  void note(NoteCode code, std::vector<std::string> args) {
    result_.notes.push_back({code, std::move(args)});
  }

  FitRequest variant() const {
    FitRequest request = question_.request;
    request.limit = 0;
    request.all = false;
    return request;
  }

  /// The best configuration of a changed request; absent when it fits nothing either. With `cards`
  /// it is made of whole cards: neither a slice nor a machine without one.
  std::optional<Candidate> best(const FitRequest& request, const FormatChoice& choice,
                                bool cards = false) const {
    const Question changed{question_.catalog, question_.model, request, question_.offers};
    const auto one = fit_format(changed, choice, Solve::no);
    if (!one) return std::nullopt;
    for (const auto& candidate : one->candidates) {
      if (candidate.fits && (!cards || card_count(candidate) >= 1)) return candidate;
    }
    return std::nullopt;
  }

  void fewer_bits(const FormatResult& closest) {
    std::vector<std::pair<Bytes, const Format*>> smaller;
    for (const auto& format : question_.catalog.formats()) {
      if (format.engine != closest.choice.engine) continue;
      const auto weights = weigh(question_.model, format);
      if (!weights || weights->tensor_bytes >= closest.weights->tensor_bytes) continue;
      smaller.emplace_back(weights->tensor_bytes, &format);
    }
    std::stable_sort(smaller.begin(), smaller.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    for (const auto& [bytes, format] : smaller) {
      FormatChoice choice{*format, closest.choice.engine, std::string(format->id),
                          closest.choice.engine_is_default};
      choice.format->imatrix = closest.choice.format->imatrix;
      const auto found = best(variant(), choice);
      if (!found) continue;
      return note(NoteCode::change_format,
                  {std::string(format->id), option_text(found->gpus), need_text(*found)});
    }
  }

  void less_context(const FormatResult& closest) {
    auto request = question_.request;
    request.all = true;
    request.limit = solved_sets;
    request.sort = Sort::headroom;
    const auto one =
        fit_format({question_.catalog, question_.model, request, question_.offers}, closest.choice);
    if (!one) return;
    std::int64_t longest = 0;
    for (const auto& candidate : one->candidates) {
      if (candidate.holds || candidate.reason == Reason::context_exceeds_model) continue;
      longest = std::max(longest, candidate.max_context.value_or(0));
    }
    if (longest == 0) return;
    auto shorter = variant();
    shorter.workload.context = longest;
    const auto found = best(shorter, closest.choice);
    if (!found) return;
    note(NoteCode::change_context, {std::to_string(longest), option_text(found->gpus),
                                    std::string(closest.choice.format->id)});
  }

  void smaller_cache(const FormatResult& closest) {
    const auto types = closest.choice.engine == Engine::llama_cpp
                           ? std::vector<std::string>{"q8_0", "q4_0"}
                       : closest.choice.engine == Engine::vllm ? std::vector<std::string>{"fp8"}
                                                               : std::vector<std::string>{};
    for (const auto& type : types) {
      auto request = variant();
      request.workload.kv_type = type;
      const auto found = best(request, closest.choice);
      if (!found) continue;
      return note(NoteCode::change_kv_type, {type, option_text(found->gpus), need_text(*found)});
    }
  }

  void more_cards(const FormatResult& closest) {
    auto request = variant();
    if (!request.hardware.together.empty() || request.hardware.local) return;
    for (auto& choice : request.hardware.alternatives) choice.count.reset();
    request.hardware.max_gpus = machine_gpus;
    auto found = best(request, closest.choice, true);
    if (!found) {
      request.hardware.max_gpus = most_gpus;
      found = best(request, closest.choice, true);
    }
    if (!found) return;
    note(NoteCode::change_count, {option_text(found->gpus), need_text(*found), price_text(*found)});
  }

  /// The cheapest other card in sets no larger than what was asked for.
  void other_card(const FormatResult& closest) {
    auto request = variant();
    if (request.hardware.alternatives.empty()) return;
    std::int32_t largest = 1;
    for (const auto& choice : request.hardware.alternatives) {
      largest = std::max(largest, choice.count.value_or(request.hardware.max_gpus));
    }
    request.hardware = {};
    request.hardware.max_gpus = largest;
    request.hardware.limits = question_.request.hardware.limits;
    const auto found = best(request, closest.choice, true);
    if (!found) return;
    note(NoteCode::change_card, {option_text(found->gpus), need_text(*found), price_text(*found)});
  }

  const Question& question_;
  FitResult& result_;
};

}  // namespace

void add_changes(const Question& question, FitResult& result) { Changes(question, result).run(); }

}  // namespace llmfit::search
