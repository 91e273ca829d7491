// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdint>
#include <numeric>

#include "llmfit/placement.hpp"
#include "placement/sharing.hpp"
#include "sizing/engine_vllm.hpp"
#include "sizing/packing.hpp"

namespace llmfit {
namespace {

// What stands in the way, each the end of "it cannot be split over 3 cards: …".
constexpr std::string_view no_cards = "there is no card";
constexpr std::string_view heads_differ = "its attention heads do not divide";
constexpr std::string_view kv_heads_differ = "its KV heads do not divide";
constexpr std::string_view groups_differ = "the format's groups of weights do not divide";
constexpr std::string_view widths_differ = "the widths of its matrices do not divide";
constexpr std::string_view vocabulary_differs = "its vocabulary does not divide";
constexpr std::string_view stages_differ =
    "the layers that were set for its stages are not as many as it has";
constexpr std::string_view few_layers = "it has fewer layers than that";
constexpr std::string_view few_experts = "it has fewer experts than ranks";
constexpr std::string_view no_experts = "it has no experts to deal out";
constexpr std::string_view few_to_share = "a cache's tokens go to ranks that hold a copy of it";
constexpr std::string_view several_machines = "transformers splits inside one machine only";
constexpr std::string_view exllama_machines = "ExLlama splits inside one machine only";
constexpr std::string_view no_row_split = "llama.cpp v0.5.0 cannot cut rows on CUDA any more";
constexpr std::string_view more_shares = "tensor-split has a share for more cards than that";
constexpr std::string_view no_main_card = "main-gpu names a card that is not there";
constexpr std::string_view single_device = "MLX runs on one device";

/// How a model's matrices are to be cut.
struct Cut {
  std::int64_t ranks = 1;
  std::int64_t expert_ranks = 1;  ///< that cut each expert; 1: experts stay whole
  std::int64_t group = 1;         ///< inputs that stay together
  std::int64_t expert_group = 1;  ///< the same in routed experts
  std::int64_t rows = 1;          ///< outputs that stay together
  bool copies_kv_heads = false;   ///< where there are more ranks than KV heads
};

Cut cut_of(const Model& model, const Format& format, const Workload& workload, const Split& split) {
  Cut cut;
  cut.ranks = split.tensor;
  cut.expert_ranks = split.experts || !model.arch.experts ? 1 : placement::expert_ranks(split);
  cut.copies_kv_heads = workload.engine == Engine::vllm;
  cut.group = cut.expert_group = sizing::whole_group(format);
  if (!format.scheme) return cut;
  cut.rows = std::max(1, format.scheme->group_rows);
  // vLLM's kernels for mxfp4 pad experts, and leave everything else in 16 bits.
  if (format.scheme->experts_only) cut.group = cut.expert_group = cut.rows = 1;
  return cut;
}

/// The causes below are empty where nothing stands in the way.
std::string_view width_cause(std::int64_t width, std::int64_t ranks, std::int64_t group) {
  if (width % ranks != 0) return widths_differ;
  return width / ranks % group == 0 ? std::string_view{} : groups_differ;
}

/// Blocks of a quantization lie in queries, keys and values of one rank as a whole
/// (vllm/model_executor/layers/quantization/fp8.py).
std::string_view row_cause(const Layer& layer, const Cut& cut) {
  if (cut.rows == 1 || layer.kind == LayerKind::mla) return {};
  const auto kv_heads = std::max<std::int64_t>(1, layer.kv_heads / cut.ranks);
  const bool whole = layer.heads / cut.ranks * layer.head_dim % cut.rows == 0 &&
                     kv_heads * layer.head_dim % cut.rows == 0 &&
                     kv_heads * layer.value_head_dim % cut.rows == 0;
  return whole ? std::string_view{} : groups_differ;
}

std::string_view attention_cause(const Layer& layer, const Cut& cut) {
  if (layer.kind == LayerKind::none || layer.heads == 0) return {};
  if (layer.heads % cut.ranks != 0) return heads_differ;
  const bool copied = cut.copies_kv_heads && placement::kv_heads_copied(layer, cut.ranks);
  if (layer.kind != LayerKind::mla && layer.kv_heads % cut.ranks != 0 && !copied) {
    return kv_heads_differ;
  }
  const auto values = std::int64_t{layer.heads} * layer.value_head_dim;
  if (const auto why = width_cause(values, cut.ranks, cut.group); !why.empty()) return why;
  return row_cause(layer, cut);
}

std::string_view layer_cause(const Layer& layer, const Cut& cut) {
  if (const auto why = attention_cause(layer, cut); !why.empty()) return why;
  const bool dense = layer.ffn == FfnKind::dense || layer.ffn == FfnKind::both;
  if (!dense) return {};
  return width_cause(layer.ffn_size, cut.ranks, std::max(cut.group, cut.rows));
}

/// Why the matrices of the model cannot be cut into equal parts (vLLM:
/// vllm/model_executor/layers/linear.py).
std::string_view tensor_cause(const Model& model, const Cut& cut) {
  if (model.arch.experts && cut.expert_ranks > 1) {
    const auto group = std::max(cut.expert_group, cut.rows);
    const auto why = width_cause(model.arch.experts->ffn_size, cut.expert_ranks, group);
    if (!why.empty()) return why;
  }
  if (cut.ranks == 1) return {};
  const Layer* previous = nullptr;
  for (const auto& layer : model.layers) {
    const bool alike = previous != nullptr && sizing::same_attention(*previous, layer) &&
                       previous->ffn == layer.ffn && previous->ffn_size == layer.ffn_size;
    previous = &layer;
    if (alike) continue;
    if (const auto why = layer_cause(layer, cut); !why.empty()) return why;
  }
  const auto rows = pad(Elements{model.arch.vocab_size}, sizing::vllm::vocabulary_step).count();
  return rows % cut.ranks == 0 ? std::string_view{} : vocabulary_differs;
}

/// Decode context parallel deals a cache's tokens to the ranks that would hold copies of it
/// (vllm/config/parallel.py, vllm/config/model.py).
std::string_view context_cause(const Model& model, const Workload& workload, const Split& split) {
  const std::int64_t ways = workload.vllm.decode_context;
  if (workload.engine != Engine::vllm || ways == 1) return {};
  if (split.tensor % ways != 0) return few_to_share;
  for (const auto& layer : model.layers) {
    if (layer.kind == LayerKind::mla || layer.kv_heads == 0) continue;
    if (split.tensor / layer.kv_heads < ways) return few_to_share;
  }
  return {};
}

std::string_view expert_cause(const Model& model, const Split& split) {
  if (!split.experts) return {};
  if (!model.arch.experts) return no_experts;
  const bool enough = placement::expert_ranks(split) <= model.arch.experts->count;
  return enough ? std::string_view{} : few_experts;
}

/// Stages whose layers were set one by one have to be those of the model.
std::string_view stage_cause(const Model& model, const Workload& workload, const Split& split) {
  const auto& set = workload.vllm.stage_layers;
  if (workload.engine != Engine::vllm || set.empty()) return {};
  const auto sum = std::accumulate(set.begin(), set.end(), std::size_t{0});
  const bool match =
      set.size() == static_cast<std::size_t>(split.pipeline) && sum == model.layers.size();
  return match ? std::string_view{} : stages_differ;
}

bool layers_suffice(const Model& model, std::int32_t stages) {
  return model.layers.empty() || static_cast<std::size_t>(stages) <= model.layers.size();
}

/// Where the engine does not run at all, however the model is cut.
std::string_view engine_cause(Engine engine, const Split& split) {
  if (engine == Engine::mlx && split.devices() > 1) return single_device;
  if (split.nodes == 1) return {};
  if (engine == Engine::transformers) return several_machines;
  return engine == Engine::exllama ? exllama_machines : std::string_view{};
}

/// What llama.cpp refuses of the settings for several devices (src/llama-model.cpp).
std::string_view devices_cause(const LlamaCppSettings& settings, std::int32_t count) {
  if (settings.split_mode == SplitMode::row) return no_row_split;
  if (settings.tensor_split.size() > static_cast<std::size_t>(count)) return more_shares;
  const bool one = settings.split_mode == SplitMode::none;
  return one && settings.main_gpu >= count ? no_main_card : std::string_view{};
}

}  // namespace

std::string_view split_obstacle(const Model& model, const Format& format, const Workload& workload,
                                const Split& split) {
  const auto engine = workload.engine;
  if (const auto why = engine_cause(engine, split); !why.empty()) return why;
  if (engine == Engine::params) return {};
  if (engine == Engine::llama_cpp) {
    if (const auto why = devices_cause(workload.llama_cpp, split.pipeline); !why.empty())
      return why;
  }
  // llama.cpp's output matrix is a unit of its own, so one device more than layers has work.
  const auto stages = split.pipeline - (engine == Engine::llama_cpp ? 1 : 0);
  const bool on_one = placement::works_on_one(workload);
  if (!on_one && !layers_suffice(model, stages)) return few_layers;
  if (const auto why = stage_cause(model, workload, split); !why.empty()) return why;
  if (const auto why = expert_cause(model, split); !why.empty()) return why;
  if (const auto why = context_cause(model, workload, split); !why.empty()) return why;
  return tensor_cause(model, cut_of(model, format, workload, split));
}

SplitChoice choose_split(const Model& model, const Format& format, const Workload& workload,
                         std::int32_t count, std::int32_t per_node) {
  if (count < 1) return {std::nullopt, Reason::not_divisible, no_cards};
  const auto [shapes, none] = split_shapes(model, workload, count, per_node);
  std::string_view why = none;
  std::int32_t least = count + 1;
  for (const auto& split : shapes) {
    const auto obstacle = split_obstacle(model, format, workload, split);
    if (obstacle.empty()) return {split, std::nullopt, {}};
    // The one that cuts least is nearest to working.
    if (split.data == 1 && split.tensor < least) {
      least = split.tensor;
      why = obstacle;
    }
    if (why.empty()) why = obstacle;
  }
  return {std::nullopt, Reason::not_divisible, why};
}

}  // namespace llmfit
