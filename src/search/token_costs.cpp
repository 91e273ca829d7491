// SPDX-License-Identifier: MIT
#include "search/token_costs.hpp"

#include "cost/api.hpp"
#include "cost/tokens.hpp"
#include "search/format_search.hpp"

namespace llmfit::search {
namespace {

/// Requests of the load's mix that one copy serves in a second: as many at once as the service
/// found, else the sequences that were asked for.
std::optional<double> requests_per_second(const FormatContext& context,
                                          const Candidate& candidate) {
  if (candidate.service && candidate.service->requests_per_second > 0) {
    return candidate.service->requests_per_second;
  }
  const auto rates = context.speeds.at(context, candidate, context.workload.sequences, true);
  const auto output = mix_of(context.request.load).output;
  if (!rates || output <= 0) return std::nullopt;
  return rates->throughput.value / static_cast<double>(output);
}

}  // namespace

TokenMix mix_of(const LoadRequest& load) {
  return {load.input_tokens.value_or(usual_input_tokens),
          load.output_tokens.value_or(usual_output_tokens)};
}

void add_token_costs(const FitRequest& request, Candidate& candidate) {
  auto& cost = candidate.cost;
  if (!candidate.rates || !cost.usd_per_hour) return;
  const auto& rates = *candidate.rates;
  const double hourly = *cost.usd_per_hour;
  const double busy = request.utilisation;
  cost.usd_per_million_tokens = cost::usd_per_million(hourly, rates.throughput.value, busy);
  cost.usd_per_million_input_tokens = cost::usd_per_million(hourly, rates.prefill.value, busy);
  // With lengths the throughput counts the time of the prompts too, so answers make requests.
  const auto output = mix_of(request.load).output;
  if (!request.load.names_lengths() || output <= 0) return;
  cost.usd_per_request =
      cost::usd_each(hourly, rates.throughput.value / static_cast<double>(output), busy);
}

std::vector<ApiBreakEven> break_even_of(const FormatContext& context,
                                        const std::vector<Candidate>& candidates) {
  const auto& apis = context.request.apis.prices;
  if (apis.empty() || candidates.empty()) return {};
  const auto& first = candidates.front();
  if (!first.fits || !first.cost.usd_per_month) return {};
  const auto speed = requests_per_second(context, first);
  std::vector<ApiBreakEven> found;
  for (const auto& api : apis) {
    found.push_back(
        cost::break_even(*first.cost.usd_per_month, api, mix_of(context.request.load), speed));
  }
  return found;
}

}  // namespace llmfit::search
