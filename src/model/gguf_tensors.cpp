// SPDX-License-Identifier: MIT
#include "model/gguf_tensors.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "model/stems.hpp"

namespace llmfit::model {
namespace {

struct Entry {
  int block;  ///< -1 outside of "blk.N."
  const GgufTensor* tensor;
  NameParts name;
};

struct TowerPrefix {
  std::string_view prefix;
  std::string_view tower;
};

// Files made for Ollama hold a model's towers beside it, under the names of llama.cpp's
// tools/mtmd/clip-impl.h.
constexpr auto tower_prefixes =
    std::to_array<TowerPrefix>({{"a.", "audio"}, {"mm.", "vision"}, {"v.", "vision"}});

std::string_view tower_of(std::string_view name) {
  for (const auto& entry : tower_prefixes) {
    if (name.starts_with(entry.prefix)) return entry.tower;
  }
  return {};
}

/// llama.cpp orders its tensors by block and name (src/llama-model-loader.hpp); the stacks of an
/// encoder-decoder model have names of another form there and count as outside.
bool before(const Entry& a, const Entry& b) {
  if (a.block != b.block) return a.block < b.block;
  return a.tensor->name < b.tensor->name;
}

std::vector<Entry> sorted(const std::vector<GgufTensor>& tensors) {
  std::vector<Entry> entries;
  entries.reserve(tensors.size());
  for (const auto& tensor : tensors) {
    const auto name = split_name(tensor.name);
    entries.push_back({name.encoder || name.decoder ? -1 : name.block, &tensor, name});
  }
  std::sort(entries.begin(), entries.end(), before);
  return entries;
}

std::string_view keep(Stems& stems, std::string_view stem) {
  const auto found = stems.find(stem);
  return found != stems.end() ? *found : *stems.emplace(stem).first;
}

void add_tower(std::vector<Tower>& towers, std::string_view name, Elements elements) {
  for (auto& tower : towers) {
    if (tower.name == name) {
      tower.elements += elements;
      return;
    }
  }
  towers.push_back({name, elements});
}

Tensor make_tensor(const Entry& entry, const GgufStacks& stacks, Stems& stems) {
  Tensor tensor;
  tensor.stem = keep(stems, entry.name.stem);
  tensor.role = role_of(tensor.stem);
  tensor.suffix = entry.name.suffix;
  tensor.layer = entry.name.block;
  if (entry.name.decoder && tensor.layer >= 0) tensor.layer += stacks.encoders;
  tensor.shape = entry.tensor->shape;
  tensor.stored =
      StoredTensor{entry.tensor->type->type, Bytes{static_cast<std::int64_t>(entry.tensor->bytes)}};
  return tensor;
}

bool beyond(const Entry& entry, const GgufStacks& stacks) {
  const auto first = entry.name.decoder ? stacks.encoders : 0;
  const auto end = entry.name.encoder && stacks.encoders > 0 ? stacks.encoders : stacks.blocks;
  return entry.name.block >= end - first;
}

tl::unexpected<Error> invalid(const GgufTensor& tensor, const std::string& what,
                              const std::string& path) {
  return fail(ErrorCode::invalid_file, "tensor " + quoted(tensor.name) + what,
              std::string(damaged_hint), place_of(path, tensor.entry));
}

}  // namespace

bool has_decoder(const std::vector<GgufTensor>& tensors) {
  return std::any_of(tensors.begin(), tensors.end(),
                     [](const GgufTensor& tensor) { return tensor.name.starts_with("dec.blk."); });
}

Result<GgufTensors> gguf_tensors(const GgufFiles& files, const GgufStacks& stacks,
                                 const std::string& path) {
  const auto entries = sorted(files.tensors);
  auto stems = std::make_shared<Stems>();
  GgufTensors result;
  result.tensors.reserve(entries.size());
  const GgufTensor* previous = nullptr;
  for (const auto& entry : entries) {
    const auto& tensor = *entry.tensor;
    if (previous != nullptr && previous->name == tensor.name) {
      return invalid(tensor, " occurs twice", path);
    }
    previous = &tensor;
    if (beyond(entry, stacks)) return invalid(tensor, " lies beyond the last block", path);
    const auto made = make_tensor(entry, stacks, *stems);
    if (const auto tower = tower_of(tensor.name); !tower.empty()) {
      add_tower(result.towers, tower, made.elements());
    } else {
      result.tensors.push_back(made);
    }
  }
  result.stems = std::move(stems);
  return result;
}

}  // namespace llmfit::model
