// SPDX-License-Identifier: MIT
#include "sizing/llama_cpp_names.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "base/text_memo.hpp"

namespace llmfit::sizing {
namespace {

struct NamedPart {
  std::string_view name;
  Part part;
};

/// By the end of the stem. Cross attention's names end alike; T5's "attn_o" is none of these.
constexpr auto attention_parts = std::to_array<NamedPart>({
    {"attn_qkv", Part::attn_v},
    {"attn_kv_b", Part::attn_v},
    {"attn_v", Part::attn_v},
    {"attn_k", Part::attn_k},
    {"attn_q", Part::attn_q},
    {"attn_output", Part::attn_output},
});

/// Anywhere in the stem: "_exps" and "_shexp" follow.
constexpr auto feed_forward_parts = std::to_array<NamedPart>({
    {"ffn_up", Part::ffn_up},
    {"ffn_gate", Part::ffn_gate},
    {"ffn_down", Part::ffn_down},
});

enum class Where { whole, end, anywhere };

/// A matrix that the quantizer leaves alone, and what converters write it in.
struct Kept {
  std::string_view name;
  Where where;
  TensorType type;
};

// llama.cpp: src/llama-quant.cpp (tensor_allows_quantization) for the names, conversion/base.py for
// the types. f32 for ffn_gate_tid2eid stands for 32-bit integers.
constexpr auto kept = std::to_array<Kept>({
    {"_norm", Where::end, TensorType::f32},
    {"ffn_gate_inp", Where::end, TensorType::f32},
    {"ffn_gate_tid2eid", Where::end, TensorType::f32},
    {"position_embd", Where::whole, TensorType::f32},
    {".position_embd", Where::anywhere, TensorType::f32},
    {"token_types", Where::whole, TensorType::f32},
    {"ssm_conv1d", Where::anywhere, TensorType::f32},
    {"shortconv.conv", Where::end, TensorType::f32},
    {"time_mix_first", Where::end, TensorType::f32},
    {"time_mix_w1", Where::end, TensorType::f32},
    {"time_mix_w2", Where::end, TensorType::f32},
    {"time_mix_decay_w1", Where::end, TensorType::f32},
    {"time_mix_decay_w2", Where::end, TensorType::f32},
    {"time_mix_lerp_fused", Where::end, TensorType::f32},
    {"altup_correct_coef", Where::end, TensorType::f32},
    {"altup_predict_coef", Where::end, TensorType::f32},
    {"altup", Where::anywhere, TensorType::bf16},
    {"laurel", Where::anywhere, TensorType::bf16},
    {"per_layer_model_proj", Where::anywhere, TensorType::bf16},
    {"attn_rel_b", Where::end, TensorType::bf16},
    {"indexer.k_proj", Where::end, TensorType::bf16},
    {"indexer.q_proj", Where::end, TensorType::bf16},
    {"time_mix_w0", Where::end, TensorType::bf16},
    {"time_mix_v0", Where::end, TensorType::bf16},
    {"time_mix_v1", Where::end, TensorType::bf16},
    {"time_mix_v2", Where::end, TensorType::bf16},
    {"time_mix_a0", Where::end, TensorType::bf16},
    {"time_mix_a1", Where::end, TensorType::bf16},
    {"time_mix_a2", Where::end, TensorType::bf16},
    {"time_mix_g1", Where::end, TensorType::bf16},
    {"time_mix_g2", Where::end, TensorType::bf16},
});

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool matches(const Kept& entry, std::string_view stem) {
  switch (entry.where) {
    case Where::whole:
      return stem == entry.name;
    case Where::end:
      return stem.ends_with(entry.name);
    case Where::anywhere:
      return contains(stem, entry.name);
  }
  return false;
}

/// What the stem alone tells of a matrix within a block.
Treatment treatment_of(std::string_view stem) {
  Treatment treatment;
  for (const auto& entry : kept) {
    if (!matches(entry, stem)) continue;
    treatment.kept = entry.type;
    break;
  }
  for (const auto& entry : feed_forward_parts) {
    if (!contains(stem, entry.name)) continue;
    treatment.part = entry.part;
    break;
  }
  for (const auto& entry : attention_parts) {
    if (stem.ends_with(entry.name)) treatment.part = entry.part;
  }
  return treatment;
}

using Stems = base::TextMemo<Treatment>;

Part outside_blocks(std::string_view stem, Part part) {
  if (stem == "output") return Part::output;
  const bool embedding = stem == "token_embd" || stem == "per_layer_token_embd";
  return embedding ? Part::embedding : part;
}

Treatment treat(const Tensor& tensor, Stems& stems) {
  if (tensor.suffix != Suffix::weight) return {Part::other, TensorType::f32};
  auto treatment = stems.of(tensor.stem, [](std::string_view stem) { return treatment_of(stem); });
  if (tensor.layer < 0) treatment.part = outside_blocks(tensor.stem, treatment.part);
  if (!tensor.is_matrix()) treatment.kept = TensorType::f32;
  return treatment;
}

bool is_counted(Part part) {
  return part == Part::attn_v || part == Part::ffn_gate || part == Part::ffn_up ||
         part == Part::ffn_down;
}

/// A counted tensor with what the loader sorts by.
struct Entry {
  int block = -1;
  std::string_view stem;
  std::string name;  ///< whole, where the block's number is not what decides
  std::size_t index = 0;
};

bool precedes(const Entry& a, const Entry& b) {
  if (a.block != b.block) return a.block < b.block;
  if (a.name != b.name) return a.name < b.name;
  return a.stem < b.stem;
}

/// The loader sorts by the number in "blk.N." and then by name (llama.cpp:
/// src/llama-model-loader.h). "enc.blk.N." and "dec.blk.N." are only names to it, so that block 10
/// of theirs comes before block 2.
std::vector<Entry> counted_in_order(const Model& model, const std::vector<Treatment>& treatments) {
  std::vector<Entry> entries;
  for (std::size_t i = 0; i < model.tensors.size(); ++i) {
    const auto& tensor = model.tensors[i];
    if (!is_counted(treatments[i].part) || treatments[i].kept) continue;
    const bool stacks = model.arch.encoder_decoder.has_value();
    entries.push_back({stacks ? -1 : tensor.layer, tensor.stem,
                       stacks ? tensor_name(model, tensor) : std::string(), i});
  }
  if (!std::is_sorted(entries.begin(), entries.end(), precedes)) {
    std::stable_sort(entries.begin(), entries.end(), precedes);
  }
  return entries;
}

}  // namespace

std::vector<Treatment> treatments_of(const Model& model) {
  std::vector<Treatment> treatments;
  treatments.reserve(model.tensors.size());
  Stems stems;
  for (const auto& tensor : model.tensors) treatments.push_back(treat(tensor, stems));
  return treatments;
}

std::vector<std::int64_t> places_in_loader(const Model& model,
                                           const std::vector<Treatment>& treatments) {
  std::vector<std::int64_t> places(model.tensors.size(), 0);
  std::array<std::int64_t, static_cast<std::size_t>(Part::other) + 1> before{};
  for (const auto& entry : counted_in_order(model, treatments)) {
    const auto part = treatments[entry.index].part;
    places[entry.index] = before[static_cast<std::size_t>(part)]++;
  }
  return places;
}

}  // namespace llmfit::sizing
