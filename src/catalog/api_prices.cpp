// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "base/json_tree.hpp"
#include "base/names.hpp"
#include "base/text.hpp"
#include "catalog/api_names.hpp"
#include "llmfit/api_price.hpp"

namespace llmfit {
namespace {

std::string text_of(const base::JsonValue& value) { return std::string(value.text().value_or("")); }

std::string full_name(const ApiPrice& price) { return price.provider + "/" + price.model; }

/// The model's name without the owner that some providers put before it.
std::string_view own_name(std::string_view model) { return model.substr(model.rfind('/') + 1); }

bool is_named(const ApiPrice& price, std::string_view model) {
  const auto wanted = base::fold_name(model);
  return base::fold_name(price.model) == wanted || base::fold_name(own_name(price.model)) == wanted;
}

std::vector<ApiPrice> named(const std::vector<ApiPrice>& prices, std::string_view provider,
                            std::string_view model) {
  std::vector<ApiPrice> found;
  for (const auto& price : prices) {
    const bool there = provider.empty() || base::fold_name(price.provider) == provider;
    if (there && is_named(price, model)) found.push_back(price);
  }
  return found;
}

/// Some rows of a model's author are copies of what OpenRouter asks for it, to the digit and
/// without anything of their own, even where the author hosts no such model
/// ("openai/gpt-oss-120b").
bool repeats(const ApiPrice& price, const ApiPrice& other) {
  return price.provider != other.provider && other.provider == "openrouter" && !price.context &&
         price.input_usd == other.input_usd && price.output_usd == other.output_usd &&
         own_name(other.model) == price.model && other.model.starts_with(price.provider);
}

Error unknown_api(const std::vector<ApiPrice>& prices, std::string_view name) {
  std::vector<std::string> full;
  full.reserve(prices.size());
  for (const auto& price : prices) full.push_back(full_name(price));
  const std::vector<std::string_view> names(full.begin(), full.end());
  auto near = base::nearest(name, names);
  if (near.empty()) {
    std::vector<std::string_view> models;
    models.reserve(prices.size());
    for (const auto& price : prices) models.push_back(own_name(price.model));
    near = base::nearest(own_name(name), models);
  }
  auto hint = base::did_you_mean(near);
  if (hint.empty())
    hint = "write PROVIDER/MODEL, such as openrouter/meta-llama/llama-3.1-8b-instruct";
  const auto word = base::elide(base::printable(name), 60, true);
  return {ErrorCode::unknown_model, "unknown hosted API '" + word + "'", std::move(hint), word};
}

}  // namespace

std::vector<ApiPrice> api_prices(const Catalog& catalog) {
  std::vector<ApiPrice> prices;
  for (const auto record : catalog.economics()) {
    if (record.find("\"api_price\"") == std::string_view::npos) continue;
    const base::JsonTree tree(record);
    const auto root = tree.root();
    if (root["kind"].text() != "api_price") continue;
    ApiPrice price;
    price.provider = text_of(root["provider"]);
    price.model = text_of(root["model"]);
    price.input_usd = root["input_usd_per_mtok"].number();
    price.output_usd = root["output_usd_per_mtok"].number();
    price.context = root["context"].whole();
    price.as_of = text_of(root["as_of"]);
    prices.push_back(std::move(price));
  }
  return prices;
}

std::vector<ApiPrice> apis_of(const Catalog& catalog, const Model& model) {
  const catalog::ModelNames names(catalog, model);
  auto prices = api_prices(catalog);
  std::erase_if(prices, [&](const ApiPrice& price) { return !names.stand_for(price.model); });
  const auto known = prices;
  std::erase_if(prices, [&](const ApiPrice& price) {
    return std::any_of(known.begin(), known.end(),
                       [&](const ApiPrice& other) { return repeats(price, other); });
  });
  for (auto& price : prices) price.name = names.kind_of(price.model);
  return prices;
}

bool is_same_model(const Catalog& catalog, const Model& model, std::string_view hosted) {
  return catalog::ModelNames(catalog, model).stand_for(hosted);
}

Result<std::vector<ApiPrice>> find_apis(const Catalog& catalog, std::string_view name) {
  const auto prices = api_prices(catalog);
  const auto slash = name.find('/');
  if (slash != std::string_view::npos) {
    auto found = named(prices, base::fold_name(name.substr(0, slash)), name.substr(slash + 1));
    if (!found.empty()) return found;
  }
  auto found = named(prices, {}, name);
  if (!found.empty()) return found;
  return tl::unexpected<Error>(unknown_api(prices, name));
}

}  // namespace llmfit
