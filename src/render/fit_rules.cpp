// SPDX-License-Identifier: MIT
#include "render/fit_rules.hpp"

#include <algorithm>
#include <cmath>

#include "base/numbers.hpp"

namespace llmfit::render {
namespace {

std::string_view words_of(LimitKind kind) {
  switch (kind) {
    case LimitKind::max_usd_hour:
      return "$/hour at most";
    case LimitKind::max_usd_month:
      return "$/month at most";
    case LimitKind::min_context:
      return "context at least";
    case LimitKind::min_sequences:
      return "sequences at least";
    case LimitKind::headroom_fraction:
      return "free share at least";
    case LimitKind::headroom:
      return "free GiB at least";
    case LimitKind::ttft:
      return "first token s at most";
    case LimitKind::tpot:
      return "s a token at most";
    case LimitKind::users:
      return "users at least";
    case LimitKind::requests_per_second:
      return "requests/s at least";
    case LimitKind::within_hours:
      return "hours at most";
    case LimitKind::min_sla:
      break;
  }
  return "uptime % at least";
}

Cell amount_cell(LimitKind kind, std::optional<double> amount, base::Round round) {
  if (!amount) return Unknown{};
  const double value = *amount;
  switch (kind) {
    case LimitKind::max_usd_hour:
    case LimitKind::max_usd_month:
      return Usd{value, 2};
    case LimitKind::min_context:
    case LimitKind::min_sequences:
    case LimitKind::users:
      return Count{std::llround(value)};
    case LimitKind::headroom:
      return Size{Bytes{std::llround(value)}, round, 2};
    case LimitKind::headroom_fraction:
    case LimitKind::ttft:
    case LimitKind::tpot:
    case LimitKind::requests_per_second:
      return Number{value, 3};
    case LimitKind::within_hours:
      return Number{value, 1};
    case LimitKind::min_sla:
      break;
  }
  return Text{base::shortest(value)};
}

/// A limit that is broken, as short as a cell of a table needs it.
std::string_view broken_words(LimitKind kind) {
  switch (kind) {
    case LimitKind::max_usd_hour:
    case LimitKind::max_usd_month:
      return "over budget";
    case LimitKind::min_context:
      return "context too short";
    case LimitKind::min_sequences:
      return "too few sequences";
    case LimitKind::headroom_fraction:
    case LimitKind::headroom:
      return "too little free";
    case LimitKind::ttft:
      return "first token too late";
    case LimitKind::tpot:
      return "tokens too slow";
    case LimitKind::users:
    case LimitKind::requests_per_second:
      return "serves too few";
    case LimitKind::within_hours:
      return "job takes too long";
    case LimitKind::min_sla:
      break;
  }
  return "uptime not promised";
}

/// A limit that nothing shows to be kept.
std::string_view unknown_words(LimitKind kind) {
  switch (kind) {
    case LimitKind::max_usd_hour:
    case LimitKind::max_usd_month:
      return "price not known";
    case LimitKind::ttft:
    case LimitKind::tpot:
    case LimitKind::requests_per_second:
    case LimitKind::within_hours:
      return "speed not known";
    case LimitKind::users:
      return "users not known";
    case LimitKind::min_context:
    case LimitKind::min_sequences:
    case LimitKind::headroom_fraction:
    case LimitKind::headroom:
    case LimitKind::min_sla:
      break;
  }
  return broken_words(kind);
}

/// A share as percent, "99.35".
std::string percent(double share) { return base::shortest(std::round(share * 1e4) / 100); }

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) text.append(text.empty() ? "" : "; ").append(part);
  return text;
}

}  // namespace

Table limit_table(const FitView& view) {
  Table table;
  table.columns = {{"limit", "limit", Align::left, 0, {}, false},
                   {"asked", "asked", Align::right, 0, {}, false},
                   {"actual", "there is", Align::right, 0, {}, false},
                   {"kept", "", Align::left, 0, {}, false}};
  if (view.result.formats.empty()) return table;
  const auto* candidate = deciding(view.result.formats.front());
  if (candidate == nullptr) return table;
  for (const auto& limit : candidate->limits) {
    table.rows.push_back({Text{std::string(words_of(limit.limit))},
                          amount_cell(limit.limit, limit.asked, base::Round::up),
                          amount_cell(limit.limit, limit.actual, base::Round::down),
                          Verdict{limit.kept, limit.kept ? "ok" : "no"}});
  }
  return table;
}

std::string verdict_words(const Candidate& candidate) {
  if (candidate.fits) return "ok";
  const auto& limits = candidate.limits;
  const auto broken = std::find_if(limits.begin(), limits.end(),
                                   [](const LimitResult& limit) { return !limit.kept; });
  if (candidate.by_limit && broken != limits.end()) {
    return "no: " +
           std::string(broken->actual ? broken_words(broken->limit) : unknown_words(broken->limit));
  }
  if (!candidate.reason) return "no: licence";
  std::string words(to_string(*candidate.reason));
  std::replace(words.begin(), words.end(), '_', ' ');
  return "no: " + words;
}

std::string verdict_line(const FitView& view) {
  if (view.verdict.value_or(true)) return "ok: it fits and keeps every limit";
  const auto* candidate = deciding(view.result.formats.front());
  if (candidate != nullptr && candidate->by_limit) return "no: it fits, but breaks a limit";
  if (candidate != nullptr && !candidate->reason) {
    return "no: it fits, but its licence does not allow commercial use";
  }
  return "no: it does not fit";
}

std::string license_line(const FitView& view) {
  const auto& model = view.model;
  if (model.source == ModelSource::parameters) return {};
  if (!model.license) return "Licence: not known.";
  const auto& license = *model.license;
  const auto text = "Licence: " + license.id + ", ";
  if (license.commercial_use == "yes") return text + "commercial use allowed.";
  const auto use = license.commercial_use == "no" ? std::string("no commercial use")
                                                  : std::string("commercial use under conditions");
  const bool told = license.conditions.empty() || view.request.limits.commercial;
  return text + use + (told ? "." : ": " + joined(license.conditions) + ".");
}

Cell uptime_cell(const OfferRecord* offer) {
  if (offer == nullptr) return Unknown{};
  const auto promised = promised_uptime(*offer);
  if (!promised && offer->reliability) return Text{percent(*offer->reliability) + " measured"};
  if (!promised) return Unknown{};
  const auto& alone = offer->sla_instance_percent;
  if (!alone || *alone >= *promised) return Text{base::shortest(*promised)};
  return Text{base::shortest(*alone) + ", in several zones " + base::shortest(*promised)};
}

}  // namespace llmfit::render
