// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdint>

#include "llmfit/placement.hpp"

namespace llmfit {
namespace {

constexpr std::int64_t vocabulary_step = 64;  // vLLM pads the vocabulary to this before it divides

SplitChoice refused() { return {std::nullopt, Reason::not_divisible}; }

/// Weights that share one scale along a row; a rank must hold whole groups.
std::int64_t group_size(TensorType type) {
  switch (type) {
    case TensorType::int4_g128:
      return 128;
    case TensorType::nvfp4:
      return 16;
    default:
      return 1;
  }
}

bool divides(std::int64_t width, std::int64_t ranks, std::int64_t group) {
  return width % (ranks * group) == 0;
}

bool layer_divides(const Layer& layer, std::int64_t ranks, std::int64_t group) {
  if (layer.kind != LayerKind::none && layer.heads > 0) {
    if (layer.heads % ranks != 0) return false;
    if (layer.kind != LayerKind::mla && layer.kv_heads % ranks != 0) return false;
    const auto value_width = std::int64_t{layer.heads} * layer.value_head_dim;
    if (!divides(value_width, ranks, group)) return false;
  }
  const bool dense = layer.ffn == FfnKind::dense || layer.ffn == FfnKind::both;
  return !dense || divides(layer.ffn_size, ranks, group);
}

/// Can every matrix of the model be cut into `ranks` equal parts (vLLM:
/// vllm/model_executor/layers/linear.py, with KV heads divided, not copied).
bool tensor_divides(const Model& model, const Format& format, std::int64_t ranks) {
  if (ranks == 1) return true;
  const auto group = group_size(format.type);
  const auto rows = pad(Elements{model.arch.vocab_size}, vocabulary_step).count();
  if (rows % ranks != 0) return false;
  if (model.arch.experts && !divides(model.arch.experts->ffn_size, ranks, group)) return false;
  return std::all_of(model.layers.begin(), model.layers.end(),
                     [&](const Layer& layer) { return layer_divides(layer, ranks, group); });
}

bool layers_suffice(const Model& model, std::int32_t stages) {
  return model.layers.empty() || static_cast<std::size_t>(stages) <= model.layers.size();
}

/// The sizes somebody set, the one left open filled in; their product must be the device count.
SplitChoice as_set(const Model& model, const Format& format, const VllmSettings& settings,
                   std::int32_t count, std::int32_t nodes) {
  const auto tensor = settings.tensor_parallel ? *settings.tensor_parallel
                                               : count / std::max(1, *settings.pipeline_parallel);
  const auto pipeline =
      settings.pipeline_parallel ? *settings.pipeline_parallel : count / std::max(1, tensor);
  if (std::int64_t{tensor} * pipeline != count) return refused();
  if (!tensor_divides(model, format, tensor) || !layers_suffice(model, pipeline)) return refused();
  return {Split{tensor, pipeline, nodes}, std::nullopt};
}

/// Tensor parallel inside a machine where everything divides, whole layers otherwise.
SplitChoice vllm_split(const Model& model, const Format& format, const Workload& workload,
                       std::int32_t count, std::int32_t nodes) {
  if (workload.vllm.tensor_parallel || workload.vllm.pipeline_parallel) {
    return as_set(model, format, workload.vllm, count, nodes);
  }
  const bool whole_machines = count % nodes == 0;
  if (whole_machines && layers_suffice(model, nodes) &&
      tensor_divides(model, format, count / nodes)) {
    return {Split{count / nodes, nodes, nodes}, std::nullopt};
  }
  if (!layers_suffice(model, count)) return refused();
  return {Split{1, count, nodes}, std::nullopt};
}

}  // namespace

SplitChoice choose_split(const Model& model, const Format& format, const Workload& workload,
                         std::int32_t count, std::int32_t per_node) {
  if (count < 1) return refused();
  const auto per_machine = std::max(1, per_node);
  const std::int32_t nodes = count / per_machine + (count % per_machine != 0 ? 1 : 0);
  switch (workload.engine) {
    case Engine::vllm:
      return vllm_split(model, format, workload, count, nodes);
    case Engine::llama_cpp:
      // The output matrix is a unit of its own, so one device more than there are layers has work.
      if (!layers_suffice(model, count - 1)) return refused();
      return {Split{1, count, nodes}, std::nullopt};
    case Engine::transformers:
      // Its device map spans the cards of one machine only.
      if (nodes > 1 || !layers_suffice(model, count)) return refused();
      return {Split{1, count, nodes}, std::nullopt};
    case Engine::params:
      break;
  }
  return {Split{count, 1, nodes}, std::nullopt};
}

}  // namespace llmfit
