// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdint>

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
constexpr std::string_view product_differs =
    "the parallel sizes that were set do not multiply to them";
constexpr std::string_view few_layers = "it has fewer layers than that";
constexpr std::string_view several_machines = "transformers splits inside one machine only";
constexpr std::string_view exllama_machines = "ExLlama splits inside one machine only";
constexpr std::string_view no_row_split = "llama.cpp v0.5.0 cannot cut rows on CUDA any more";
constexpr std::string_view more_shares = "tensor-split has a share for more cards than that";
constexpr std::string_view no_main_card = "main-gpu names a card that is not there";
constexpr std::string_view single_device = "MLX runs on one device";

SplitChoice refused(std::string_view why) { return {std::nullopt, Reason::not_divisible, why}; }
SplitChoice chosen(const Split& split) { return {split, std::nullopt, {}}; }

/// How a model's matrices are to be cut.
struct Cut {
  std::int64_t ranks = 1;
  std::int64_t group = 1;        ///< elements that stay together
  bool copies_kv_heads = false;  ///< where there are more ranks than KV heads
  bool whole_experts = false;    ///< ranks share the experts out instead of cutting them
};

/// The causes below are empty where nothing stands in the way.
std::string_view width_cause(std::int64_t width, const Cut& cut) {
  if (width % cut.ranks != 0) return widths_differ;
  return width / cut.ranks % cut.group == 0 ? std::string_view{} : groups_differ;
}

std::string_view attention_cause(const Layer& layer, const Cut& cut) {
  if (layer.kind == LayerKind::none || layer.heads == 0) return {};
  if (layer.heads % cut.ranks != 0) return heads_differ;
  const bool copied = cut.copies_kv_heads && placement::kv_heads_copied(layer, cut.ranks);
  if (layer.kind != LayerKind::mla && layer.kv_heads % cut.ranks != 0 && !copied) {
    return kv_heads_differ;
  }
  return width_cause(std::int64_t{layer.heads} * layer.value_head_dim, cut);
}

std::string_view layer_cause(const Layer& layer, const Cut& cut) {
  if (const auto why = attention_cause(layer, cut); !why.empty()) return why;
  const bool dense = layer.ffn == FfnKind::dense || layer.ffn == FfnKind::both;
  return dense ? width_cause(layer.ffn_size, cut) : std::string_view{};
}

/// Why the matrices of the model cannot be cut into equal parts (vLLM:
/// vllm/model_executor/layers/linear.py).
std::string_view tensor_cause(const Model& model, const Cut& cut) {
  if (cut.ranks == 1) return {};
  for (const auto& layer : model.layers) {
    if (const auto why = layer_cause(layer, cut); !why.empty()) return why;
  }
  if (model.arch.experts && !cut.whole_experts) {
    if (const auto why = width_cause(model.arch.experts->ffn_size, cut); !why.empty()) return why;
  }
  const auto rows = pad(Elements{model.arch.vocab_size}, sizing::vllm::vocabulary_step).count();
  return rows % cut.ranks == 0 ? std::string_view{} : vocabulary_differs;
}

bool layers_suffice(const Model& model, std::int32_t stages) {
  return model.layers.empty() || static_cast<std::size_t>(stages) <= model.layers.size();
}

/// The sizes somebody set, the one left open filled in; their product must be the device count. A
/// tensor-parallel size that was asked for may exceed the KV heads, which vLLM then copies.
SplitChoice as_set(const Model& model, const Format& format, const VllmSettings& settings,
                   std::int32_t count, std::int32_t nodes) {
  const auto tensor = settings.tensor_parallel ? *settings.tensor_parallel
                                               : count / std::max(1, *settings.pipeline_parallel);
  const auto pipeline =
      settings.pipeline_parallel ? *settings.pipeline_parallel : count / std::max(1, tensor);
  if (std::int64_t{tensor} * pipeline != count) return refused(product_differs);
  const Cut cut{tensor, sizing::whole_group(format), settings.tensor_parallel.has_value(),
                settings.expert_parallel};
  if (const auto why = tensor_cause(model, cut); !why.empty()) return refused(why);
  if (!layers_suffice(model, pipeline)) return refused(few_layers);
  return chosen({tensor, pipeline, nodes});
}

/// Tensor parallel inside a machine where everything divides, whole layers otherwise.
SplitChoice vllm_split(const Model& model, const Format& format, const Workload& workload,
                       std::int32_t count, std::int32_t nodes) {
  if (workload.vllm.tensor_parallel || workload.vllm.pipeline_parallel) {
    return as_set(model, format, workload.vllm, count, nodes);
  }
  const bool whole_machines = count % nodes == 0;
  const Cut cut{count / nodes, sizing::whole_group(format), false, workload.vllm.expert_parallel};
  if (whole_machines && layers_suffice(model, nodes) && tensor_cause(model, cut).empty()) {
    return chosen({count / nodes, nodes, nodes});
  }
  if (!layers_suffice(model, count)) return refused(few_layers);
  return chosen({1, count, nodes});
}

/// What llama.cpp refuses of the settings for several devices (src/llama-model.cpp).
std::string_view devices_cause(const LlamaCppSettings& settings, std::int32_t count) {
  if (settings.split_mode == SplitMode::row) return no_row_split;
  if (settings.tensor_split.size() > static_cast<std::size_t>(count)) return more_shares;
  const bool one = settings.split_mode == SplitMode::none;
  return one && settings.main_gpu >= count ? no_main_card : std::string_view{};
}

}  // namespace

SplitChoice choose_split(const Model& model, const Format& format, const Workload& workload,
                         std::int32_t count, std::int32_t per_node) {
  if (count < 1) return refused(no_cards);
  const auto per_machine = std::max(1, per_node);
  const std::int32_t nodes = count / per_machine + (count % per_machine != 0 ? 1 : 0);
  switch (workload.engine) {
    case Engine::vllm:
      return vllm_split(model, format, workload, count, nodes);
    case Engine::llama_cpp:
      // The output matrix is a unit of its own, so one device more than there are layers has work.
      if (const auto why = devices_cause(workload.llama_cpp, count); !why.empty()) {
        return refused(why);
      }
      if (workload.llama_cpp.split_mode == SplitMode::layer && !layers_suffice(model, count - 1)) {
        return refused(few_layers);
      }
      return chosen({1, count, nodes});
    case Engine::mlx:
      return count == 1 ? chosen({1, 1, 1}) : refused(single_device);
    case Engine::exllama:
    case Engine::transformers:
      // Whole layers, over the cards of one machine only.
      if (nodes > 1) {
        return refused(workload.engine == Engine::exllama ? exllama_machines : several_machines);
      }
      if (!layers_suffice(model, count)) return refused(few_layers);
      return chosen({1, count, nodes});
    case Engine::params:
      break;
  }
  return chosen({count, 1, nodes});
}

}  // namespace llmfit
