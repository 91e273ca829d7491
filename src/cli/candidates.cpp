// SPDX-License-Identifier: MIT
#include "cli/candidates.hpp"

#include <set>
#include <span>

#include "base/text.hpp"
#include "cli/query.hpp"

namespace llmfit::cli {
namespace {

using Names = std::set<std::string_view>;

/// A shell would break a name at its spaces.
void insert(Names& names, std::span<const std::string_view> more) {
  for (const auto name : more) {
    if (name.find(' ') == std::string_view::npos) names.insert(name);
  }
}

/// Without a prefix the ids alone: nobody reads a list that names each model five times.
Names model_names(const Catalog& catalog, bool aliases) {
  Names names;
  for (const auto& model : catalog.models()) {
    names.insert(model.id);
    if (aliases) insert(names, model.aliases);
  }
  return names;
}

Names gpu_names(const Catalog& catalog, bool aliases) {
  Names names = {"cpu"};
  for (const auto& gpu : catalog.gpus()) {
    names.insert(gpu.id);
    insert(names, gpu.families);
    if (aliases) insert(names, gpu.aliases);
  }
  return names;
}

Names quant_names(const Catalog& catalog) {
  Names names = {"all"};
  for (const auto& format : catalog.formats()) {
    names.insert(format.id);
    if (!format.family.empty()) names.insert(format.family);
  }
  return names;
}

/// What a person looks offers up by: who sells, and which card.
Names offer_names(const Catalog& catalog) {
  auto names = gpu_names(catalog, false);
  insert(names, provider_names(catalog));
  return names;
}

Names names_of(std::string_view kind, bool aliases, const Catalog& catalog) {
  if (kind == "models") return model_names(catalog, aliases);
  if (kind == "gpus") return gpu_names(catalog, aliases);
  if (kind == "quants") return quant_names(catalog);
  if (kind == "offers") return offer_names(catalog);
  Names names;
  insert(names, provider_names(catalog));
  return names;
}

}  // namespace

std::string candidates(std::string_view kind, std::string_view prefix, const Catalog& catalog) {
  const auto comma = kind == "models" ? std::string_view::npos : prefix.rfind(',');
  const auto head = prefix.substr(0, comma == std::string_view::npos ? 0 : comma + 1);
  const auto typed = base::lower(prefix.substr(head.size()));
  std::string result;
  for (const auto name : names_of(kind, !typed.empty(), catalog)) {
    if (base::lower(name).starts_with(typed)) result.append(head).append(name).append("\n");
  }
  return result;
}

}  // namespace llmfit::cli
