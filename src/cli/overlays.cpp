// SPDX-License-Identifier: MIT
#include "cli/overlays.hpp"

#include "base/text.hpp"
#include "cli/errors.hpp"

namespace llmfit::cli {
namespace {

/// The user's configuration folder as the XDG base directories have it; empty when there is no
/// home.
std::string configuration_folder(const Environment& environment) {
  const auto folder = environment.variable("XDG_CONFIG_HOME");
  if (folder.starts_with('/')) return folder + "/llmfit";
  const auto home = environment.variable("HOME");
  return home.empty() ? std::string() : home + "/.config/llmfit";
}

}  // namespace

std::vector<Overlay> find_overlays(const std::vector<std::string>& given,
                                   const Environment& environment) {
  std::vector<Overlay> result;
  const auto folder = configuration_folder(environment);
  if (!folder.empty() && environment.exists(folder + "/catalog.json")) {
    result.push_back({folder + "/catalog.json", "configuration folder"});
  }
  for (const auto& path : base::split(environment.variable("LLMFIT_CATALOG"), ':')) {
    if (!path.empty()) result.push_back({path, "LLMFIT_CATALOG"});
  }
  for (const auto& path : given) result.push_back({path, "--catalog"});
  return result;
}

Result<const Catalog*> CatalogSource::get() {
  if (overlays_.empty()) return &Catalog::builtin();
  if (merged_) return &*merged_;
  std::vector<Catalog::OverlayText> texts;
  for (const auto& overlay : overlays_) {
    auto text = environment_.read(overlay.path);
    if (!text) return pass(text);
    texts.push_back({overlay.path, std::move(*text)});
  }
  auto merged = Catalog::with_overlays(Catalog::builtin(), texts);
  if (!merged) return pass(merged);
  merged_.emplace(std::move(*merged));
  return &*merged_;
}

}  // namespace llmfit::cli
