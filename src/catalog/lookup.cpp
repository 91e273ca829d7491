// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "base/names.hpp"
#include "base/text.hpp"
#include "llmfit/catalog.hpp"

namespace llmfit {
namespace {

/// So many near names are asked for that three are left when aliases of one record are dropped.
constexpr std::size_t near_pool = 12;
constexpr std::size_t near_shown = 3;

/// The entries of one folded name.
std::span<const NameEntry> entries_of(std::span<const NameEntry> index, std::string_view folded) {
  const auto first = std::lower_bound(
      index.begin(), index.end(), folded,
      [](const NameEntry& entry, std::string_view wanted) { return entry.folded < wanted; });
  auto last = first;
  while (last != index.end() && last->folded == folded) ++last;
  return {first, last};
}

template <class Record>
const Record* named(std::span<const NameEntry> index, std::span<const Record> records,
                    std::string_view folded) {
  const auto entries = entries_of(index, folded);
  return entries.empty() ? nullptr : &records[static_cast<std::size_t>(entries.front().index)];
}

/// What can be suggested, and whose name it is.
struct Suggestions {
  std::vector<std::string_view> names;
  std::vector<const void*> owners;

  void add(std::string_view name, const void* owner) {
    names.push_back(name);
    owners.push_back(owner);
  }

  /// The nearest names, one of each owner.
  [[nodiscard]] std::vector<std::string_view> near(std::string_view typed) const {
    std::vector<std::string_view> chosen;
    std::vector<const void*> used;
    for (const auto name : base::nearest(typed, names, near_pool)) {
      const auto at = std::find(names.begin(), names.end(), name) - names.begin();
      const auto* owner = owners[static_cast<std::size_t>(at)];
      if (chosen.size() == near_shown) break;
      if (std::find(used.begin(), used.end(), owner) != used.end()) continue;
      used.push_back(owner);
      chosen.push_back(name);
    }
    return chosen;
  }
};

Suggestions model_suggestions(std::span<const ModelRecord> models) {
  Suggestions result;
  for (const auto& model : models) {
    result.add(model.id, &model);
    for (const auto alias : model.aliases) result.add(alias, &model);
  }
  return result;
}

/// A family comes before its members and is one suggestion, whoever has it.
Suggestions gpu_suggestions(std::span<const GpuRecord> gpus) {
  Suggestions result;
  for (const auto& gpu : gpus) {
    for (const auto& family : gpu.families) {
      const auto known = std::find(result.names.begin(), result.names.end(), family);
      if (known == result.names.end()) result.add(family, &family);
    }
  }
  for (const auto& gpu : gpus) {
    result.add(gpu.id, &gpu);
    for (const auto alias : gpu.aliases) result.add(alias, &gpu);
  }
  return result;
}

Error unknown(ErrorCode code, std::string_view kind, std::string_view typed,
              const Suggestions& known, std::string_view command) {
  const auto word = base::elide(base::printable(typed), 60, true);
  auto hint = base::did_you_mean(known.near(typed));
  if (!hint.empty()) hint += " ";
  hint.append("`").append(command).append("` lists them");
  return {code, "unknown " + std::string(kind) + " '" + word + "'", hint, word};
}

/// Endings of names of models that have the dimensions of the one they were tuned from.
constexpr auto tuned_endings =
    std::to_array<std::string_view>({"instruct", "chat", "it", "hf", "base", "gguf"});

/// The name without its last part where that part is such an ending; empty where it is not.
std::string_view without_ending(std::string_view name) {
  const auto cut = name.find_last_of("-_ ");
  if (cut == std::string_view::npos) return {};
  const auto ending = base::lower(name.substr(cut + 1));
  const bool known =
      std::find(tuned_endings.begin(), tuned_endings.end(), ending) != tuned_endings.end();
  return known ? name.substr(0, cut) : std::string_view{};
}

}  // namespace

Catalog::Catalog(Tables tables, std::shared_ptr<const void> storage, std::string version)
    : tables_(tables), storage_(std::move(storage)), version_(std::move(version)) {}

const EngineRecord& Catalog::engine(Engine engine) const {
  static constexpr EngineRecord unknown_engine{};
  for (const auto& record : tables_.engines) {
    if (record.engine == engine) return record;
  }
  return unknown_engine;
}

const ModelRecord* Catalog::find_model(std::string_view name) const {
  return named(tables_.model_names, tables_.models, base::fold_name(name));
}

const ModelRecord* Catalog::find_base_model(std::string_view name) const {
  name = name.substr(name.rfind('/') + 1);  // the owner of a repository
  // Meta's repositories of Llama 3 begin so, and many that were made from them.
  constexpr std::string_view maker = "meta-";
  const bool named = base::lower(name.substr(0, maker.size())) == maker;
  if (named) name.remove_prefix(maker.size());
  for (; !name.empty(); name = without_ending(name)) {
    if (const auto* found = find_model(name)) return found;
  }
  return nullptr;
}

std::vector<const GpuRecord*> Catalog::find_gpus(std::string_view name) const {
  const auto folded = base::fold_name(name);
  if (const auto* gpu = named(tables_.gpu_names, tables_.gpus, folded)) return {gpu};
  std::vector<const GpuRecord*> members;
  for (const auto& entry : entries_of(tables_.gpu_families, folded)) {
    members.push_back(&tables_.gpus[static_cast<std::size_t>(entry.index)]);
  }
  return members;
}

const Format* Catalog::find_format(Engine engine, std::string_view id) const {
  for (const auto& format : tables_.formats) {
    if (format.engine == engine && format.id == id) return &format;
  }
  return nullptr;
}

Result<const ModelRecord*> Catalog::model(std::string_view name) const {
  if (const auto* found = find_model(name)) return found;
  return tl::unexpected<Error>(unknown(ErrorCode::unknown_model, "model", name,
                                       model_suggestions(tables_.models), "llmfit models QUERY"));
}

std::vector<std::string_view> Catalog::near_gpu_names(std::string_view typed) const {
  return gpu_suggestions(tables_.gpus).near(typed);
}

Result<std::vector<const GpuRecord*>> Catalog::gpus(std::string_view name) const {
  auto found = find_gpus(name);
  if (!found.empty()) return found;
  return tl::unexpected<Error>(unknown(ErrorCode::unknown_gpu, "card", name,
                                       gpu_suggestions(tables_.gpus), "llmfit gpus QUERY"));
}

}  // namespace llmfit
