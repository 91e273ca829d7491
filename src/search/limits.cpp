// SPDX-License-Identifier: MIT
#include "search/limits.hpp"

#include <algorithm>

#include "search/service.hpp"

namespace llmfit {

std::string_view to_string(LimitKind kind) {
  switch (kind) {
    case LimitKind::max_usd_hour:
      return "max_usd_hour";
    case LimitKind::max_usd_month:
      return "max_usd_month";
    case LimitKind::min_context:
      return "min_context";
    case LimitKind::min_sequences:
      return "min_sequences";
    case LimitKind::headroom_fraction:
    case LimitKind::headroom:
      return "headroom";
    case LimitKind::ttft:
      return "ttft";
    case LimitKind::tpot:
      return "tpot";
    case LimitKind::users:
      return "users";
    case LimitKind::requests_per_second:
      return "requests_per_second";
    case LimitKind::within_hours:
      return "within_hours";
    case LimitKind::min_sla:
      break;
  }
  return "min_sla";
}

std::string_view unit_of(LimitKind kind) {
  switch (kind) {
    case LimitKind::max_usd_hour:
      return "usd_per_hour";
    case LimitKind::max_usd_month:
      return "usd_per_month";
    case LimitKind::min_context:
      return "tokens";
    case LimitKind::min_sequences:
      return "sequences";
    case LimitKind::headroom_fraction:
      return "fraction";
    case LimitKind::headroom:
      return "bytes";
    case LimitKind::ttft:
    case LimitKind::tpot:
      return "seconds";
    case LimitKind::users:
      return "users";
    case LimitKind::requests_per_second:
      return "requests_per_second";
    case LimitKind::within_hours:
      return "hours";
    case LimitKind::min_sla:
      break;
  }
  return "percent";
}

std::optional<double> promised_uptime(const OfferRecord& offer) {
  return std::max(offer.sla_percent, offer.sla_instance_percent);  // absent is less than any
}

const Candidate* deciding(const FormatResult& result) {
  const auto& all = result.candidates;
  const auto no =
      std::find_if(all.begin(), all.end(), [](const Candidate& one) { return !one.fits; });
  if (no != all.end()) return &*no;
  return all.empty() ? nullptr : all.data();
}

namespace search {
namespace {

LimitResult at_most(LimitKind kind, double asked, std::optional<double> actual) {
  return {kind, asked, actual, actual && *actual <= asked};
}

LimitResult at_least(LimitKind kind, double asked, std::optional<double> actual) {
  return {kind, asked, actual, actual && *actual >= asked};
}

std::optional<double> real(std::optional<std::int64_t> value) {
  return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
}

double free_fraction(const DevicePlacement& device) {
  const auto usable = static_cast<double>(std::max<std::int64_t>(device.usable.count(), 1));
  return static_cast<double>(device.headroom.count()) / usable;
}

std::optional<double> least_free(const Candidate& candidate, LimitKind kind) {
  const auto* device = fullest(candidate, kind);
  if (device == nullptr) return std::nullopt;
  return kind == LimitKind::headroom ? static_cast<double>(device->headroom.count())
                                     : free_fraction(*device);
}

/// Nothing that grows with the context, and no limit of the model: any context is held.
bool is_endless(const FormatContext& context, const Candidate& candidate) {
  const auto& model = context.model;
  return candidate.holds && !candidate.max_context && !model.context_length &&
         !model.known_by_size_only && !model.cache_unknown &&
         context.footprint.of(TermKind::kv_cache).has_value();
}

LimitResult context_limit(const FormatContext& context, const Candidate& candidate,
                          std::int64_t asked) {
  auto result =
      at_least(LimitKind::min_context, static_cast<double>(asked), real(candidate.max_context));
  result.kept = result.kept || is_endless(context, candidate);
  return result;
}

std::optional<double> estimate_of(const Candidate& candidate, Rate ServiceRates::*rate) {
  if (!candidate.service || !candidate.service->most) return std::nullopt;
  return ((*candidate.service->most).*rate).value;
}

/// As many copies as the load takes serve it; how many may not be known.
void judge_copies(const LoadRequest& load, const std::optional<Service>& service,
                  std::vector<LimitResult>& results) {
  // A latency that is broken, or whose speed is not known, tells why there is no number.
  if (load.limits_latency() || (service && service->copies)) return;
  if (load.users) {
    results.push_back(at_least(LimitKind::users, static_cast<double>(*load.users), std::nullopt));
  }
  if (load.requests_per_second) {
    results.push_back(
        at_least(LimitKind::requests_per_second, *load.requests_per_second, std::nullopt));
  }
}

/// A copy that serves nobody within the latencies is judged by one request alone, others by the
/// largest load that keeps them.
void judge_service(const LoadRequest& load, const Candidate& candidate,
                   std::vector<LimitResult>& results) {
  const auto& service = candidate.service;
  if (load.ttft) {
    results.push_back(
        at_most(LimitKind::ttft, *load.ttft, estimate_of(candidate, &ServiceRates::first_token)));
  }
  if (load.tpot) {
    results.push_back(
        at_most(LimitKind::tpot, *load.tpot, estimate_of(candidate, &ServiceRates::output_token)));
  }
  if (!load.one_copy) return judge_copies(load, service, results);
  if (load.users) {
    // What a sequence takes, or the speed, may not be known.
    const bool known = service && service->held > 0 && (service->most || !load.limits_latency());
    results.push_back(at_least(LimitKind::users, static_cast<double>(*load.users),
                               known ? real(service->concurrency) : std::nullopt));
  }
  if (load.requests_per_second) {
    results.push_back(at_least(LimitKind::requests_per_second, *load.requests_per_second,
                               service ? service->requests_per_second : std::nullopt));
  }
}

/// What a broken limit stands under in the list of reasons; absent: the list has no word for one
/// that is too slow.
std::optional<Reason> reason_of(const FormatContext& context, const LimitResult& broken) {
  switch (broken.limit) {
    case LimitKind::min_context: {
      const auto limit = context.model.context_length;
      const bool beyond = limit && broken.asked > static_cast<double>(limit->count());
      return beyond ? Reason::context_exceeds_model : Reason::out_of_memory;
    }
    case LimitKind::min_sequences:
    case LimitKind::headroom_fraction:
    case LimitKind::headroom:
      return Reason::out_of_memory;
    case LimitKind::ttft:
    case LimitKind::tpot:
    case LimitKind::users:
    case LimitKind::requests_per_second:
      return std::nullopt;
    case LimitKind::max_usd_hour:
    case LimitKind::max_usd_month:
    case LimitKind::min_sla:
    case LimitKind::within_hours:
      break;
  }
  return Reason::over_budget;
}

}  // namespace

const DevicePlacement* fullest(const Candidate& candidate, LimitKind kind) {
  if (kind == LimitKind::headroom) return tightest(candidate);
  const auto& devices = candidate.devices;
  const auto found = std::min_element(
      devices.begin(), devices.end(),
      [](const auto& a, const auto& b) { return free_fraction(a) < free_fraction(b); });
  return found == devices.end() ? nullptr : &*found;
}

bool asks_limits(const FitRequest& request) {
  const auto& limits = request.limits;
  return request.offers.max_usd_hour || request.offers.min_sla || limits.usd_month ||
         limits.context || limits.sequences || limits.headroom_fraction || limits.headroom ||
         request.load.serves() || limits_hours(request);
}

std::vector<LimitResult> judge_limits(const FormatContext& context, const Candidate& candidate) {
  const auto& limits = context.request.limits;
  const auto& filter = context.request.offers;
  const auto& cost = candidate.cost;
  const auto hourly = whole_usd_per_hour(candidate);
  const auto monthly = whole_usd_per_month(candidate);
  // Nobody rents this machine out, so neither a price nor a promise can be broken.
  const bool rented = !context.request.hardware.local.has_value();
  std::vector<LimitResult> results;
  if (limits.headroom_fraction) {
    results.push_back(at_least(LimitKind::headroom_fraction, *limits.headroom_fraction,
                               least_free(candidate, LimitKind::headroom_fraction)));
  }
  if (limits.headroom) {
    results.push_back(at_least(LimitKind::headroom, static_cast<double>(limits.headroom->count()),
                               least_free(candidate, LimitKind::headroom)));
  }
  if (limits.context) results.push_back(context_limit(context, candidate, *limits.context));
  if (limits.sequences) {
    results.push_back(at_least(LimitKind::min_sequences, static_cast<double>(*limits.sequences),
                               real(candidate.max_sequences)));
  }
  judge_service(context.request.load, candidate, results);
  if (filter.max_usd_hour && rented) {
    results.push_back(at_most(LimitKind::max_usd_hour, *filter.max_usd_hour, hourly));
  }
  if (limits.usd_month && rented) {
    results.push_back(at_most(LimitKind::max_usd_month, *limits.usd_month, monthly));
  }
  if (limits_hours(context.request)) {
    results.push_back(at_most(LimitKind::within_hours, *context.request.load.batch->within_hours,
                              batch_hours(candidate)));
  }
  if (filter.min_sla && rented) {
    const auto promised = cost.offer == nullptr ? std::nullopt : promised_uptime(*cost.offer);
    results.push_back(at_least(LimitKind::min_sla, *filter.min_sla, promised));
  }
  return results;
}

void apply_limits(const FormatContext& context, Candidate& candidate) {
  if (candidate.reason || !asks_limits(context.request)) return;
  const auto& limits = context.request.limits;
  const bool hours = limits_hours(context.request);
  if (limits.context || limits.sequences || hours) solve_inverses(context, candidate);
  add_service(context, candidate);
  if (hours) add_batch(context, candidate);
  const auto results = judge_limits(context, candidate);
  const auto broken = std::find_if(results.begin(), results.end(),
                                   [](const LimitResult& result) { return !result.kept; });
  if (broken == results.end()) return;
  candidate.reason = reason_of(context, *broken);
  candidate.by_limit = true;
  // A larger set may leave more room, but costs no less; what is too slow is held all the same.
  candidate.holds = !candidate.reason || candidate.reason == Reason::over_budget;
}

}  // namespace search
}  // namespace llmfit
