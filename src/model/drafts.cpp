// SPDX-License-Identifier: MIT
#include "model/layers.hpp"
#include "model/parts.hpp"

namespace llmfit::model {
namespace {

bool is_wanted(const Layer& layer, bool sliding) {
  return sliding ? layer.kind == LayerKind::sliding
                 : layer.kind == LayerKind::full || layer.kind == LayerKind::mla;
}

/// A draft block is a layer like the last one of its kind.
Layer draft_layer(const Blueprint& plan, const std::vector<Layer>& layers) {
  Layer draft = layers.back();
  for (const auto& layer : layers) {
    if (is_wanted(layer, plan.has(sliding_draft))) draft = layer;
  }
  const bool experts = plan.dims().experts && !plan.has(dense_draft);
  draft.ffn = experts ? FfnKind::experts : FfnKind::dense;
  return draft;
}

/// Some checkpoints repeat embedding and output matrix in their draft blocks: what the published
/// count of these blocks leaves beyond the blocks themselves.
std::int64_t repeated_matrices(const Blueprint& plan, Elements block) {
  const auto matrix = Elements{plan.dims().hidden_size} * plan.dims().vocab_size;
  const auto each = plan.record.mtp_parameters / plan.dims().mtp_layers;
  return matrix > Elements{0} ? (each - block.count() + matrix.count() / 2) / matrix.count() : 0;
}

void add_draft(TensorList& list, const Blueprint& plan, const Layer& layer, int index) {
  const auto hidden = plan.dims().hidden_size;
  const auto before = list.elements();
  add_layer(list, plan, layer, index);
  if (plan.has(two_norm_draft)) list.norm(plan.dims().norm, "post_attention_norm", hidden);
  list.matrix("nextn.eh_proj", product(2, hidden), hidden);
  for (const auto* const norm : {"nextn.enorm", "nextn.hnorm", "nextn.shared_head_norm"}) {
    list.vector(norm, hidden);
  }
  const auto repeated = repeated_matrices(plan, list.elements() - before);
  if (repeated > 0) list.matrix("nextn.shared_head_head", hidden, plan.dims().vocab_size);
  if (repeated > 1) list.matrix("nextn.embed_tokens", hidden, plan.dims().vocab_size);
}

}  // namespace

void add_drafts(TensorList& list, const Blueprint& plan, const std::vector<Layer>& layers) {
  const bool kept = plan.record.mtp_in_gguf.value_or(plan.has(drafts));
  if (!kept || layers.empty()) return;
  const auto layer = draft_layer(plan, layers);
  for (std::int32_t i = 0; i < plan.dims().mtp_layers; ++i) {
    add_draft(list, plan, layer, static_cast<int>(layers.size()) + i);
  }
}

}  // namespace llmfit::model
