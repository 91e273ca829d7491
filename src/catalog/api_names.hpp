// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "llmfit/api_price.hpp"
#include "llmfit/catalog.hpp"
#include "llmfit/model.hpp"

namespace llmfit::catalog {

/// A hosted model's name as it may stand in a catalog, folded: as it is written first, then without
/// ever more of what a provider adds to it.
std::vector<std::string> hosted_forms(std::string_view name);

/// The names of one model, for comparing with those of hosted ones.
class ModelNames {
 public:
  ModelNames(const Catalog& catalog, const Model& model);

  /// Whether the hosted name stands for the model, and for no other one of the catalog.
  [[nodiscard]] bool stand_for(std::string_view hosted) const;

  /// How close a name is that stands for the model.
  [[nodiscard]] HostedName kind_of(std::string_view hosted) const;

 private:
  void add(std::string_view name);
  [[nodiscard]] bool is_own(std::string_view alias) const;

  const Catalog& catalog_;
  const ModelRecord* record_ = nullptr;
  std::vector<std::string> forms_;  ///< sorted
};

}  // namespace llmfit::catalog
