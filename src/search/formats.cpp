// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/names.hpp"
#include "base/text.hpp"
#include "llmfit/fit.hpp"
#include "search/support.hpp"

namespace llmfit {
namespace {

/// The default ladder: llama.cpp's usual levels; other engines show theirs of the same families.
constexpr std::array<std::string_view, 7> ladder = {"f16",    "q8_0",   "q6_k", "q5_k_m",
                                                    "q4_k_m", "q3_k_m", "q2_k"};

/// Second names of families, as the contract's table lists them.
constexpr std::array<FamilyWord, 4> second_names = {
    {{"f32", "fp32"}, {"f16", "fp16"}, {"int8", "q8"}, {"int4", "q4"}}};

std::string_view family_of(std::string_view word) {
  for (const auto& entry : second_names) {
    if (entry.typed == word) return entry.family;
  }
  return word;
}

const Format* by_family(const Catalog& catalog, Engine engine, std::string_view family) {
  for (const auto& format : catalog.formats()) {
    if (format.engine == engine && !family.empty() && format.family == family) return &format;
  }
  return nullptr;
}

/// The engine's format of that id, or the one that stands for that family.
const Format* in_engine(const Catalog& catalog, Engine engine, std::string_view word) {
  if (const auto* format = catalog.find_format(engine, word)) return format;
  return by_family(catalog, engine, family_of(word));
}

bool is_known(const Catalog& catalog, std::string_view word) {
  return std::any_of(all_engines.begin(), all_engines.end(),
                     [&](Engine engine) { return in_engine(catalog, engine, word) != nullptr; });
}

/// Engines in the order in which a format without `--engine` looks for one that has it: those that
/// run the model before those that do not.
std::vector<Engine> preferred_engines(const Catalog& catalog, const Model& model) {
  if (model.known_by_size_only) return {Engine::params};
  std::vector<Engine> engines = {Engine::llama_cpp, Engine::vllm, Engine::transformers, Engine::mlx,
                                 Engine::exllama};
  std::stable_partition(engines.begin(), engines.end(), [&](Engine engine) {
    return !search::model_obstacle(catalog.engine(engine), model);
  });
  if (!model.runs_on_llama_cpp) std::erase(engines, Engine::llama_cpp);
  return engines;
}

/// The format of `engine` in the family that `word` belongs to in any engine ("q8_0" -> "q8").
const Format* same_family(const Catalog& catalog, Engine engine, std::string_view word) {
  for (const Engine other : all_engines) {
    const auto* format = in_engine(catalog, other, word);
    if (format != nullptr && !format->family.empty()) {
      return by_family(catalog, engine, format->family);
    }
  }
  return nullptr;
}

FormatChoice choose(const Catalog& catalog, const Model& model, std::string_view word,
                    std::optional<Engine> engine) {
  const auto engines = engine ? std::vector<Engine>{*engine} : preferred_engines(catalog, model);
  for (const Engine candidate : engines) {
    if (const auto* format = in_engine(catalog, candidate, word)) {
      return {*format, candidate, std::string(word), !engine};
    }
  }
  // A model known by its size has no engine that could lack a format: take the family's bits.
  if (!engine && model.known_by_size_only) {
    const auto* const format = same_family(catalog, engines.front(), word);
    return {format != nullptr ? std::optional(*format) : std::nullopt, engines.front(),
            std::string(word), true};
  }
  return {std::nullopt, engines.front(), std::string(word), !engine};
}

bool are_same(const std::optional<Format>& a, const Format& b) {
  return a && a->engine == b.engine && a->id == b.id;
}

void add(std::vector<FormatChoice>& choices, FormatChoice choice) {
  const bool there = std::any_of(choices.begin(), choices.end(), [&](const FormatChoice& existing) {
    return choice.format && are_same(existing.format, *choice.format);
  });
  if (!there) choices.push_back(std::move(choice));
}

std::vector<FormatChoice> ladder_choices(const Catalog& catalog, const Model& model,
                                         std::optional<Engine> engine) {
  const Engine chosen = engine ? *engine : preferred_engines(catalog, model).front();
  std::vector<FormatChoice> choices;
  for (const auto word : ladder) {
    const auto* format = catalog.find_format(chosen, word);
    if (format == nullptr) format = same_family(catalog, chosen, word);
    if (format != nullptr) add(choices, {*format, chosen, std::string(format->id), !engine});
  }
  return choices;
}

/// Every format, each once: under `engine`, or under the engine that its name leads to by default.
void add_all(std::vector<FormatChoice>& choices, const Catalog& catalog, const Model& model,
             std::optional<Engine> engine) {
  for (const auto& format : catalog.formats()) {
    if (engine && format.engine != *engine) continue;
    const auto choice = choose(catalog, model, format.id, engine);
    if (are_same(choice.format, format)) add(choices, choice);
  }
}

/// A file is sized as it is where its weights are quantized, and a GGUF file always.
std::optional<FormatChoice> as_file_has_it(const Model& model, std::optional<Engine> engine) {
  if (!model.file) return std::nullopt;
  const auto& format = model.file->format;
  if (!model.file->quantized && model.source != ModelSource::gguf) return std::nullopt;
  if (engine && *engine != format.engine) return std::nullopt;
  return FormatChoice{format, format.engine, std::string(format.id), !engine};
}

Error unknown_format(const Catalog& catalog, std::string_view word) {
  std::vector<std::string_view> names;
  for (const auto& format : catalog.formats()) names.push_back(format.id);
  auto hint = base::did_you_mean(base::nearest(word, names));
  if (hint.empty()) hint = "`llmfit quants` lists the formats of every engine";
  return {ErrorCode::unknown_format, "unknown format '" + base::printable(word) + "'", hint,
          base::printable(word)};
}

}  // namespace

std::span<const std::string_view> default_ladder() { return ladder; }

std::span<const FamilyWord> family_words() { return second_names; }

Result<std::vector<FormatChoice>> resolve_formats(const Catalog& catalog, const Model& model,
                                                  const std::vector<std::string>& words,
                                                  std::optional<Engine> engine) {
  if (words.empty()) {
    if (auto own = as_file_has_it(model, engine)) return std::vector{std::move(*own)};
    return ladder_choices(catalog, model, engine);
  }
  std::vector<FormatChoice> choices;
  for (const auto& typed : words) {
    auto word = base::lower(typed);
    std::replace(word.begin(), word.end(), '-', '_');
    if (word == "all") {
      add_all(choices, catalog, model, engine);
    } else if (is_known(catalog, word)) {
      add(choices, choose(catalog, model, word, engine));
    } else {
      return tl::unexpected(unknown_format(catalog, typed));
    }
  }
  return choices;
}

}  // namespace llmfit
