// SPDX-License-Identifier: MIT
#include "llmfit/workload.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "base/numbers.hpp"
#include "base/text.hpp"
#include "sizing/engine_llama_cpp.hpp"
#include "sizing/vllm_rules.hpp"
#include "sizing/workload_draft.hpp"

namespace llmfit {
namespace {

using sizing::Draft;

constexpr std::int64_t usual_context = 4096;

tl::unexpected<Error> contradiction(std::string first, const std::string& second) {
  return fail(ErrorCode::usage, std::move(first) + " contradicts " + second,
              "give only one of them, or the same value to both");
}

std::string option(std::string_view name, std::int64_t value) {
  return std::string(name) + " " + base::grouped(value);
}

Result<void> check_range(std::string_view name, std::int64_t value, std::int64_t most) {
  if (value >= 1 && value <= most) return {};
  return fail(ErrorCode::invalid_value,
              std::string(name) + " must be from 1 to " + base::grouped(most), {},
              std::to_string(value));
}

/// `typed` "q8_0" for keys and values, or "q8_0/f16" for each.
Result<void> read_kv_type(Draft& draft, std::string_view typed) {
  if (typed.empty()) return {};
  const auto parts = base::split(typed, '/');
  if (parts.size() > 2) {
    return fail(
        ErrorCode::invalid_value, "'" + base::printable(typed) + "' names more than two types",
        "give one type, or one for keys and one for values: q8_0/f16", base::printable(typed));
  }
  const auto engine = draft.workload.engine;
  const auto k = sizing::cache_type(engine, draft.model, parts.front());
  if (!k) return tl::unexpected(k.error());
  const auto v = sizing::cache_type(engine, draft.model, parts.back());
  if (!v) return tl::unexpected(v.error());
  draft.kv_type_k = *k;
  draft.kv_type_v = *v;
  return {};
}

Result<TensorType> one_type(std::optional<TensorType> option_type,
                            std::optional<TensorType> flag_type, TensorType otherwise) {
  if (option_type && flag_type && *option_type != *flag_type) {
    return contradiction("--kv-type " + std::string(layout(*option_type).name),
                         "the engine's flag with " + std::string(layout(*flag_type).name));
  }
  return option_type.value_or(flag_type.value_or(otherwise));
}

Result<void> settle_types(Draft& draft) {
  const auto usual = sizing::default_cache_type(draft.workload.engine, draft.model);
  const auto k = one_type(draft.kv_type_k, draft.cache_k, usual);
  if (!k) return tl::unexpected(k.error());
  const auto v = one_type(draft.kv_type_v, draft.cache_v, usual);
  if (!v) return tl::unexpected(v.error());
  draft.workload.cache_k = *k;
  draft.workload.cache_v = *v;
  return {};
}

/// The engine's record has the default of its version; older ones had less.
void settle_utilization(Draft& draft, double newest) {
  auto& settings = draft.workload.vllm;
  const bool old = settings.version != newest_vllm;
  const auto usual = old ? sizing::vllm::rules_of(settings).utilization : newest;
  settings.utilization = draft.utilization.value_or(usual);
}

Result<void> settle_sequences(Draft& draft) {
  if (draft.sequences && draft.parallel && *draft.sequences != *draft.parallel) {
    return contradiction(option("--sequences", *draft.sequences),
                         option("parallel", *draft.parallel));
  }
  draft.workload.sequences = draft.sequences.value_or(draft.parallel.value_or(1));
  draft.workload.sequences_are_default = !draft.sequences && !draft.parallel;
  const auto& most = draft.workload.vllm.max_num_seqs;
  if (most && *most < draft.workload.sequences) {
    return contradiction(option("--sequences", draft.workload.sequences),
                         option("max-num-seqs", *most));
  }
  return check_range("sequences", draft.workload.sequences, most_sequences);
}

/// vLLM refuses to start with a batch of fewer tokens than sequences (vllm/config/scheduler.py).
Result<void> check_batch(const Draft& draft) {
  const auto& settings = draft.workload.vllm;
  const auto& tokens = settings.max_num_batched_tokens;
  if (!tokens || !settings.max_num_seqs || *tokens >= *settings.max_num_seqs) return {};
  return contradiction(option("max-num-batched-tokens", *tokens),
                       option("max-num-seqs", *settings.max_num_seqs));
}

/// ctx-size counts all sequences, max-model-len one; either may stand in for --context.
Result<void> settle_context(Draft& draft) {
  const auto sequences = draft.workload.sequences;
  const auto& total = draft.total_context;
  const auto& length = draft.model_length;
  if (total && draft.context && (Tokens{*draft.context} * sequences) != Tokens{*total}) {
    return contradiction(
        option("--context", *draft.context) + " x " + base::grouped(sequences) + " sequences",
        option("ctx-size", *total));
  }
  if (total && *total < sequences) {
    return contradiction(option("ctx-size", *total), option("parallel", sequences));
  }
  if (length && draft.context && *length != *draft.context) {
    return contradiction(option("--context", *draft.context), option("max-model-len", *length));
  }
  auto context = draft.context;
  if (!context && total) context = *total / sequences;
  if (!context) context = length;
  draft.workload.context = context.value_or(default_context(draft.model));
  draft.workload.context_is_default = !context;
  return check_range("context", draft.workload.context, longest_context);
}

bool quantized(TensorType type) { return layout(type).elements > 1; }

/// llama.cpp stores whole blocks of a head (src/llama-context.cpp).
Result<void> check_head_width(TensorType type, std::int32_t width) {
  if (width % layout(type).elements == 0) return {};
  const std::string name(layout(type).name);
  return fail(ErrorCode::invalid_value,
              "llama.cpp refuses a " + name + " cache: a head is " + std::to_string(width) +
                  " wide, not a multiple of " + std::to_string(layout(type).elements),
              "take f16", name);
}

bool caches_latent(const Model& model) { return model.arch.mla && !model.arch.mla->joined_kv_b; }

Result<void> check_heads(const Model& model, const Workload& workload) {
  if (caches_latent(model)) return {};
  for (const auto& layer : model.layers) {
    if (!layer.caches || layer.kv_heads == 0) continue;
    if (auto fits = check_head_width(workload.cache_k, layer.head_dim); !fits) return fits;
    if (auto fits = check_head_width(workload.cache_v, layer.value_head_dim); !fits) return fits;
  }
  return {};
}

/// What llama.cpp itself refuses to start with (src/llama-context.cpp).
Result<void> check_llama_cpp(const Model& model, const Workload& workload) {
  if (workload.sequences > sizing::llama_cpp::most_sequences) {
    return fail(ErrorCode::invalid_value,
                "llama.cpp holds at most " + base::grouped(sizing::llama_cpp::most_sequences) +
                    " sequences at once",
                "run several servers, or take --engine vllm", base::grouped(workload.sequences));
  }
  if (quantized(workload.cache_v) &&
      !sizing::llama_cpp::uses_flash_attention(sizing::widths_of(model), workload)) {
    return fail(ErrorCode::invalid_value,
                "llama.cpp needs flash attention for a V cache of " +
                    std::string(layout(workload.cache_v).name),
                workload.llama_cpp.flash_attention == FlashAttention::off
                    ? "take f16 for V, or leave flash-attn at auto"
                    : "take f16 for V: this architecture runs without");
  }
  if (caches_latent(model) && workload.cache_k != workload.cache_v) {
    return fail(ErrorCode::invalid_value,
                "llama.cpp keeps one latent cache for this model, so K and V need the same type",
                "set cache-type-k and cache-type-v to the same type");
  }
  return check_heads(model, workload);
}

Result<void> read_request(Draft& draft, const WorkloadRequest& request) {
  if (draft.context) {
    if (auto ok = check_range("context", *draft.context, longest_context); !ok) return ok;
  }
  if (draft.sequences) {
    if (auto ok = check_range("sequences", *draft.sequences, most_sequences); !ok) return ok;
  }
  if (auto ok = read_kv_type(draft, request.kv_type); !ok) return ok;
  for (const auto& setting : request.settings) {
    if (auto ok = sizing::apply_setting(draft, setting); !ok) return ok;
  }
  return {};
}

}  // namespace

std::int64_t default_context(const Model& model) {
  if (!model.context_length || model.context_length->count() < 1) return usual_context;
  return std::min(usual_context, model.context_length->count());
}

Result<Workload> make_workload(const WorkloadRequest& request, Engine engine, const Model& model,
                               double default_utilization) {
  Draft draft{model, {}, request.context, request.sequences, {}, {}, {}, {}, {}, {}, {}, {}};
  draft.workload.engine = engine;
  draft.workload.offload = request.offload;
  auto done = read_request(draft, request);
  settle_utilization(draft, default_utilization);
  if (done) done = sizing::settle_split(draft, request);
  if (done) done = settle_types(draft);
  if (done) done = settle_sequences(draft);
  if (done) done = settle_context(draft);
  if (done) done = check_batch(draft);
  if (done && engine == Engine::llama_cpp) done = check_llama_cpp(model, draft.workload);
  if (!done) return tl::unexpected(done.error());
  return draft.workload;
}

void match_dtype(Workload& workload, const WorkloadRequest& request, const Format& format) {
  const bool own_type = workload.engine == Engine::vllm || workload.engine == Engine::transformers;
  const bool named = !request.kv_type.empty() ||
                     std::any_of(request.settings.begin(), request.settings.end(),
                                 [](const Setting& s) { return s.flag == "kv-cache-dtype"; });
  const bool plain = format.type == TensorType::f16 || format.type == TensorType::bf16;
  if (!own_type || named || format.scheme || !plain) return;
  workload.cache_k = workload.cache_v = format.type;
}

std::string kv_type_name(const Workload& workload) {
  std::string k(layout(workload.cache_k).name);
  if (workload.cache_k == workload.cache_v) return k;
  return k + "/" + std::string(layout(workload.cache_v).name);
}

}  // namespace llmfit
