// SPDX-License-Identifier: MIT
// Lines of llama.cpp from 2023 to v0.5.0, and of what is built on it: src/llama-model-loader.cpp,
// src/llama-model.cpp, src/llama-context.cpp.
#include <array>
#include <string>

#include "base/text.hpp"
#include "logs/draft.hpp"

namespace llmfit::logs {
namespace {

/// "name = value", the name one word; absent where it is something else.
struct Field {
  std::string_view name;
  std::string_view value;
};
std::optional<Field> field_of(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  return Field{trimmed(text.substr(0, equals)), trimmed(text.substr(equals + 1))};
}

using Number = std::optional<std::int64_t> LoggedModel::*;

struct NumberField {
  std::string_view name;
  Number field;
};
constexpr auto printed_numbers =
    std::to_array<NumberField>({{"n_layer", &LoggedModel::layers},
                                {"n_embd", &LoggedModel::hidden},
                                {"n_vocab", &LoggedModel::vocabulary},
                                {"n_head", &LoggedModel::heads},
                                {"n_head_kv", &LoggedModel::kv_heads},
                                {"n_ff", &LoggedModel::ffn},
                                {"n_expert", &LoggedModel::experts},
                                {"n_ctx_train", &LoggedModel::context}});
/// Endings of keys that begin with the architecture's name.
constexpr auto metadata_numbers =
    std::to_array<NumberField>({{".block_count", &LoggedModel::layers},
                                {".embedding_length", &LoggedModel::hidden},
                                {".vocab_size", &LoggedModel::vocabulary},
                                {".attention.head_count", &LoggedModel::heads},
                                {".attention.head_count_kv", &LoggedModel::kv_heads},
                                {".feed_forward_length", &LoggedModel::ffn},
                                {".expert_count", &LoggedModel::experts},
                                {".context_length", &LoggedModel::context}});

struct TextField {
  std::string_view name;
  std::string Draft::*field;
};
constexpr auto metadata_texts =
    std::to_array<TextField>({{"general.name", &Draft::name},
                              {"general.basename", &Draft::base_name},
                              {"general.size_label", &Draft::size_label},
                              {"general.base_model.0.name", &Draft::origin}});

bool is_current(const Draft& draft) { return !draft.closed && draft.contexts <= 1; }

std::string file_name(std::string_view path) {
  const auto cut = path.find_last_of("/\\");
  return kept(cut == std::string_view::npos ? path : path.substr(cut + 1));
}

/// A load begins. After one that allocated, it is another model's.
void take_load(Draft& draft, std::string_view rest) {
  draft.facts.engine = Engine::llama_cpp;
  if (draft.closed || (!draft.dry && has_reading(draft.facts, Measure::weights))) {
    draft.closed = true;
    ++draft.facts.others;
    return;
  }
  Draft fresh;
  fresh.facts.engine = Engine::llama_cpp;
  fresh.facts.build = draft.facts.build;
  fresh.facts.devices = draft.facts.devices;
  fresh.slots = draft.slots;
  if (const auto path = after(rest, " from ")) {
    fresh.file = file_name(path->substr(0, path->find(" (version")));
  }
  draft = std::move(fresh);
}

/// "- kv   2:  general.name str  = Gemma 2 2b It"
void take_metadata(Draft& draft, std::string_view rest) {
  const auto text = after(rest, ":");
  const auto field = text ? field_of(*text) : std::nullopt;
  if (!field || draft.closed) return;
  const auto key = until(field->name, " ");
  auto& model = draft.facts.model;
  if (key == "general.architecture") model.architecture = kept(field->value);
  if (key == "quantize.imatrix.file") model.imatrix = true;
  if (key == "tokenizer.ggml.tokens") {
    if (const auto count = after(field->name, "arr[str,")) model.vocabulary = whole(*count);
  }
  for (const auto& one : metadata_texts) {
    if (key == one.name) draft.*one.field = kept(field->value);
  }
  for (const auto& one : metadata_numbers) {
    const bool own = key == model.architecture + std::string(one.name);
    if (own) model.*one.field = whole(field->value);
  }
}

/// "- type q4_K:  156 tensors"
void take_type(Draft& draft, std::string_view rest) {
  const auto count = after(rest, ":");
  const auto tensors = count ? whole(*count) : std::nullopt;
  auto& types = draft.facts.model.types;
  if (draft.closed || !tensors || types.size() >= 64) return;
  types.push_back({kept(until(rest, ":")), *tensors});
}

/// What is printed of the model after its tokenizer was read.
void take_model_field(Draft& draft, std::string_view rest) {
  const auto field = field_of(rest);
  if (!field || draft.closed) return;
  auto& model = draft.facts.model;
  draft.facts.engine = Engine::llama_cpp;
  const auto is = [&](std::string_view name) { return field->name == name; };
  if (is("arch")) model.architecture = kept(field->value);
  if (is("general.name") && draft.name.empty()) draft.name = kept(field->value);
  if (is("file type") || is("model ftype") || is("ftype")) model.format = kept(field->value);
  if (is("n_ctx")) set_flag(draft, "ctx-size", kept(field->value));  // builds of autumn 2023
  if (is("no_alloc")) draft.dry = field->value == "1";
  for (const auto& one : printed_numbers) {
    if (is(one.name) && whole(field->value)) model.*one.field = whole(field->value);
  }
}

struct ContextField {
  std::string_view name;
  std::string_view flag;
};
constexpr auto context_fields = std::to_array<ContextField>({{"n_ctx", "ctx-size"},
                                                             {"n_batch", "batch-size"},
                                                             {"n_ubatch", "ubatch-size"},
                                                             {"n_seq_max", "parallel"},
                                                             {"kv_unified", "kv-unified"},
                                                             {"flash_attn", "flash-attn"}});

std::string flag_value(std::string_view printed) {
  if (printed == "enabled") return "on";
  if (printed == "disabled") return "off";
  return kept(until(printed, " "));
}

/// Every context tells its length once, and the number of its sequences before that.
void begin_context(Draft& draft) {
  if (draft.contexts > 0 && !draft.sized) return;
  ++draft.contexts;
  draft.sized = false;
  draft.windowed = false;
  if (draft.contexts > 1) ++draft.facts.others;
}

void take_context_field(Draft& draft, std::string_view rest) {
  const auto field = field_of(rest);
  if (!field || draft.closed) return;
  const bool length = field->name == "n_ctx";
  if (length || field->name == "n_seq_max") begin_context(draft);
  draft.sized = draft.sized || length;
  if (!is_current(draft)) return;
  if (field->name == "mla_attn" || field->name == "fused_moe") draft.facts.fork = true;
  if (field->name == "n_outputs_max") draft.facts.outputs = whole(field->value);
  for (const auto& one : context_fields) {
    if (field->name == one.name) set_flag(draft, one.flag, flag_value(field->value));
  }
}

/// Builds of 2023 say everything under one name.
void take_old_field(Draft& draft, std::string_view rest) {
  take_model_field(draft, rest);
  take_context_field(draft, rest);
}

/// "offloaded 27/27 layers to GPU"
void take_offload(Draft& draft, std::string_view rest) {
  const auto total = after(rest, "/");
  if (draft.closed || !total || !after(*total, " layers to GPU")) return;
  draft.facts.offloaded = whole(rest);
  draft.facts.offloadable = whole(*total);
}

/// "using device CUDA0 (NVIDIA GeForce RTX 5090) (0000:0b:00.0) - 30930 MiB free"
void take_device(Draft& draft, std::string_view rest) {
  const auto dash = rest.rfind(" - ");
  if (dash == std::string_view::npos || !after(rest, "MiB free")) return;
  const auto free = whole(rest.substr(dash + 3));
  if (!free || *free > (std::int64_t{1} << 40) || draft.facts.devices.size() >= 256) return;
  const auto name = kept(until(rest, " "));
  for (auto& device : draft.facts.devices) {
    if (device.name == name) {
      device.free = mib(*free);
      return;
    }
  }
  draft.facts.devices.push_back({name, mib(*free)});
}

void take_flash_attention(Draft& draft, std::string_view rest) {
  if (is_current(draft)) set_flag(draft, "flash-attn", flag_value(trimmed(rest)));
}

void take_build(Draft& draft, std::string_view rest) {
  if (!draft.facts.build.empty()) return;
  const auto number = trimmed(rest.substr(0, rest.find(" with ")));
  if (!number.empty() && number.size() < 40) draft.facts.build = kept(number);
}

/// "creating non-SWA KV cache, size = 8192 cells", then "creating     SWA KV cache, …"
void take_creation(Draft& draft, std::string_view rest) {
  if (after(rest, "SWA KV cache")) draft.windowed = trimmed(rest).starts_with("SWA");
}

/// "n_parallel is set to auto, using n_parallel = 4 and kv_unified = true"
void take_slots(Draft& draft, std::string_view rest) {
  if (!draft.slots) draft.slots = whole(rest);
}

void take_full_windows(Draft& draft, std::string_view) {
  if (is_current(draft)) set_flag(draft, "swa-full", "on");
}

struct Rule {
  std::string_view key;
  void (*take)(Draft&, std::string_view rest);
};
constexpr auto rules =
    std::to_array<Rule>({{"loaded meta data with ", take_load},
                         {"- kv ", take_metadata},
                         {"- type ", take_type},
                         {"print_info: ", take_model_field},
                         {"llm_load_print_meta: ", take_model_field},
                         {"llama_model_load_internal: ", take_old_field},
                         {"llama_context: ", take_context_field},
                         {"llama_new_context_with_model: ", take_context_field},
                         {"llama_init_from_model: ", take_context_field},
                         {"offloaded ", take_offload},
                         {"using device ", take_device},
                         {"Flash Attention was auto, set to ", take_flash_attention},
                         {"creating ", take_creation},
                         {"using full-size SWA cache", take_full_windows},
                         {"using n_parallel = ", take_slots},
                         {"n_slots = ", take_slots},
                         {"build: ", take_build},
                         {"build_info: ", take_build},
                         {"build = ", take_build}});

}  // namespace

void take_llama_cpp(Draft& draft, std::string_view line) {
  for (const auto& rule : rules) {
    if (const auto rest = after(line, rule.key)) rule.take(draft, *rest);
  }
  if (is_current(draft)) take_llama_cpp_buffer(draft, line);
}

}  // namespace llmfit::logs
