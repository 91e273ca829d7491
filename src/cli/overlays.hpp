// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/environment.hpp"
#include "llmfit/catalog.hpp"

namespace llmfit::cli {

/// An overlay file and how llmfit came to it.
struct Overlay {
  std::string path;
  std::string origin;  ///< "--catalog", "LLMFIT_CATALOG", "configuration folder"
};

/// In the order in which they are laid over the catalog: a later one wins.
std::vector<Overlay> find_overlays(const std::vector<std::string>& given,
                                   const Environment& environment);

/// The built-in catalog with the overlays of this run, made when it is first asked for.
class CatalogSource {
 public:
  CatalogSource(std::vector<Overlay> overlays, const Environment& environment)
      : overlays_(std::move(overlays)), environment_(environment) {}

  /// Lives as long as this. Errors: unreadable_file, invalid_file, invalid_catalog.
  Result<const Catalog*> get();
  [[nodiscard]] const std::vector<Overlay>& overlays() const { return overlays_; }

 private:
  std::vector<Overlay> overlays_;
  const Environment& environment_;
  std::optional<Catalog> merged_;
};

}  // namespace llmfit::cli
