// SPDX-License-Identifier: MIT
#include "search/token_costs.hpp"

#include "cost/api.hpp"
#include "cost/tokens.hpp"
#include "search/format_search.hpp"

namespace llmfit::search {
namespace {

/// Requests for which the tokens of a throughput make do: its answers, or what an encoder reads.
std::optional<double> requests_of(const FormatContext& context, const Rates& rates) {
  const auto mix = mix_of(context.model, context.request.load);
  const auto tokens = mix.output > 0 ? mix.output : mix.input;
  if (tokens <= 0) return std::nullopt;
  return rates.throughput.value / static_cast<double>(tokens);
}

/// Requests of the load's mix that one copy serves in a second: as many at once as the service
/// found, else the sequences that were asked for.
std::optional<double> requests_per_second(const FormatContext& context,
                                          const Candidate& candidate) {
  if (candidate.service && candidate.service->requests_per_second > 0) {
    return candidate.service->requests_per_second;
  }
  const auto rates = context.speeds.at(context, candidate, context.workload.sequences, true);
  return rates ? requests_of(context, *rates) : std::nullopt;
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
  if (const auto made = requests_of(context, rates)) {
    cost.usd_per_request = cost::usd_each(hourly, *made, busy);
  }
}

std::vector<ApiBreakEven> break_even_of(const FormatContext& context,
                                        const std::vector<Candidate>& candidates) {
  const auto& apis = context.request.apis.prices;
  if (apis.empty() || candidates.empty()) return {};
  const auto& first = candidates.front();
  if (!first.fits || !first.cost.usd_per_month) return {};
  const auto mix = mix_of(context.model, context.request.load);
  const auto speed = requests_per_second(context, first);
  std::vector<ApiBreakEven> found;
  for (const auto& api : apis) {
    found.push_back(cost::break_even(*first.cost.usd_per_month, api, mix, speed));
  }
  return found;
}

}  // namespace llmfit::search
