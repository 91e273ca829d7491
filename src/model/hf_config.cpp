// SPDX-License-Identifier: MIT
#include "model/hf_config.hpp"

#include <utility>

#include "base/text.hpp"
#include "model/file_text.hpp"
#include "model/hf_draft.hpp"

namespace llmfit::model {
namespace {

using base::JsonTree;

/// All that a record points into.
struct Storage {
  Storage(const std::string& text, const std::string& path) : tree(text), faults(path) {}

  JsonTree tree;
  HfFaults faults;
  std::optional<HfDraft> draft;
  std::vector<ExtraTensor> once;
  std::vector<ExtraTensor> per_layer;
};

/// Classes that are not known are read as a Llama where the weights tell the rest.
constexpr HfClass llama_like{.model_type = {}, .equal_heads = true};

HfFields language_part(const HfFields& whole) {
  for (const std::string_view key : {"text_config", "llm_config", "language_config",
                                     "language_model_config", "thinker_config/text_config"}) {
    if (whole.has({key})) return whole.object({key});
  }
  return whole;
}

bool for_causal_lm(const HfFields& whole) {
  const auto names = whole.texts({"architectures"});
  return !names.empty() && names.front().ends_with("ForCausalLM");
}

const HfClass* class_of(const HfFields& inner, const HfFields& whole, bool weights) {
  for (const auto* const part : {&inner, &whole}) {
    const auto type = part->text({"model_type"});
    if (const auto* const found = type.empty() ? nullptr : find_hf_class(type)) return found;
  }
  const auto type = inner.text({"model_type"});
  if (weights && for_causal_lm(whole)) return &llama_like;
  if (type.empty()) {
    whole.fault("model_type", "model_type is missing");
  } else {
    inner.fault("model_type", "models of type '" + base::printable(type) + "' are not known",
                ErrorCode::unsupported);
  }
  return nullptr;
}

void read_rope(HfDraft& draft) {
  const auto& text = draft.text;
  const auto kind =
      text.text({"rope_scaling/rope_type", "rope_scaling/type", "rope_parameters/rope_type"});
  if (kind == "llama3") draft.record.rope_freqs = true;
  const auto part = text.number(
      {"partial_rotary_factor", "rope_parameters/partial_rotary_factor", "rotary_pct", "rope_pct"});
  if (part && *part > 0 && *part < 1) {
    draft.record.rotary_dim = static_cast<std::int32_t>(*part * draft.record.head_dim);
  }
}

void read_parts(HfDraft& draft) {
  draft.gguf = draft.kind.gguf;
  read_hf_widths(draft);
  read_hf_biases(draft);
  read_hf_mixing(draft);
  read_hf_experts(draft);
  read_hf_attention_parts(draft);
  read_hf_recurrent_parts(draft);
  if (draft.kind.adjust != nullptr) draft.kind.adjust(draft);
  read_rope(draft);
}

std::vector<ExtraTensor> views(const std::vector<HfDraft::Extra>& extras) {
  std::vector<ExtraTensor> list;
  for (const auto& extra : extras) list.push_back({extra.name, extra.shape, extra.layers});
  return list;
}

ArchitectureRecord finished(Storage& storage, bool output_matrix) {
  auto& draft = *storage.draft;
  storage.once = views(draft.once);
  storage.per_layer = views(draft.per_layer);
  auto record = draft.record;
  record.gguf = draft.gguf;
  record.model_type = draft.text.text({"model_type"});
  record.layer_kinds = draft.layer_kinds;
  record.ffn_kinds = draft.ffn_kinds;
  record.heads_by_layer = draft.heads;
  record.kv_heads_by_layer = draft.kv_heads;
  record.ffn_size_by_layer = draft.ffn_sizes;
  record.norms_by_layer = draft.norms;
  record.indexer_layers = draft.indexer_layers;
  record.compress_ratios = draft.compress_ratios;
  record.extra_tensors = storage.once;
  record.extra_per_layer = storage.per_layer;
  record.stores_tied_head = record.dims.tied_embeddings && output_matrix;
  return record;
}

/// The owner's name for it, where it is one and no path on somebody's machine.
std::string published_name(const HfFields& whole) {
  const auto name = whole.text({"_name_or_path"});
  const bool path = name.empty() || name.front() == '/' || name.front() == '.';
  return path ? std::string{} : base::printable(name_of(std::string(name)));
}

std::optional<std::int64_t> context_of(const HfFields& text) {
  const auto length = text.count({"max_position_embeddings", "n_positions", "max_sequence_length",
                                  "seq_length", "max_seq_len", "n_ctx", "model_max_length"});
  return length && *length > 0 ? length : std::nullopt;
}

/// ModelOpt once wrote it into a file of its own, hf_quant_config.json.
std::optional<HfQuantization> quantization_of(const HfFields& whole, const std::string& own_text,
                                              const std::string& path, HfFaults& faults) {
  auto found = read_hf_quantization(whole);
  if (found || own_text.empty()) return found;
  HfFaults own(folder_of(path) + "hf_quant_config.json");
  const JsonTree tree(own_text);
  if (tree.fault()) own.add(ErrorCode::invalid_file, {}, tree.fault()->message);
  found = read_hf_quantization(HfFields(tree.root(), {}, own));
  if (own.first()) faults.add(own.first()->code, {}, own.first()->message, own.first()->where);
  return found;
}

}  // namespace

Result<HfConfig> read_hf_config(const std::string& text, const std::string& path,
                                const HfSurroundings& beside) {
  const auto storage = std::make_shared<Storage>(text, path);
  if (const auto& fault = storage->tree.fault()) {
    return fail(ErrorCode::invalid_file, fault->message,
                "the file is no JSON, or was damaged: download it again",
                at_byte(path, fault->offset));
  }
  auto& faults = storage->faults;
  const HfFields whole(storage->tree.root(), {}, faults);
  const auto inner = language_part(whole);
  HfConfig config;
  if (const auto* const kind = class_of(inner, whole, beside.weights)) {
    storage->draft.emplace(*kind, inner, whole);
    storage->draft->hints = beside.hints;
    // Only a norm of one head's width tells that width.
    if (kind->qk_norm != QkNorm::per_head || kind->mixing == HfMixing::gated_delta) {
      storage->draft->hints.head_dim = 0;
    }
    read_parts(*storage->draft);
    config.known = kind != &llama_like;
    config.architecture = finished(*storage, beside.output_matrix);
    config.context_length = context_of(inner);
    config.quantization = quantization_of(whole, beside.quantization, path, faults);
  }
  if (faults.first()) return tl::unexpected<Error>(*faults.first());
  const HfFields::Keys dtype{"torch_dtype", "dtype"};
  config.dtype = base::printable(inner.has(dtype) ? inner.text(dtype) : whole.text(dtype));
  config.name = published_name(whole);
  config.has_towers = whole.has({"vision_config", "audio_config", "vision_tower", "visual"});
  config.storage = storage;
  return config;
}

}  // namespace llmfit::model
