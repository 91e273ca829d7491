// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "llmfit/catalog.hpp"

namespace llmfit::cli {

/// Words to look for in the catalog. Case, spaces and punctuation do not matter, as in names.
class Query {
 public:
  explicit Query(const std::vector<std::string>& words);

  /// Whether each word occurs in at least one of the texts.
  [[nodiscard]] bool matches(const std::vector<std::string_view>& texts) const;

 private:
  std::vector<std::string> words_;
};

/// The records that match, in the catalog's order.
std::vector<const ModelRecord*> find_models(const Catalog& catalog, const Query& query);
std::vector<const GpuRecord*> find_gpus(const Catalog& catalog, const Query& query);
std::vector<const OfferRecord*> find_offers(const Catalog& catalog, const Query& query);
std::vector<const Format*> find_formats(const Catalog& catalog, const Query& query);

/// Everybody who sells an offer of the catalog, each once, sorted.
std::vector<std::string_view> provider_names(const Catalog& catalog);

}  // namespace llmfit::cli
