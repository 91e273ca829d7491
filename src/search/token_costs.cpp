// SPDX-License-Identifier: MIT
#include "search/token_costs.hpp"

#include "cost/api.hpp"
#include "cost/tokens.hpp"
#include "search/format_search.hpp"

namespace llmfit::search {
namespace {

/// Requests for which the tokens of a throughput make do: its answers, or what an encoder reads.
std::optional<double> requests_of(const FormatContext& context, double throughput) {
  const auto mix = mix_of(context.model, context.request.load);
  const auto tokens = mix.output > 0 ? mix.output : mix.input;
  if (tokens <= 0) return std::nullopt;
  return throughput / static_cast<double>(tokens);
}

/// What all copies of a service serve: its users together, or as many at once as one copy takes
/// within the latencies on each of them.
std::optional<ApiCapacity> capacity_of(const FormatContext& context, const Service& service) {
  const auto& load = context.request.load;
  if (!service.copies) return std::nullopt;
  if (load.users && !load.requests_per_second) {
    const auto made =
        service.throughput ? requests_of(context, service.throughput->value) : std::nullopt;
    if (made) return ApiCapacity{*made, *load.users};
    return std::nullopt;
  }
  if (!service.requests_per_second || *service.requests_per_second <= 0) return std::nullopt;
  return ApiCapacity{*service.requests_per_second * static_cast<double>(*service.copies),
                     service.concurrency * *service.copies};
}

/// Requests of the load's mix that a configuration serves in a second: under the load that was
/// asked for, else the sequences.
std::optional<ApiCapacity> capacity_of(const FormatContext& context, const Candidate& candidate) {
  if (candidate.service) return capacity_of(context, *candidate.service);
  const auto sequences = context.workload.sequences;
  const auto rates = context.speeds.at(context, candidate, sequences, true);
  const auto made = rates ? requests_of(context, rates->throughput.value) : std::nullopt;
  return made ? std::optional(ApiCapacity{*made, sequences}) : std::nullopt;
}

}  // namespace

TokenMix mix_of(const Model& model, const LoadRequest& load) {
  const bool encodes = model.arch.kind == ModelKind::encoder;
  return {load.input_tokens.value_or(usual_input_tokens),
          encodes ? 0 : load.output_tokens.value_or(usual_output_tokens)};
}

void add_token_costs(const FormatContext& context, Candidate& candidate) {
  auto& cost = candidate.cost;
  if (!candidate.rates || !cost.usd_per_hour) return;
  const auto& rates = *candidate.rates;
  const double hourly = *cost.usd_per_hour;
  const double busy = context.request.utilisation;
  cost.usd_per_million_tokens = cost::usd_per_million(hourly, rates.throughput.value, busy);
  cost.usd_per_million_input_tokens = cost::usd_per_million(hourly, rates.prefill.value, busy);
  // With lengths the throughput counts the time of the prompts too, so answers make requests.
  if (!context.request.load.names_lengths()) return;
  if (const auto made = requests_of(context, rates.throughput.value)) {
    cost.usd_per_request = cost::usd_each(hourly, *made, busy);
  }
}

std::vector<ApiBreakEven> break_even_of(const FormatContext& context,
                                        const std::vector<Candidate>& candidates) {
  const auto& apis = context.request.apis.prices;
  if (apis.empty() || candidates.empty()) return {};
  const auto& first = candidates.front();
  const auto monthly = whole_usd_per_month(first);
  if (!first.fits || !monthly) return {};
  const auto mix = mix_of(context.model, context.request.load);
  const auto capacity = capacity_of(context, first);
  std::vector<ApiBreakEven> found;
  found.reserve(apis.size());
  for (const auto& api : apis) {
    found.push_back(cost::break_even(*monthly, api, mix, capacity));
  }
  return found;
}

}  // namespace llmfit::search
