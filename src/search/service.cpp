// SPDX-License-Identifier: MIT
#include "search/service.hpp"

#include <algorithm>
#include <cmath>

#include "cost/tokens.hpp"
#include "search/split_search.hpp"
#include "sizing/vllm_rules.hpp"

namespace llmfit::search {
namespace {

/// No load takes more copies; above it a number of copies would say nothing.
constexpr double most_copies = 1e12;

double answer_tokens(const FormatContext& context) {
  return static_cast<double>(std::max<std::int64_t>(lengths_of(context).output, 1));
}

/// What the throughput counts of one request: its answer, or its text where the model encodes.
double counted_tokens(const FormatContext& context) {
  if (context.model.arch.kind != ModelKind::encoder) return answer_tokens(context);
  return static_cast<double>(std::max<std::int64_t>(lengths_of(context).input, 1));
}

/// One copy with so many requests in flight on each of its data-parallel ranks.
struct Look {
  std::int64_t requests = 0;
  Rates rates;
  bool kept = false;
};

/// Looks for the most requests in flight that keep the latencies. They hardly ever fall while
/// requests are added, but prompts are worked off in whole passes, so a halving of the interval
/// could miss the last one. The times that they are made of, that of a step and that of all
/// prompts, never fall, and so bound them in an interval.
class ConcurrencySearch {
 public:
  ConcurrencySearch(const FormatContext& context, const Candidate& candidate, std::int64_t held)
      : context_(context),
        candidate_(candidate),
        held_(held),
        ranks_(std::max(candidate.split.data, 1)),
        output_(answer_tokens(context)) {}

  /// Absent: no speed is known. One request alone that breaks a latency: 0 requests.
  std::optional<Look> run() {
    const auto one = look(1);
    if (!one || !one->kept || held_ <= 1) return one;
    const auto all = look((held_ + ranks_ - 1) / ranks_);
    if (all->kept) return all;
    const auto found = between(*one, *all);
    return found ? found : one;
  }

  /// False where no load from that many requests on keeps the latencies.
  bool may_serve(std::int64_t requests) const {
    const auto low = look((requests + ranks_ - 1) / ranks_);
    if (!low || low->kept) return low.has_value();
    if (requests >= held_) return false;
    const auto high = look((held_ + ranks_ - 1) / ranks_);
    return high->kept || !none_between(*low, *high);
  }

  /// Requests of the whole copy.
  [[nodiscard]] std::int64_t requests(const Look& look) const {
    return look.kept ? std::min(look.requests * ranks_, held_) : 0;
  }

 private:
  std::optional<Look> look(std::int64_t requests) const {
    const auto& load = context_.request.load;
    const auto rates =
        context_.speeds.at(context_, candidate_, std::min(requests * ranks_, held_), true);
    if (!rates) return std::nullopt;
    const bool first = !load.ttft || rates->loaded_first_token.value <= *load.ttft;
    const bool next = !load.tpot || rates->output_token.value <= *load.tpot;
    return Look{requests, *rates, first && next};
  }

  /// The largest between two that were looked at, without these.
  std::optional<Look> between(const Look& low, const Look& high) const {
    if (high.requests - low.requests < 2 || none_between(low, high)) return std::nullopt;
    const auto middle = look(low.requests + (high.requests - low.requests) / 2);
    if (const auto found = between(*middle, high)) return found;
    if (middle->kept) return middle;
    return between(low, *middle);
  }

  /// Whether both latencies cannot be kept by any load between the two.
  [[nodiscard]] bool none_between(const Look& low, const Look& high) const {
    // Fewer requests than stages do not fill a pipeline: their prompts follow no order.
    if (low.requests < candidate_.split.pipeline) return false;
    const auto& load = context_.request.load;
    return (load.tpot && least_next(low, high) > *load.tpot) ||
           (load.ttft && least_first(low, high) > *load.ttft);
  }

  /// Others' prompts in the time of a request, of a look's rank.
  static double others(const Look& look) {
    return look.rates.loaded_prompts * (1 - 1 / static_cast<double>(look.requests));
  }

  /// The first token as the rate has it, of requests that come evenly and of those that come all at
  /// once, from bounds of its parts.
  static double first_token(double alone, double busy, double others) {
    return std::sqrt(alone / (1 - std::min(busy, 0.95)) * (alone + others / 2));
  }

  /// A bound from below of the first token, seconds.
  [[nodiscard]] double least_first(const Look& low, const Look& high) const {
    const auto& rates = low.rates;
    const double least = std::min(rates.loaded_prompts, rates.loaded_first_token.value);
    if (output_ <= 1) return least;
    const double busy =
        others(low) / ((output_ - 1) * high.rates.loaded_step + rates.loaded_prompts);
    const double alone = rates.loaded_step + rates.prompt.total;
    return std::min(first_token(alone, busy, others(low)), least);
  }

  /// A bound from below of the time between two tokens, seconds.
  [[nodiscard]] double least_next(const Look& low, const Look& high) const {
    const auto& rates = low.rates;
    if (output_ <= 1) return rates.loaded_step;
    const double busy =
        others(high) / ((output_ - 1) * rates.loaded_step + high.rates.loaded_prompts);
    const double alone = high.rates.loaded_step + rates.prompt.total;
    const double first = first_token(alone, busy, others(high));
    return rates.loaded_step + std::max(0.0, rates.loaded_prompts - first) / (output_ - 1);
  }

  const FormatContext& context_;
  const Candidate& candidate_;
  std::int64_t held_;
  std::int64_t ranks_;
  double output_;
};

/// Sequences that the server takes at once where nobody sets another number: vLLM's max-num-seqs,
/// which it chooses by the card, and that of the stacks beside it. Absent: as many as it is started
/// for.
std::optional<std::int64_t> engine_cap(const FormatContext& context, const Candidate& candidate) {
  const auto& workload = context.workload;
  if (workload.engine != Engine::vllm) return std::nullopt;
  const auto ranks = std::max<std::int64_t>(candidate.split.data, 1);
  const auto& stack = context.request.load.stack;
  for (const auto& rules : context.engine.speed) {
    const bool other = &rules != context.engine.speed.data() && rules.stack == stack;
    if (other && !workload.vllm.max_num_seqs && rules.max_sequences > 0) {
      return std::max(rules.max_sequences, workload.sequences) * ranks;
    }
  }
  const auto devices = used_devices(candidate);
  if (devices.empty()) return std::nullopt;
  auto here = workload;
  here.vllm.platform = devices.front().platform;
  return sizing::vllm::scheduler(here, devices.front().whole()).sequences * ranks;
}

/// Absent: what a sequence takes is not known.
std::optional<std::int64_t> sequences_held(const FormatContext& context,
                                           const Candidate& candidate) {
  const auto held =
      candidate.max_sequences ? candidate.max_sequences : reach_of(context, candidate).sequences;
  const auto cap = engine_cap(context, candidate);
  return held && cap ? std::min(*held, *cap) : held;
}

ServiceRates service_rates(const Rates& rates) {
  return {rates.throughput, rates.loaded_first_token, rates.output_token};
}

double requests_per_second(const FormatContext& context, const ServiceRates& rates) {
  return rates.throughput.value / counted_tokens(context);
}

std::optional<std::int64_t> whole_copies(double parts) {
  // What fills a copy to the last digit is not one more.
  const double copies = std::max(std::ceil(parts * (1 - 1e-12)), 1.0);
  return copies <= most_copies ? std::optional(static_cast<std::int64_t>(copies)) : std::nullopt;
}

std::optional<std::int64_t> copies_for(const LoadRequest& load, const Service& service) {
  if (service.concurrency < 1) return std::nullopt;
  if (load.one_copy) {
    const bool users = load.users.value_or(0) <= service.concurrency;
    const bool rate =
        load.requests_per_second.value_or(0) <= service.requests_per_second.value_or(0);
    return users && rate ? std::optional<std::int64_t>(1) : std::nullopt;
  }
  std::int64_t copies = 1;
  if (load.users) copies = (*load.users + service.concurrency - 1) / service.concurrency;
  if (!load.requests_per_second) return copies;
  if (!service.requests_per_second || *service.requests_per_second <= 0) return std::nullopt;
  const auto for_rate = whole_copies(*load.requests_per_second / *service.requests_per_second);
  return for_rate ? std::optional(std::max(copies, *for_rate)) : std::nullopt;
}

/// Without a latency or a rate to keep, memory and engine alone decide.
void add_concurrency(const FormatContext& context, const Candidate& candidate, Service& service) {
  const auto& load = context.request.load;
  if (!load.limits_latency()) service.concurrency = service.held;
  if (!load.limits_latency() && !load.requests_per_second) return;
  ConcurrencySearch search(context, candidate, service.held);
  const auto found = search.run();
  if (!found) return;
  service.concurrency = search.requests(*found);
  service.most = service_rates(found->rates);
  service.requests_per_second =
      service.concurrency > 0 ? requests_per_second(context, *service.most) : 0;
}

void add_price(const LoadRequest& load, const Candidate& candidate, Service& service) {
  const auto& hourly = candidate.cost.usd_per_hour;
  const auto copies = load.one_copy ? std::optional<std::int64_t>(1) : service.copies;
  if (!copies || !hourly) return;
  service.usd_per_hour = *hourly * static_cast<double>(*copies);
  service.usd_per_month = *service.usd_per_hour * cost::hours_per_month;
}

/// The fewest requests in flight on one copy that make up its part of a rate (Little's law).
std::int64_t load_of_rate(const FormatContext& context, const Candidate& candidate, double rate) {
  std::int64_t low = 1;
  std::int64_t high = candidate.service->concurrency;
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    const auto rates = context.speeds.at(context, candidate, middle, true);
    if (rates && requests_per_second(context, service_rates(*rates)) >= rate) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return high;
}

Rate times(const Rate& rate, double factor) {
  return {rate.low * factor, rate.value * factor, rate.high * factor};
}

/// Tokens that the load makes: the more of those of so many users and those of so many requests a
/// second, or all that the copies can.
Rate whole_throughput(const FormatContext& context, const Service& service) {
  const auto& load = context.request.load;
  const auto copies = static_cast<double>(*service.copies);
  const double asked = load.requests_per_second.value_or(0) * counted_tokens(context);
  if (!load.users && asked > 0) return {asked, asked, asked};
  // Where the rate needs more in flight than there are users, those make a part of it.
  const double places = copies * static_cast<double>(service.load);
  const double sharing = load.users ? static_cast<double>(*load.users) : places;
  const auto made = times(service.rates->throughput, copies * sharing / places);
  return made.value >= asked ? made : Rate{asked, asked, asked};
}

/// Adds what the copies do when they share the load evenly.
void share_load(const FormatContext& context, Candidate& candidate) {
  if (!candidate.service || !candidate.service->copies || candidate.service->rates) return;
  auto& service = *candidate.service;
  const auto& load = context.request.load;
  const auto copies = *service.copies;
  std::int64_t users = load.users ? (*load.users + copies - 1) / copies : 0;
  if (load.requests_per_second) {
    const double rate = *load.requests_per_second / static_cast<double>(copies);
    users = std::max(users, load_of_rate(context, candidate, rate));
  }
  service.load = users > 0 ? users : service.concurrency;
  const auto rates = context.speeds.at(context, candidate, service.load, true);
  if (!rates) return;
  service.rates = service_rates(*rates);
  service.throughput = whole_throughput(context, service);
}

}  // namespace

void add_service(const FormatContext& context, Candidate& candidate) {
  const auto& load = context.request.load;
  if (!load.serves() || !candidate.holds || is_unsupported(candidate)) return;
  Service service;
  if (const auto held = sequences_held(context, candidate)) {
    service.held = *held;
    add_concurrency(context, candidate, service);
    service.copies = copies_for(load, service);
    add_price(load, candidate, service);
  }
  candidate.service = service;
  if (context.request.sort == Sort::fastest) share_load(context, candidate);
}

void finish_service(const FormatContext& context, Candidate& candidate) {
  if (!candidate.service) return;
  share_load(context, candidate);
  auto& service = *candidate.service;
  auto& cost = candidate.cost;
  cost.usd_per_request.reset();
  if (service.usd_per_hour && service.throughput) {
    const double made = service.throughput->value;
    const double busy = context.request.utilisation;
    service.usd_per_million_tokens = cost::usd_per_million(*service.usd_per_hour, made, busy);
    cost.usd_per_request =
        cost::usd_each(*service.usd_per_hour, made / counted_tokens(context), busy);
  }
  cost.usd_per_million_tokens = service.usd_per_million_tokens;
}

bool may_serve(const FormatContext& context, const Candidate& candidate, std::int64_t requests,
               std::int64_t most) {
  const auto& load = context.request.load;
  if (!load.limits_latency()) {
    return !load.requests_per_second || context.speeds.at(context, candidate, 1, true);
  }
  return requests <= most && ConcurrencySearch(context, candidate, most).may_serve(requests);
}

std::optional<double> excess_of(const LoadRequest& load, const Candidate& candidate) {
  if (!candidate.service || !candidate.service->most) return std::nullopt;
  const auto& rates = *candidate.service->most;
  const double first = load.ttft ? rates.first_token.value / *load.ttft : 0;
  const double next = load.tpot ? rates.output_token.value / *load.tpot : 0;
  return std::max(first, next);
}

std::optional<double> service_speed(const FormatContext& context, const Candidate& candidate) {
  const auto& service = candidate.service;
  if (!service || !service->rates) return std::nullopt;
  const auto& load = context.request.load;
  if (!load.requests_per_second || load.users) return service->throughput->value;
  const double output = answer_tokens(context);
  return output /
         (service->rates->first_token.value + (output - 1) * service->rates->output_token.value);
}

}  // namespace llmfit::search
