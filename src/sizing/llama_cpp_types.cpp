// SPDX-License-Identifier: MIT
#include "sizing/llama_cpp_types.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace llmfit::sizing {
namespace {

/// Of a model that is mostly experts in `mxfp4_moe`: the median of three such models' dry runs.
constexpr std::int64_t expert_millibits = 4786;

/// Architectures whose files hold queries, keys and values as one matrix.
constexpr auto fused_architectures = std::to_array<std::string_view>(
    {"bailingmoe2", "bloom", "chatglm", "dbrx", "falcon", "gpt2", "gptneox", "modern-bert", "mpt",
     "nomic-bert", "openelm", "phi2", "phi3", "qwen", "starcoder"});

bool is_fused(std::string_view architecture) {
  return std::find(fused_architectures.begin(), fused_architectures.end(), architecture) !=
         fused_architectures.end();
}

/// llama.cpp names sizes by layers: 80 of them are "70B" for qwen2, and for llama unless every
/// query head has its own keys (src/llama-model.cpp).
bool is_seventy(std::string_view architecture, const Layer& first, std::size_t layers) {
  if (layers != 80) return false;
  return architecture == "qwen2" || (architecture == "llama" && first.heads != first.kv_heads);
}

/// A format without a recipe of that name is uniform.
Recipe recipe_for(const Format& format) {
  if (const auto* const recipe = find_recipe(format.id)) return *recipe;
  return {format.id, Plan::plain, format.type, format.type, format.type, {}, 0};
}

Part part_of(Role role) {
  switch (role) {
    case Role::attn_q:
      return Part::attn_q;
    case Role::attn_k:
      return Part::attn_k;
    case Role::attn_v:
      return Part::attn_v;
    case Role::attn_output:
      return Part::attn_output;
    case Role::ffn_down:
    case Role::ffn_down_exps:
    case Role::ffn_down_shexp:
      return Part::ffn_down;
    case Role::ffn_gate:
    case Role::ffn_gate_exps:
    case Role::ffn_gate_shexp:
    case Role::ffn_up:
    case Role::ffn_up_exps:
    case Role::ffn_up_shexp:
      return Part::ffn_gate_up;
    default:
      return Part::other;
  }
}

bool is_gate(Role role) {
  return role == Role::ffn_gate || role == Role::ffn_gate_exps || role == Role::ffn_gate_shexp;
}

/// Kept as converters write it, in 32 bits.
bool stays_f32(const Tensor& tensor) {
  if (tensor.is_bias() || !tensor.is_matrix()) return true;
  switch (tensor.role) {
    case Role::norm:
    case Role::router:
    case Role::position_embedding:
    case Role::token_types:
    case Role::attn_sinks:
      return true;
    default:
      return false;
  }
}

bool covers(Which which, std::int64_t i, std::int64_t n) {
  const auto eighth = n / 8;
  const bool at_end = i >= 7 * n / 8;
  switch (which) {
    case Which::all:
      return true;
    case Which::first_two:
      return i < 2;
    case Which::first_four:
      return i < 4;
    case Which::first_eighth:
      return i < eighth;
    case Which::first_sixteenth:
      return i < n / 16;
    case Which::more_bits:
      return i < eighth || at_end || (i - eighth) % 3 == 2;
    case Which::middle:
      return i >= eighth && !at_end;
  }
  return false;
}

/// What a type gives way to where the row does not divide by its block of 256.
TensorType smaller_block(TensorType type) {
  switch (type) {
    case TensorType::q2_k:
    case TensorType::q3_k:
    case TensorType::tq1_0:
    case TensorType::tq2_0:
      return TensorType::q4_0;
    case TensorType::q4_k:
      return TensorType::q5_0;
    case TensorType::q5_k:
      return TensorType::q5_1;
    case TensorType::q6_k:
      return TensorType::q8_0;
    default:
      return TensorType::iq4_nl;
  }
}

TensorType fitting(TensorType type, std::int64_t row) {
  if (layout(type).elements == 256 && row % 256 != 0) type = smaller_block(type);
  return row % layout(type).elements == 0 ? type : TensorType::f16;
}

}  // namespace

LlamaCppTypes::LlamaCppTypes(const Model& model, const Format& format)
    : recipe_(recipe_for(format)) {
  const std::string_view architecture =
      model.architecture ? *model.architecture : std::string_view{};
  falcon_ = architecture == "falcon";
  fused_ = is_fused(architecture);
  layers_ = static_cast<std::int64_t>(model.layers.size());
  experts_ = model.arch.experts ? model.arch.experts->count : 0;
  if (!model.layers.empty()) {
    const auto& first = model.layers.front();
    seventy_ = is_seventy(architecture, first, model.layers.size());
    gqa4_ = first.kv_heads > 0 && first.heads / first.kv_heads >= 4;
  }
  for (const auto& tensor : model.tensors) {
    if (tensor.is_bias()) continue;
    has_output_ |= tensor.role == Role::output;
    values_ += tensor.role == Role::attn_v ? 1 : 0;
  }
}

TensorType LlamaCppTypes::next(const Tensor& tensor) {
  if (stays_f32(tensor)) return TensorType::f32;
  if (tensor.role == Role::auxiliary) return TensorType::bf16;
  return fitting(wanted(tensor), tensor.shape[0]);
}

TensorType LlamaCppTypes::wanted(const Tensor& tensor) {
  const bool embedding =
      tensor.role == Role::token_embedding || tensor.role == Role::per_layer_embedding;
  if (tensor.role == Role::output || (embedding && !has_output_)) return output_type(tensor);
  if (recipe_.plan == Plan::plain) return recipe_.base;
  if (recipe_.plan == Plan::experts) {
    return tensor.shape[2] > 1 ? TensorType::mxfp4 : recipe_.base;
  }
  return embedding ? recipe_.embedding : by_rule(part_of(tensor.role), tensor);
}

TensorType LlamaCppTypes::output_type(const Tensor& tensor) const {
  if (recipe_.plan == Plan::plain) return recipe_.output;
  const bool divides = tensor.shape[0] % layout(recipe_.base).elements == 0;
  return falcon_ || !divides ? TensorType::q8_0 : recipe_.output;
}

/// Position of the matrix among those of its part. Counted as they come, but by block number in
/// models with experts, except for the value projections and in the two-bit file types.
std::int64_t LlamaCppTypes::index_of(Part part, const Tensor& tensor) {
  if (part == Part::attn_v) {
    return fused_ && tensor.role != Role::attn_v ? next_value_ : next_value_++;
  }
  const bool by_block = experts_ > 1 && recipe_.plan == Plan::general;
  if (part == Part::ffn_down) return by_block ? tensor.layer : next_down_++;
  if (part != Part::ffn_gate_up) return 0;
  if (by_block) return tensor.layer;
  return is_gate(tensor.role) ? next_gate_++ : next_up_++;
}

TensorType LlamaCppTypes::by_rule(Part part, const Tensor& tensor) {
  if (precedes_fused(tensor)) part = Part::attn_v;
  const auto i = index_of(part, tensor);
  const auto n = part == Part::attn_v ? values_ : layers_;
  const bool general = recipe_.plan == Plan::general;
  const bool keys_or_values = part == Part::attn_v || part == Part::attn_k;
  if (general && keys_or_values && experts_ == 8) return TensorType::q8_0;
  auto type = recipe_.base;
  for (const auto& rule : recipe_.rules) {
    if (rule.part != part || !covers(rule.which, i, n) || !applies(rule.who)) continue;
    type = rule.type;
    break;
  }
  const bool low = type == TensorType::q3_k || type == TensorType::q4_k;
  return general && seventy_ && part == Part::attn_v && low ? TensorType::q5_k : type;
}

bool LlamaCppTypes::applies(Who who) const {
  switch (who) {
    case Who::all:
      return true;
    case Who::falcon:
      return falcon_;
    case Who::not_falcon:
      return !falcon_;
    case Who::gqa4:
      return gqa4_;
    case Who::gqa4_or_4_experts:
      return gqa4_ || experts_ >= 4;
    case Who::eight_experts:
      return experts_ == 8;
    case Who::not_8_experts:
      return experts_ != 8;
  }
  return false;
}

std::optional<std::int64_t> typical_millibits(const Model& model, const Format& format) {
  const auto* const recipe = find_recipe(format.id);
  if (recipe == nullptr) return std::nullopt;
  const bool expert_types = recipe->plan == Plan::experts && model.arch.experts;
  return expert_types ? expert_millibits : std::int64_t{recipe->typical_millibits};
}

}  // namespace llmfit::sizing
