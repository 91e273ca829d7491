// SPDX-License-Identifier: MIT
#include "sizing/offload.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace llmfit::sizing::llama_cpp {
namespace {

/// Smaller batches, and models whose blocks are all on devices, have their norms beside the block.
constexpr std::int64_t least_offloaded_batch = 32;

/// Blocks of a run that are written: after so many what lies free repeats itself.
constexpr std::size_t kept_of_a_run = 6;

/// The matrices of a block whose types differ from block to block, so that copies of them leave
/// other pieces free.
constexpr auto matrices = std::to_array<std::string_view>(
    {"attn_q",        "attn_k",           "attn_v",         "attn_qkv",      "attn_output",
     "attn_q_a",      "attn_q_b",         "attn_kv_b",      "attn_k_b",      "attn_v_b",
     "ffn_gate",      "ffn_up",           "ffn_down",       "ffn_gate_exps", "ffn_up_exps",
     "ffn_down_exps", "ffn_gate_up_exps", "ffn_down_shexp", "ssm_in",        "ssm_out"});

bool same_sizes(const TensorSizes& sizes, std::size_t a, std::size_t b) {
  const auto i = static_cast<std::int32_t>(a);
  const auto j = static_cast<std::int32_t>(b);
  return std::all_of(matrices.begin(), matrices.end(), [&](std::string_view stem) {
    return sizes.of({i, i}, stem) == sizes.of({j, j}, stem);
  });
}

/// Whether the engine computes the two in the same way on the same places.
bool alike(const Model& model, const PartPlaces& parts, const TensorSizes& sizes, std::size_t a,
           std::size_t b) {
  const auto& layers = model.layers;
  const bool fetches = parts.blocks[a] == parts.host || parts.host_experts[a];
  if (fetches && !same_sizes(sizes, a, b)) return false;
  return layers[a].kind != LayerKind::rwkv && same_feed_forward(layers[a], layers[b]) &&
         same_attention(layers[a], layers[b]) && parts.blocks[a] == parts.blocks[b] &&
         parts.host_experts[a] == parts.host_experts[b];
}

/// The graph of a batch with notes of where its parts lie. Of long runs of blocks that are alike
/// some are left out, an even number, for neighbours take turns with the same two pieces.
struct ScheduledGraph {
  Graph graph;
  GraphPlaces places;

  ScheduledGraph(const Model& model, const GraphSetting& setting, const PartPlaces& parts,
                 const TensorSizes& sizes)
      : places(parts, sizes) {
    GraphBuilder builder(model, setting, graph, &places);
    builder.inputs();
    for (std::size_t i = 0; i < model.layers.size();) {
      auto end = i + 1;
      while (end < model.layers.size() && alike(model, parts, sizes, i, end)) ++end;
      add_run(builder, model, i, end);
      i = end;
    }
    builder.finish();
  }

 private:
  void add_run(GraphBuilder& builder, const Model& model, std::size_t first, std::size_t end) {
    const auto count = end - first;
    const auto left_out = count > kept_of_a_run ? (count - kept_of_a_run) / 2 * 2 : 0;
    const BlockRun run{static_cast<std::int32_t>(first), static_cast<std::int32_t>(end) - 1};
    for (auto i = first; i < end; ++i) {
      if (i == first + kept_of_a_run / 2) i += left_out;
      const auto block = static_cast<std::int32_t>(i);
      places.begin_block(block, left_out > 0 ? run : BlockRun{block, block});
      builder.block(model.layers[i], i + 1 == model.layers.size());
    }
  }
};

/// Results of the latest different calls: searches ask for the same few again and again, for other
/// cards; remembering them changes no result.
struct RememberedBuffers {
  std::uint64_t fingerprint = 0;
  GraphSetting setting;
  PartPlaces parts;
  std::vector<Bytes> buffers;
};
constexpr std::size_t remembered_calls = 509;  // a prime spreads neighbours

std::size_t slot_of(const GraphSetting& setting, const PartPlaces& parts) {
  const auto count_of = [](const auto& values, const auto& value) {
    return static_cast<std::int64_t>(std::count(values.begin(), values.end(), value));
  };
  const auto mixed = count_of(parts.blocks, parts.host) + count_of(parts.host_experts, true) * 97 +
                     setting.cells / 256 * 31 + setting.sequences * 7 + setting.tokens;
  return static_cast<std::size_t>(mixed) % remembered_calls;
}

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

namespace {

std::vector<Bytes> compute_anew(const CacheRule& rule, const Widths& widths, GraphSetting setting,
                                const PartPlaces& parts, const TensorSizes& sizes) {
  setting.flash_attention = keeps_flash_attention(rule, widths, setting, parts, sizes);
  const ScheduledGraph whole(rule.model, setting, parts, sizes);
  const bool all_on_devices = parts.output != parts.host &&
                              std::none_of(parts.blocks.begin(), parts.blocks.end(),
                                           [&](PlaceNumber place) { return place == parts.host; });
  const bool norms_follow = all_on_devices || setting.tokens < least_offloaded_batch;
  std::vector<Bytes> buffers;
  for (const auto bytes : scheduled_buffers(whole.graph, whole.places, norms_follow)) {
    buffers.emplace_back(bytes);
  }
  return buffers;
}

}  // namespace

std::vector<Bytes> scheduled_compute(const CacheRule& rule, const Widths& widths,
                                     const Batch& batch, const PartPlaces& parts,
                                     const TensorSizes& sizes) {
  thread_local std::vector<RememberedBuffers> calls(remembered_calls);
  auto setting = graph_setting(rule, widths, batch);
  setting.on_device = false;
  const auto mode = static_cast<std::uint64_t>(rule.workload.llama_cpp.flash_attention);
  const auto fingerprint = widths.fingerprint ^ sizes.fingerprint() ^ mode;
  auto& call = calls[slot_of(setting, parts)];
  const bool known =
      call.fingerprint == fingerprint && call.setting == setting && call.parts == parts;
  if (!known) {
    call = {fingerprint, setting, parts, compute_anew(rule, widths, setting, parts, sizes)};
  }
  return call.buffers;
}

}  // namespace llmfit::sizing::llama_cpp
