// SPDX-License-Identifier: MIT
#include <utility>

#include "base/text.hpp"
#include "catalog/merge.hpp"

namespace llmfit {
namespace {

using catalog::Faults;
using catalog::Json;
using catalog::Merged;

/// The schema that this library was built with; it compiled then, so it does now.
const catalog::Schema& builtin_schema() {
  static const auto schema = [] {
    Faults none;
    return catalog::Schema::compile(Json::parse(catalog_schema()), none);
  }();
  return *schema;
}

Catalog::Tables tables_of(const Catalog& catalog) {
  return {.models = catalog.models(),
          .gpus = catalog.gpus(),
          .offers = catalog.offers(),
          .formats = catalog.formats(),
          .engines = catalog.engines(),
          .economics = catalog.economics(),
          .model_names = {},  // built anew
          .gpu_names = {},
          .gpu_families = {},
          .prices_as_of = catalog.prices_as_of()};
}

/// The base with one file merged in, and every fault of the file.
struct Overlaid {
  Merged merged;
  Faults faults;
  bool is_json = true;
};

Overlaid overlaid(const Catalog& base, std::string_view text) {
  auto file = catalog::read_json(text);
  Overlaid result{{}, std::move(file.faults), true};
  result.is_json = !file.value.is_null() || result.faults.empty();
  if (!result.is_json) return result;
  const std::vector<Json> files{std::move(file.value)};
  result.merged = catalog::merge(tables_of(base), files, builtin_schema(), true);
  for (auto& fault : result.merged.faults) result.faults.push_back(std::move(fault.fault));
  return result;
}

Error refusal(const std::string& name, const Overlaid& file) {
  const auto& faults = file.faults;
  const auto& first = faults.front();
  const auto more = faults.size() - 1;
  const auto message =
      first.message + (more == 0 ? "" : " (and " + std::to_string(more) + " more)");
  return {file.is_json ? ErrorCode::invalid_catalog : ErrorCode::invalid_file, message,
          "`llmfit catalog validate " + name + "` lists every fault",
          first.pointer.empty() ? name : name + ": " + base::printable(first.pointer)};
}

}  // namespace

Result<Catalog> Catalog::with_overlays(const Catalog& base, std::span<const OverlayText> overlays) {
  Catalog result = base;
  for (const auto& overlay : overlays) {
    auto next = overlaid(result, overlay.text);
    if (!next.faults.empty()) return tl::unexpected<Error>(refusal(overlay.name, next));
    if (!next.merged.changed) continue;
    auto storage =
        std::make_shared<std::pair<std::shared_ptr<const void>, std::shared_ptr<const void>>>(
            std::move(result.storage_), std::move(next.merged.storage));
    result = Catalog(next.merged.tables, std::move(storage),
                     result.version_ + "+" + catalog::short_hash(next.merged.hash));
  }
  return result;
}

std::vector<CatalogFault> validate_catalog(const Catalog& base, std::string_view text) {
  return overlaid(base, text).faults;
}

}  // namespace llmfit
