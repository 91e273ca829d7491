// SPDX-License-Identifier: MIT
#include "sizing/offload.hpp"

#include <algorithm>

namespace llmfit::sizing::llama_cpp {
namespace {

/// Smaller batches, and models whose blocks are all on devices, have their norms beside the block.
constexpr std::int64_t least_offloaded_batch = 32;

/// The graph of a batch with notes of where its parts lie.
struct ScheduledGraph {
  Graph graph;
  GraphPlaces places;

  ScheduledGraph(const Model& model, const GraphSetting& setting, const PartPlaces& parts,
                 const TensorSizes& sizes)
      : places(parts, sizes) {
    GraphBuilder builder(model, setting, graph, &places);
    builder.inputs();
    const auto& layers = model.layers;
    for (std::size_t i = 0; i < layers.size(); ++i) {
      builder.block(layers[i], i + 1 == layers.size());
    }
    builder.finish();
  }
};

/// Everywhere else attention stands between nodes of its own block.
bool may_attend_apart(const Model& model, const Widths& widths) {
  return widths.any_state || model.arch.kind == ModelKind::encoder_decoder ||
         model.architecture == "gemma3n";
}

/// What "auto" makes of flash attention: the engine tries it with a token of each sequence.
bool keeps_flash_attention(const CacheRule& rule, const Widths& widths, GraphSetting setting,
                           const PartPlaces& parts, const TensorSizes& sizes) {
  const auto& workload = rule.workload;
  const bool asks = workload.llama_cpp.flash_attention == FlashAttention::automatic &&
                    layout(workload.cache_v).elements == 1;
  if (!setting.flash_attention || !asks || !may_attend_apart(rule.model, widths)) {
    return setting.flash_attention;
  }
  setting.tokens = setting.outputs = workload.sequences;
  const ScheduledGraph tried(rule.model, setting, parts, sizes);
  return attends_beside_block(tried.graph, tried.places);
}

}  // namespace

bool has_routed_experts(const Layer& layer) {
  return layer.ffn == FfnKind::experts || layer.ffn == FfnKind::both;
}

std::int32_t counted_blocks(const Model& model) {
  auto blocks = static_cast<std::int32_t>(model.layers.size());
  if (model.arch.mtp_layers == 0) return blocks;
  for (const auto& tensor : model.tensors) blocks = std::max(blocks, tensor.layer + 1);
  return blocks;
}

std::int32_t host_blocks(const Model& model, const LlamaCppSettings& settings) {
  if (!settings.gpu_layers) return 0;
  const auto blocks = static_cast<std::int32_t>(model.layers.size());
  return std::clamp(counted_blocks(model) + 1 - *settings.gpu_layers, 0, blocks);
}

bool keeps_on_host(const Model& model, const LlamaCppSettings& settings) {
  if (!settings.kv_offload || settings.gpu_layers == 0) return true;
  if (host_blocks(model, settings) > 0) return true;
  const auto& layers = model.layers;
  const auto moved = std::min(static_cast<std::size_t>(settings.cpu_moe), layers.size());
  return std::any_of(layers.begin(), layers.begin() + static_cast<std::ptrdiff_t>(moved),
                     has_routed_experts);
}

std::vector<Bytes> scheduled_compute(const CacheRule& rule, const Widths& widths,
                                     const Batch& batch, const PartPlaces& parts,
                                     const TensorSizes& sizes) {
  auto setting = graph_setting(rule, widths, batch);
  setting.on_device = false;
  setting.flash_attention = keeps_flash_attention(rule, widths, setting, parts, sizes);
  const ScheduledGraph whole(rule.model, setting, parts, sizes);
  const bool all_on_devices = parts.output != parts.host &&
                              std::none_of(parts.blocks.begin(), parts.blocks.end(),
                                           [&](PlaceNumber place) { return place == parts.host; });
  const bool norms_follow = all_on_devices || batch.tokens < least_offloaded_batch;
  std::vector<Bytes> buffers;
  for (const auto bytes : scheduled_buffers(whole.graph, whole.places, norms_follow)) {
    buffers.emplace_back(bytes);
  }
  return buffers;
}

}  // namespace llmfit::sizing::llama_cpp
