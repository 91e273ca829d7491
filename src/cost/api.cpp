// SPDX-License-Identifier: MIT
#include "cost/api.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

#include "cost/tokens.hpp"

namespace llmfit::cost {
namespace {

constexpr double million = 1e6;

/// Absent where tokens have an unknown price.
std::optional<double> usd_of(std::int64_t tokens, std::optional<double> usd_per_million) {
  if (tokens == 0) return 0.0;
  if (!usd_per_million) return std::nullopt;
  return static_cast<double>(tokens) * *usd_per_million / million;
}

}  // namespace

std::optional<double> usd_per_request(const ApiPrice& price, TokenMix mix) {
  const auto prompt = usd_of(mix.input, price.input_usd);
  const auto answer = usd_of(mix.output, price.output_usd);
  if (!prompt || !answer) return std::nullopt;
  return *prompt + *answer;
}

std::vector<ApiPrice> cheapest_of_each(std::vector<ApiPrice> prices, TokenMix mix) {
  const auto cost = [mix](const ApiPrice& price) {
    return usd_per_request(price, mix).value_or(std::numeric_limits<double>::max());
  };
  const auto loose = [](const ApiPrice& price) { return price.name != HostedName::exact; };
  std::sort(prices.begin(), prices.end(), [&](const ApiPrice& a, const ApiPrice& b) {
    return std::tuple(loose(a), cost(a), std::tie(a.provider, a.model)) <
           std::tuple(loose(b), cost(b), std::tie(b.provider, b.model));
  });
  std::vector<ApiPrice> kept;
  for (auto& price : prices) {
    const bool known = std::any_of(kept.begin(), kept.end(), [&](const ApiPrice& other) {
      return other.provider == price.provider;
    });
    if (!known) kept.push_back(std::move(price));
  }
  std::stable_sort(kept.begin(), kept.end(), [&](const ApiPrice& a, const ApiPrice& b) {
    return std::tuple(cost(a), std::tie(a.provider, a.model)) <
           std::tuple(cost(b), std::tie(b.provider, b.model));
  });
  return kept;
}

ApiBreakEven break_even(double usd_per_month, const ApiPrice& price, TokenMix mix,
                        std::optional<ApiCapacity> capacity) {
  ApiBreakEven result;
  result.usd_per_month = usd_per_month;
  result.capacity = capacity;
  const auto each = usd_per_request(price, mix);
  if (!each || !(*each > 0)) return result;
  const double requests = usd_per_month / *each;
  result.requests_per_month = requests;
  result.tokens_per_month = requests * static_cast<double>(mix.input + mix.output);
  if (capacity && capacity->requests_per_second > 0) {
    result.utilisation = requests / (capacity->requests_per_second * seconds_per_month);
  }
  return result;
}

}  // namespace llmfit::cost
