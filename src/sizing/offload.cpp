// SPDX-License-Identifier: MIT
#include "sizing/offload.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace llmfit::sizing::llama_cpp {
namespace {

/// Smaller batches, and models whose blocks are all on devices, have their norms beside the block.
constexpr std::int64_t least_offloaded_batch = 32;

constexpr auto attention_apart = std::to_array<std::string_view>(
    {"falcon-h1", "gemma3n", "granitehybrid", "jamba", "lfm2", "lfm2moe", "nemotron_h",
     "nemotron_h_moe", "t5"});

}  // namespace

bool asks_for_offload(const LlamaCppSettings& settings) {
  return settings.gpu_layers || settings.cpu_moe > 0 || !settings.kv_offload;
}

std::int32_t host_blocks(const LlamaCppSettings& settings, std::int32_t blocks) {
  if (!settings.gpu_layers) return 0;
  return std::clamp(blocks + 1 - *settings.gpu_layers, 0, blocks);
}

bool loses_flash_attention(const Model& model, const LlamaCppSettings& settings) {
  const bool apart = settings.gpu_layers || !settings.kv_offload;
  return apart && settings.flash_attention == FlashAttention::automatic && model.architecture &&
         std::find(attention_apart.begin(), attention_apart.end(), *model.architecture) !=
             attention_apart.end();
}

std::vector<Bytes> scheduled_compute(const CacheRule& rule, const Widths& widths,
                                     const Batch& batch, const PartPlaces& parts,
                                     const TensorSizes& sizes) {
  auto setting = graph_setting(rule, widths, batch);
  setting.on_device = false;
  if (loses_flash_attention(rule.model, rule.workload.llama_cpp)) setting.flash_attention = false;
  Graph graph;
  GraphPlaces places(parts, sizes);
  GraphBuilder builder(rule.model, setting, graph, &places);
  builder.inputs();
  const auto& layers = rule.model.layers;
  for (std::size_t i = 0; i < layers.size(); ++i) builder.block(layers[i], i + 1 == layers.size());
  builder.finish();
  const bool all_on_devices =
      parts.output != parts.host &&
      std::none_of(parts.blocks.begin(), parts.blocks.end(),
                   [&](PlaceNumber place) { return place == parts.host; });
  const bool norms_follow = all_on_devices || batch.tokens < least_offloaded_batch;
  std::vector<Bytes> buffers;
  for (const auto bytes : scheduled_buffers(graph, places, norms_follow)) {
    buffers.emplace_back(bytes);
  }
  return buffers;
}

}  // namespace llmfit::sizing::llama_cpp
