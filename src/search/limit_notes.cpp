// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <utility>

#include "base/numbers.hpp"
#include "search/limits.hpp"
#include "search/note_words.hpp"

namespace llmfit::search {
namespace {

using base::Round;

/// As tables have them; with their cents where the two would read alike.
std::vector<std::string> amounts(double actual, double asked) {
  auto first = base::usd_text(actual).substr(1);
  auto second = base::usd_text(asked).substr(1);
  if (first != second) return {first, second};
  return {base::fixed(actual, 2), base::fixed(asked, 2)};
}

/// What all copies cost is theirs: "11 copies of 1 x NVIDIA L4".
Note money_note(NoteCode code, const LimitResult& broken, const Candidate& candidate,
                const std::string& hardware) {
  const auto copies = candidate.service ? candidate.service->copies.value_or(1) : 1;
  auto arguments = amounts(*broken.actual, broken.asked);
  arguments.insert(arguments.begin(),
                   (copies > 1 ? base::grouped(copies) + " copies of " : "") + hardware);
  return {code, std::move(arguments)};
}

/// From here on decimals say nothing, and digits without commas are hard to read.
constexpr double most_exact = 1000;

std::string whole(double value) { return base::grouped_whole(value); }

Note headroom_note(const LimitResult& broken, const Candidate& candidate,
                   const std::string& hardware) {
  const auto& device = *fullest(candidate, broken.limit);
  const bool fraction = broken.limit == LimitKind::headroom_fraction;
  const double unit = fraction ? static_cast<double>(device.usable.count()) : 1;
  return {NoteCode::limit_headroom,
          {hardware, base::gib_text(device.headroom, Round::down),
           base::gib_text(Bytes{std::llround(broken.asked * unit)}, Round::up)}};
}

Note context_note(const Model& model, const LimitResult& broken, const std::string& hardware) {
  const auto limit = model.context_length;
  if (limit && broken.asked > static_cast<double>(limit->count())) {
    return {NoteCode::limit_context_of_model,
            {model.name, base::grouped(limit->count()), whole(broken.asked)}};
  }
  return {NoteCode::limit_context, {hardware, whole(*broken.actual), whole(broken.asked)}};
}

Note unknown_note(const LimitResult& broken, const Candidate& candidate,
                  const std::string& hardware) {
  const bool holds_known = candidate.service && candidate.service->held > 0;
  switch (broken.limit) {
    case LimitKind::min_context:
      return {NoteCode::limit_unknown, {hardware, "The largest context", "--min-context"}};
    case LimitKind::min_sequences:
      return {NoteCode::limit_unknown, {hardware, "The number of sequences", "--min-sequences"}};
    case LimitKind::headroom_fraction:
    case LimitKind::headroom:
      return {NoteCode::limit_unknown, {hardware, "The free memory", "--headroom"}};
    case LimitKind::min_sla:
      return {NoteCode::limit_sla, {hardware, base::shortest(broken.asked)}};
    case LimitKind::within_hours:
      return {NoteCode::limit_unknown, {hardware, "The time that the job takes", "--within"}};
    case LimitKind::max_usd_month:
      return {NoteCode::limit_unknown, {hardware, "The price", "--max-usd-month"}};
    case LimitKind::ttft:
      return {NoteCode::limit_unknown, {hardware, "The speed", "--ttft"}};
    case LimitKind::tpot:
      return {NoteCode::limit_unknown, {hardware, "The speed", "--tpot"}};
    case LimitKind::users:
      return {NoteCode::limit_unknown,
              {hardware, holds_known ? "The speed" : "What a sequence takes", "--users"}};
    case LimitKind::requests_per_second:
      return {NoteCode::limit_unknown, {hardware, "The speed", "--requests-per-second"}};
    case LimitKind::max_usd_hour:
      break;
  }
  return {NoteCode::limit_unknown, {hardware, "The price", "--max-usd-hour"}};
}

/// Three digits: an estimate knows no more.
std::string digits(double value) {
  return base::fixed(value, value < 1 ? 3 : value < 10 ? 2 : value < 100 ? 1 : 0);
}

/// One request alone breaks it, or nobody is served at all.
Note latency_note(NoteCode code, const LimitResult& broken, const Rate& rate,
                  const std::string& hardware) {
  return {code,
          {hardware, digits(rate.value), digits(rate.low), digits(rate.high),
           base::shortest(broken.asked)}};
}

std::string latencies(const LoadRequest& load) {
  return load.limits_latency() ? " within the latencies asked for" : "";
}

Note broken_note(const Question& question, const FormatResult& one, const LimitResult& broken,
                 const Candidate& candidate) {
  const auto hardware = describe(candidate.gpus);
  if (!broken.actual) return unknown_note(broken, candidate, hardware);
  switch (broken.limit) {
    case LimitKind::max_usd_month:
      return money_note(NoteCode::limit_month, broken, candidate, hardware);
    case LimitKind::min_context:
      return context_note(question.model, broken, hardware);
    case LimitKind::min_sequences:
      return {NoteCode::limit_sequences,
              {hardware, whole(*broken.actual),
               base::grouped(one.workload ? one.workload->context : 0), whole(broken.asked)}};
    case LimitKind::headroom_fraction:
    case LimitKind::headroom:
      return headroom_note(broken, candidate, hardware);
    case LimitKind::min_sla:
      return {NoteCode::limit_sla, {hardware, base::shortest(broken.asked)}};
    case LimitKind::ttft:
      return latency_note(NoteCode::limit_ttft, broken, candidate.service->most->first_token,
                          hardware);
    case LimitKind::tpot:
      return latency_note(NoteCode::limit_tpot, broken, candidate.service->most->output_token,
                          hardware);
    case LimitKind::users:
      return {
          NoteCode::limit_users,
          {hardware, whole(*broken.actual), latencies(question.request.load), whole(broken.asked)}};
    case LimitKind::requests_per_second:
      return {NoteCode::limit_requests,
              {hardware, digits(*broken.actual), latencies(question.request.load),
               broken.asked >= most_exact ? whole(broken.asked) : base::shortest(broken.asked)}};
    case LimitKind::within_hours:
      return {NoteCode::limit_within,
              {hardware, base::fixed(*broken.actual, 1), base::shortest(broken.asked),
               whole(std::ceil(*broken.actual / broken.asked))}};
    case LimitKind::max_usd_hour:
      break;
  }
  return money_note(NoteCode::over_budget, broken, candidate, hardware);
}

bool is_barred(const Candidate& candidate) {
  return std::any_of(candidate.gpus.begin(), candidate.gpus.end(),
                     [](const GpuCount& part) { return part.gpu->datacenter_barred; });
}

/// The promise that keeps the limit is none for a single machine.
bool needs_zones(const OfferRecord& offer, double asked) {
  return offer.sla_instance_percent && *offer.sla_instance_percent < asked &&
         offer.sla_percent.value_or(0) >= asked;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) text.append(text.empty() ? "" : "; ").append(part);
  return text;
}

}  // namespace

std::vector<Note> limit_notes(const Question& question, const FormatResult& one,
                              const Candidate& candidate) {
  std::vector<Note> notes;
  for (const auto& result : candidate.limits) {
    if (!result.kept) notes.push_back(broken_note(question, one, result, candidate));
  }
  return notes;
}

std::vector<Note> offer_notes(const FitRequest& request, const FitResult& result) {
  std::vector<std::string_view> renters;
  std::vector<Note> notes;
  for (const auto& one : result.formats) {
    for (const auto& candidate : one.candidates) {
      const auto* offer = candidate.cost.offer;
      if (offer == nullptr) continue;
      const bool listed =
          std::find(renters.begin(), renters.end(), offer->provider) != renters.end();
      if (is_barred(candidate) && !listed) renters.push_back(offer->provider);
      if (!request.offers.min_sla || !needs_zones(*offer, *request.offers.min_sla)) continue;
      notes.push_back({NoteCode::sla_over_zones,
                       {std::string(offer->provider), base::shortest(*offer->sla_percent),
                        base::shortest(*offer->sla_instance_percent)}});
    }
  }
  if (!renters.empty()) notes.push_back({NoteCode::driver_licence, {some_of(renters)}});
  return notes;
}

std::vector<Note> load_notes(const FitRequest& request) {
  const auto& load = request.load;
  std::vector<Note> notes;
  if (!load.serves()) return notes;
  if (!load.input_tokens || !load.output_tokens) {
    notes.push_back({NoteCode::service_lengths,
                     {base::grouped(load.input_tokens.value_or(usual_input_tokens)),
                      base::grouped(load.output_tokens.value_or(usual_output_tokens))}});
  }
  if (load.limits_latency()) notes.push_back({NoteCode::service_by_estimate, {}});
  return notes;
}

std::vector<Note> nearest_notes(const Question& question, const Candidate& candidate) {
  if (!candidate.service || !candidate.service->most) return {};
  const auto& rates = *candidate.service->most;
  return {{NoteCode::service_none,
           {question.model.name, describe(candidate.gpus), digits(rates.first_token.value),
            digits(rates.output_token.value)}}};
}

bool license_forbids(const Question& question) {
  if (!question.request.limits.commercial) return false;
  const auto& license = question.model.license;
  return !license || !allows_commercial_use(license->commercial_use);
}

std::vector<Note> license_notes(const Question& question) {
  if (!question.request.limits.commercial) return {};
  const auto& model = question.model;
  const auto& license = model.license;
  if (!license) return {{NoteCode::license_unknown, {model.name}}};
  if (!allows_commercial_use(license->commercial_use)) {
    return {{NoteCode::license_forbids, {model.name, license->id}}};
  }
  if (license->commercial_use == "yes" || license->conditions.empty()) return {};
  return {{NoteCode::license_conditions, {model.name, license->id, joined(license->conditions)}}};
}

}  // namespace llmfit::search
