// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "llmfit/catalog.hpp"
#include "llmfit/model.hpp"
#include "llmfit/result.hpp"

namespace llmfit {

/// How close the name of a hosted model is to the model that it is compared with.
enum class HostedName {
  exact,
  variant,  ///< a provider's own, with fewer bits perhaps: "-Turbo", "-FP8"
  moving,   ///< names no version, so it may serve a newer model: "codestral"
};

/// What a provider asks for a model that it hosts, in US dollars for a million tokens.
struct ApiPrice {
  std::string provider;
  std::string model;  ///< as the provider calls it
  std::optional<double> input_usd;
  std::optional<double> output_usd;
  std::optional<std::int64_t> context;  ///< tokens that it takes; absent: unknown
  std::string as_of;
  HostedName name = HostedName::exact;
};

/// Every hosted API of the catalog. Reads the whole of its economics, so only where it is asked
/// for.
std::vector<ApiPrice> api_prices(const Catalog& catalog);

/// Those that host this very model, by their names. A row of the model's author that only repeats
/// OpenRouter's price is left out: nothing shows that the author hosts the model.
std::vector<ApiPrice> apis_of(const Catalog& catalog, const Model& model);

/// Whether a hosted model's name stands for this model: the owner and endings such as "-instruct"
/// or "-turbo" do not count, sizes, versions and dates do.
bool is_same_model(const Catalog& catalog, const Model& model, std::string_view hosted);

/// The hosted APIs that "PROVIDER/MODEL" or "MODEL" names; several where providers share a name.
/// Errors: unknown_model, with near names.
Result<std::vector<ApiPrice>> find_apis(const Catalog& catalog, std::string_view name);

/// The hosted APIs to compare with.
struct ApiRequest {
  bool wanted = false;
  bool named = false;            ///< by --api; else those of the same model
  std::vector<ApiPrice> prices;  ///< cheapest first for the load's mix
};

/// Tokens of a prompt and of its answer.
struct TokenMix {
  std::int64_t input = 0;
  std::int64_t output = 0;
};

/// What a configuration serves at most, all its copies together.
struct ApiCapacity {
  double requests_per_second = 0;
  std::int64_t at_once = 0;  ///< requests in flight
};

/// Where hosting a configuration oneself costs as much as an API, both for the same requests.
struct ApiBreakEven {
  double usd_per_month = 0;  ///< of all copies of the configuration, whatever they do
  std::optional<double> requests_per_month;  ///< absent: never, or the API's price is not known
  std::optional<double> tokens_per_month;    ///< of prompts and answers together
  std::optional<ApiCapacity> capacity;       ///< absent: its speed is not known
  /// Share of the month that the configuration works for so many requests; above 1 it cannot make
  /// them, so the API stays cheaper. Absent: its speed is not known.
  std::optional<double> utilisation;
};

}  // namespace llmfit
