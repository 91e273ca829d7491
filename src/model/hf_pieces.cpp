// SPDX-License-Identifier: MIT
#include "model/hf_pieces.hpp"

#include <array>

#include "model/stems.hpp"

namespace llmfit::model {
namespace {

using Part = HfName::Part;

struct Member {
  std::string_view stem;
  std::string_view family;
};
constexpr auto members = std::to_array<Member>({
    {"attn_q", "attn_qkv"},
    {"attn_k", "attn_qkv"},
    {"attn_v", "attn_qkv"},
    {"attn_gate", "attn_qkv"},
    {"attn_k_b", "attn_kv_b"},
    {"attn_v_b", "attn_kv_b"},
    {"attn_o", "attn_output"},
    {"exp_probs_b", "ffn_gate_inp"},
    {"ffn_gate", "ffn_up"},
    {"ffn_gate_exps", "ffn_gate_up_exps"},
    {"ffn_up_exps", "ffn_gate_up_exps"},
    {"ffn_gate_shexp", "ffn_up_shexp"},
    {"ssm_alpha", "ssm_ba"},
    {"ssm_beta", "ssm_ba"},
});

/// Integers that hold several weights each; eight bits with a sign are one weight.
bool is_packing(const FileTensor& file) {
  const auto name = file.type->name;
  return name == "U8" || name == "I32" || name == "U32" || name == "I16" || name == "U16" ||
         name == "F4";
}

/// "dt_bias" and "gate_up_proj_bias" are biases too.
Suffix suffix_of(const HfName& name) {
  const bool bias = name.module.ends_with("bias") && name.part == Part::weights;
  return bias ? Suffix::bias : name.suffix;
}

int layer_of(const HfName& name, const HfLayers& layers) {
  if (name.draft) return layers.count + (name.layer < 0 ? 0 : name.layer);
  if (name.decoder && name.layer >= 0) return layers.encoder_count + name.layer;
  return name.layer;
}

}  // namespace

std::string_view family_of(std::string_view stem) {
  for (const auto& member : members) {
    if (member.stem == stem) return member.family;
  }
  // Which norm stands where differs by architecture more than their widths do.
  return role_of(stem) == Role::norm ? std::string_view("norm") : stem;
}

Elements HfPiece::elements() const {
  Elements count{1};
  for (const auto length : file->shape) count = count * length;
  return count;
}

std::optional<HfPiece> piece_of(const FileTensor& file, const HfLayers& layers) {
  HfPiece piece{&file, parse_hf_name(file.name), -1, false};
  if (piece.name.part == Part::buffer) return std::nullopt;
  piece.name.suffix = suffix_of(piece.name);
  piece.layer = layer_of(piece.name, layers);
  const bool weights = piece.name.part == Part::weights && piece.name.suffix != Suffix::bias;
  piece.packed = piece.name.part == Part::packed || (weights && is_packing(file));
  return piece;
}

}  // namespace llmfit::model
