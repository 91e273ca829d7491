// SPDX-License-Identifier: MIT
#include "model/hf_names.hpp"

#include <array>
#include <charconv>

namespace llmfit::model {
namespace {

using Part = HfName::Part;

/// How the names of packed weights and of what lies beside them end.
struct Ending {
  std::string_view text;
  Part part;
};
constexpr auto endings = std::to_array<Ending>({
    // GPTQ, AWQ, MLX
    {".qweight", Part::packed},
    {".qzeros", Part::side},
    {".scales", Part::side},
    {".biases", Part::side},
    {".g_idx", Part::side},
    // compressed-tensors, ModelOpt, FP8
    {".weight_packed", Part::packed},
    {".weight_scale", Part::side},
    {".weight_scale_2", Part::side},
    {".weight_scale_inv", Part::side},
    {".weight_global_scale", Part::side},
    {".weight_zero_point", Part::side},
    {".weight_g_idx", Part::side},
    {".weight_shape", Part::side},
    {".input_global_scale", Part::side},
    {".input_scale", Part::side},
    {".input_zero_point", Part::side},
    {".output_scale", Part::side},
    {".k_scale", Part::side},
    {".v_scale", Part::side},
    {".kv_scale", Part::side},
    {".q_scale", Part::side},
    {".activation_scale", Part::side},
    // bitsandbytes
    {".weight.absmax", Part::side},
    {".weight.quant_map", Part::side},
    {".weight.nested_absmax", Part::side},
    {".weight.nested_quant_map", Part::side},
    {".weight.quant_state.bitsandbytes__nf4", Part::side},
    {".weight.quant_state.bitsandbytes__fp4", Part::side},
    {".SCB", Part::side},
    {".weight_format", Part::side},
    // HQQ, ExLlamaV2, ExLlamaV3
    {".W_q", Part::packed},
    {".meta", Part::side},
    {".q_weight", Part::packed},
    {".q_scale_max", Part::side},
    {".q_groups", Part::side},
    {".q_group_map", Part::side},
    {".q_perm", Part::side},
    {".q_invperm", Part::side},
    {".trellis", Part::packed},
    {".suh", Part::side},
    {".svh", Part::side},
    {".su", Part::side},
    {".sv", Part::side},
    {".mcg", Part::side},
    {".mul1", Part::side},
    // experts of gpt-oss
    {"_blocks", Part::packed},
    {"_scales", Part::side},
    {"_weight_scale", Part::side},
    {"_scale_inv", Part::side},
});

constexpr auto tower_marks = std::to_array<std::string_view>({"vision_tower",
                                                              "vision_model",
                                                              "vision_embed",
                                                              "visual.",
                                                              "vision.",
                                                              "multi_modal_projector",
                                                              "mm_projector",
                                                              "image_newline",
                                                              "audio_tower",
                                                              "audio_encoder",
                                                              "embed_vision",
                                                              "embed_audio",
                                                              "connector.",
                                                              "patch_merger",
                                                              "vit.",
                                                              "aligner.",
                                                              "audio_embed",
                                                              "image_embed",
                                                              "vision_language_adapter",
                                                              "vision_encoder",
                                                              "patch_merge_mlp",
                                                              "projector."});

constexpr auto buffers = std::to_array<std::string_view>(
    {"rotary_emb.inv_freq", "rotary_pos_emb.inv_freq", "position_ids", "attn.bias",
     "attn.masked_bias", "attention.bias", "attention.masked_bias", "attn.attention.bias",
     "attn.attention.masked_bias", "token_type_ids", "rotary_emb.cos_cached",
     "rotary_emb.sin_cached", "embeddings.position_ids", "inv_freq", "rope.freqs", "tid2eid"});

/// What a whole model is wrapped in; longer ones first.
constexpr auto wrappers = std::to_array<std::string_view>(
    {"model.language_model.", "language_model.model.", "language_model.", "model.text_model.",
     "llm.model.", "model.decoder.", "transformer.encoder.", "transformer.", "gpt_neox.",
     "backbone.", "roberta.", "bert.", "rwkv.", "mpnet.", "distilbert.", "new.", "llm.", "model."});

/// Words before the number of a layer.
constexpr auto layer_words =
    std::to_array<std::string_view>({"layers.", "h.", "blocks.", "block.", "layer."});

bool take(std::string_view& text, std::string_view beginning) {
  if (!text.starts_with(beginning)) return false;
  text.remove_prefix(beginning.size());
  return true;
}

/// A number and the dot after it, taken off; -1 where it is not there.
int take_number(std::string_view& text) {
  int number = -1;
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop == end || *stop != '.' || number < 0) return -1;
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()) + 1);
  return number;
}

/// More layers than any model has: a number beyond is none of a layer.
constexpr int layer_limit = 4096;

/// The part after the layer's number, -1 and the whole name where there is none.
int take_layer(std::string_view& name) {
  for (const auto word : layer_words) {
    for (auto at = name.find(word); at != name.npos; at = name.find(word, at + 1)) {
      if (at > 0 && name[at - 1] != '.') continue;
      auto rest = name.substr(at + word.size());
      const int number = take_number(rest);
      if (number < 0 || number >= layer_limit) continue;
      name = rest;
      return number;
    }
  }
  return -1;
}

bool contains_any(std::string_view name, const auto& marks) {
  for (const auto mark : marks) {
    const auto at = name.find(mark);
    if (at != name.npos && (at == 0 || name[at - 1] == '.')) return true;
  }
  return false;
}

bool is_buffer(std::string_view name) {
  for (const auto buffer : buffers) {
    if (!name.ends_with(buffer)) continue;
    const auto before = name.size() - buffer.size();
    if (before == 0 || name[before - 1] == '.') return true;
  }
  return false;
}

/// Takes the ending off that packed weights have, or the suffix.
void take_ending(HfName& found) {
  auto& module = found.module;
  const Ending* longest = nullptr;
  for (const auto& ending : endings) {
    if (!module.ends_with(ending.text)) continue;
    if (longest == nullptr || ending.text.size() > longest->text.size()) longest = &ending;
  }
  if (longest != nullptr) {
    module.remove_suffix(longest->text.size());
    found.part = longest->part;
    found.suffix = Suffix::weight;
  } else if (module.ends_with(".weight")) {
    module.remove_suffix(7);
    found.suffix = Suffix::weight;
  } else if (module.ends_with(".bias")) {
    module.remove_suffix(5);
    found.suffix = Suffix::bias;
  }
}

/// "mlp.experts.7.up_proj" is "mlp.experts.up_proj" of expert 7; the two halves are looked up as
/// one, without building it.
std::string_view expert_stem(HfName& found) {
  constexpr std::string_view word = "experts.";
  const auto at = found.module.find(word);
  if (at == found.module.npos) return {};
  auto rest = found.module.substr(at + word.size());
  const int number = take_number(rest);
  if (number < 0) return {};
  found.expert = number;
  struct Matrix {
    std::string_view name;
    std::string_view stem;
  };
  static constexpr auto matrices = std::to_array<Matrix>({{"gate_proj", "ffn_gate_exps"},
                                                          {"up_proj", "ffn_up_exps"},
                                                          {"down_proj", "ffn_down_exps"},
                                                          {"w1", "ffn_gate_exps"},
                                                          {"w2", "ffn_down_exps"},
                                                          {"w3", "ffn_up_exps"},
                                                          {"linear_fc1", "ffn_gate_up_exps"},
                                                          {"gate_up_proj", "ffn_gate_up_exps"},
                                                          {"linear_fc2", "ffn_down_exps"}});
  for (const auto& matrix : matrices) {
    if (matrix.name == rest) return matrix.stem;
  }
  return {};
}

void find_stem(HfName& found) {
  if (found.layer < 0) {
    found.stem = hf_model_stem(found.module);
    return;
  }
  found.stem = expert_stem(found);
  if (found.stem.empty()) found.stem = hf_layer_stem(found.module);
}

}  // namespace

HfName parse_hf_name(std::string_view name) {
  HfName found;
  found.module = name;
  if (is_buffer(name)) {
    found.part = Part::buffer;
    return found;
  }
  if (contains_any(name, tower_marks)) {
    found.part = Part::tower;
    return found;
  }
  take_ending(found);
  found.draft = take(found.module, "mtp.") || take(found.module, "model.mtp.");
  for (const auto wrapper : wrappers) {
    if (take(found.module, wrapper)) break;
  }
  found.encoder = take(found.module, "encoder.");
  found.decoder = !found.encoder && take(found.module, "decoder.");
  found.layer = take_layer(found.module);
  find_stem(found);
  return found;
}

}  // namespace llmfit::model
