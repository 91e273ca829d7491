// SPDX-License-Identifier: MIT
#include "sizing/llama_cpp_traits.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace llmfit::sizing {
namespace {

/// llama.cpp names sizes by the number of layers (src/models/*.cpp, load_arch_hparams). Found by
/// asking its quantizer about every architecture with 1 to 128 layers.
struct Seventy {
  std::string_view architecture;
  std::int64_t blocks;
  bool grouped;  ///< not where every query head has its own keys
};
constexpr auto seventies = std::to_array<Seventy>({
    {"deci", 80, false},
    {"jais2", 68, false},
    {"llama", 80, true},
    {"llama-embed", 80, true},
    {"olmo", 80, false},
    {"qwen2", 80, false},
});

/// Architectures of which some layers lack attention and whose files state one number of heads all
/// the same. The files of others have a zero for such a layer (llama.cpp: conversion/*.py).
constexpr auto same_heads_everywhere =
    std::to_array<std::string_view>({"minimax-01", "qwen35", "qwen35moe", "qwen3next", "qwen4exp"});

/// The layer whose heads the file states for the first one; null where there is none.
const Layer* first_heads(const Model& model, std::string_view architecture) {
  if (model.layers.empty()) return nullptr;
  const auto& uniform = same_heads_everywhere;
  if (std::find(uniform.begin(), uniform.end(), architecture) == uniform.end()) {
    return &model.layers.front();
  }
  const auto found = std::find_if(model.layers.begin(), model.layers.end(),
                                  [](const Layer& layer) { return layer.kv_heads > 0; });
  return found == model.layers.end() ? nullptr : &*found;
}

/// Files whose latent projection is split in two state a single key and value head.
bool has_one_key_head(const Model& model) {
  return std::any_of(model.tensors.begin(), model.tensors.end(),
                     [](const Tensor& tensor) { return tensor.stem == "attn_k_b"; });
}

std::int64_t count_blocks(const Model& model) {
  if (model.arch.encoder_decoder) return model.arch.encoder_decoder->encoder_layers;
  auto blocks = static_cast<std::int64_t>(model.layers.size());
  for (const auto& tensor : model.tensors) {
    blocks = std::max(blocks, std::int64_t{tensor.layer} + 1);
  }
  return blocks;
}

bool is_seventy(std::string_view architecture, std::int64_t blocks, bool grouped) {
  return std::any_of(seventies.begin(), seventies.end(), [&](const Seventy& entry) {
    return entry.architecture == architecture && entry.blocks == blocks &&
           (grouped || !entry.grouped);
  });
}

}  // namespace

QuantizerTraits quantizer_traits(const Model& model, const std::vector<Treatment>& treatments) {
  QuantizerTraits traits;
  const auto architecture =
      model.architecture ? std::string_view(*model.architecture) : std::string_view();
  traits.falcon = architecture == "falcon";
  traits.experts = model.arch.experts ? model.arch.experts->count : 0;
  traits.blocks = count_blocks(model);
  for (const auto& [part, kept] : treatments) {
    traits.has_output = traits.has_output || part == Part::output;
    traits.values += part == Part::attn_v ? 1 : 0;
  }
  if (const auto* const first = first_heads(model, architecture)) {
    const auto keys = first->kv_heads > 0 && has_one_key_head(model) ? 1 : first->kv_heads;
    traits.gqa4 = keys > 0 && first->heads / keys >= 4;
    traits.seventy = is_seventy(architecture, traits.blocks, first->heads != keys);
  }
  return traits;
}

}  // namespace llmfit::sizing
