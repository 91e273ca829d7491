// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <vector>

#include "base/names.hpp"
#include "base/numbers.hpp"
#include "base/text.hpp"
#include "sizing/engine_values.hpp"
#include "sizing/workload_draft.hpp"
#include "sizing/workload_offload.hpp"
#include "sizing/workload_ranks.hpp"

namespace llmfit::sizing {

namespace {

using Set = Result<void> (*)(Draft&, const Setting&);

struct Flag {
  Engine engine;
  std::string_view name;
  Set set;
};

Result<std::int64_t> count(const Setting& setting) {
  const auto value = base::parse_tokens(setting.value);
  if (!value || *value > std::numeric_limits<std::int32_t>::max()) {
    return wrong_value(setting, "a whole number from 1 to 2147483647");
  }
  return *value;
}

/// Setters that write one field of the draft. `Field` is a function from the draft to it.
template <auto Field>
Result<void> set_count(Draft& draft, const Setting& setting) {
  const auto value = count(setting);
  if (!value) return tl::unexpected(value.error());
  using Target = std::decay_t<decltype(Field(draft))>;
  if constexpr (std::is_same_v<Target, std::optional<std::int32_t>>) {
    Field(draft) = static_cast<std::int32_t>(*value);
  } else {
    Field(draft) = *value;
  }
  return {};
}

template <auto Field>
Result<void> set_switch(Draft& draft, const Setting& setting) {
  const auto value = on_or_off(setting);
  if (!value) return tl::unexpected(value.error());
  Field(draft) = *value;
  return {};
}

template <auto Field>
Result<void> set_type(Draft& draft, const Setting& setting) {
  const auto type = cache_type(draft.workload.engine, draft.model, setting.value);
  if (!type) return tl::unexpected(type.error());
  Field(draft) = *type;
  return {};
}

Result<void> set_vllm_type(Draft& draft, const Setting& setting) {
  const auto type = cache_type(draft.workload.engine, draft.model, setting.value);
  if (!type) return tl::unexpected(type.error());
  draft.cache_k = draft.cache_v = *type;
  return {};
}

Result<void> set_flash_attention(Draft& draft, const Setting& setting) {
  if (base::lower(setting.value) == "auto") {
    draft.workload.llama_cpp.flash_attention = FlashAttention::automatic;
    return {};
  }
  const auto value = on_or_off(setting);
  if (!value) return wrong_value(setting, "on, off or auto");
  draft.workload.llama_cpp.flash_attention = *value ? FlashAttention::on : FlashAttention::off;
  return {};
}

/// 0 is llama.cpp's "the length that the model was trained for".
Result<void> set_context_size(Draft& draft, const Setting& setting) {
  if (setting.value == "0" && draft.model.context_length) {
    draft.total_context = draft.model.context_length->count();
    return {};
  }
  return set_count < [](Draft & d) -> auto& { return d.total_context; }
  > (draft, setting);
}

Result<void> set_utilization(Draft& draft, const Setting& setting) {
  const auto value = base::parse_number(setting.value);
  if (!value || *value <= 0 || *value > 1) {
    return wrong_value(setting, "a number above 0 and at most 1");
  }
  draft.utilization = *value;
  return {};
}

Result<void> accept(Draft&, const Setting&) { return {}; }

Result<void> refuse(Draft&, const Setting& setting) {
  return not_computed(setting, "leave it out, or run the engine to see its effect");
}

/// A switch that only stays computable while it is off.
Result<void> only_off(Draft&, const Setting& setting) {
  const auto value = on_or_off(setting);
  if (!value) return tl::unexpected(value.error());
  if (*value) return not_computed(setting, "leave it out, or set it to off");
  return {};
}

Result<void> only_on(Draft&, const Setting& setting) {
  const auto value = on_or_off(setting);
  if (!value) return tl::unexpected(value.error());
  if (!*value) return not_computed(setting, "leave it out, or set it to on");
  return {};
}

Result<void> set_version(Draft& draft, const Setting& setting) {
  const auto minor = parse_minor(setting.value, "0");
  if (!minor || *minor < oldest_vllm) {
    return wrong_value(setting, "a version of vLLM from 0.3 on, such as 0.12");
  }
  draft.workload.vllm.version = *minor;
  return {};
}

Result<void> set_cache_memory(Draft& draft, const Setting& setting) {
  const auto bytes = parse_bytes(setting.value);
  if (!bytes) return wrong_value(setting, "a number of bytes, such as 8589934592 or 8Gi");
  draft.workload.vllm.kv_cache_memory = *bytes;
  return {};
}

Result<void> set_block_size(Draft& draft, const Setting& setting) {
  constexpr std::array<std::string_view, 6> sizes{"8", "16", "32", "64", "128", "256"};
  if (std::find(sizes.begin(), sizes.end(), setting.value) == sizes.end()) {
    return wrong_value(setting, "8, 16, 32, 64, 128 or 256");
  }
  draft.workload.vllm.block_size = *base::parse_int(setting.value);
  return {};
}

/// A switch that turns a field off.
template <auto Field>
Result<void> set_off_switch(Draft& draft, const Setting& setting) {
  const auto value = on_or_off(setting);
  if (!value) return tl::unexpected(value.error());
  Field(draft) = !*value;
  return {};
}

Result<void> set_attention(Draft& draft, const Setting& setting) {
  const auto word = base::lower(setting.value);
  auto& eager = draft.workload.transformers.eager_attention;
  eager = word == "eager";
  if (eager || word == "sdpa" || word == "flash-attention-2" || word == "flash_attention_2") {
    return {};
  }
  return wrong_value(setting, "sdpa, flash_attention_2 or eager");
}

Result<void> set_transformers_version(Draft& draft, const Setting& setting) {
  const auto minor = parse_minor(setting.value, "4");
  if (!minor) return wrong_value(setting, "a version of transformers 4, such as 4.44");
  draft.workload.transformers.version = *minor;
  return {};
}

// GCC and clang take captureless lambdas as template arguments; these name the fields.
constexpr auto ubatch = [](Draft & d) -> auto& { return d.workload.llama_cpp.ubatch; };
constexpr auto batch = [](Draft & d) -> auto& { return d.workload.llama_cpp.batch; };
constexpr auto unified = [](Draft & d) -> auto& { return d.workload.llama_cpp.kv_unified; };
constexpr auto swa_full = [](Draft & d) -> auto& { return d.workload.llama_cpp.swa_full; };
constexpr auto kv_offload = [](Draft & d) -> auto& { return d.workload.llama_cpp.kv_offload; };
constexpr auto op_offload = [](Draft & d) -> auto& { return d.workload.llama_cpp.op_offload; };
constexpr auto mapped = [](Draft & d) -> auto& { return d.workload.llama_cpp.mmap; };
constexpr auto parallel = [](Draft & d) -> auto& { return d.parallel; };
constexpr auto type_k = [](Draft & d) -> auto& { return d.cache_k; };
constexpr auto type_v = [](Draft & d) -> auto& { return d.cache_v; };
constexpr auto model_length = [](Draft & d) -> auto& { return d.model_length; };
constexpr auto max_seqs = [](Draft & d) -> auto& { return d.workload.vllm.max_num_seqs; };
constexpr auto max_tokens = [](Draft & d) -> auto& {
  return d.workload.vllm.max_num_batched_tokens;
};
constexpr auto experts = [](Draft & d) -> auto& { return d.workload.vllm.expert_parallel; };
constexpr auto hybrid = [](Draft & d) -> auto& { return d.workload.vllm.hybrid_cache; };
constexpr auto prefixes = [](Draft & d) -> auto& { return d.workload.vllm.prefix_caching; };
constexpr auto eager = [](Draft & d) -> auto& { return d.workload.vllm.enforce_eager; };
constexpr auto tensor = [](Draft & d) -> auto& { return d.workload.vllm.tensor_parallel; };
constexpr auto pipeline = [](Draft & d) -> auto& { return d.workload.vllm.pipeline_parallel; };

constexpr auto llama = Engine::llama_cpp;
constexpr auto vllm_engine = Engine::vllm;

/// Every setting by its engine's own name: those that are computed, those without an effect on
/// memory, and those that would change it in a way that is not computed yet.
constexpr std::array<Flag, 61> flags = {{
    {llama, "ubatch-size", set_count<ubatch>},
    {llama, "batch-size", set_count<batch>},
    {llama, "parallel", set_count<parallel>},
    {llama, "ctx-size", set_context_size},
    {llama, "kv-unified", set_switch<unified>},
    {llama, "swa-full", set_switch<swa_full>},
    {llama, "flash-attn", set_flash_attention},
    {llama, "cache-type-k", set_type<type_k>},
    {llama, "cache-type-v", set_type<type_v>},
    {llama, "n-gpu-layers", set_gpu_layers},
    {llama, "gpu-layers", set_gpu_layers},
    {llama, "n-cpu-moe", set_cpu_moe_blocks},
    {llama, "cpu-moe", set_cpu_moe},
    {llama, "split-mode", set_split_mode},
    {llama, "tensor-split", set_tensor_split},
    {llama, "override-tensor", set_override_tensor},
    {llama, "main-gpu", set_main_gpu},
    {llama, "no-kv-offload", set_off_switch<kv_offload>},
    {llama, "kv-offload", set_switch<kv_offload>},
    {llama, "no-op-offload", set_off_switch<op_offload>},
    {llama, "op-offload", set_switch<op_offload>},
    {llama, "embeddings", refuse},
    {llama, "model-draft", refuse},
    {llama, "mmproj", refuse},
    {llama, "lora", refuse},
    {llama, "fit", set_fit},
    {llama, "mmap", set_switch<mapped>},
    {llama, "no-mmap", set_off_switch<mapped>},
    {llama, "mlock", accept},
    {llama, "threads", accept},
    {llama, "cont-batching", accept},
    {vllm_engine, "gpu-memory-utilization", set_utilization},
    {vllm_engine, "max-model-len", set_count<model_length>},
    {vllm_engine, "max-num-seqs", set_count<max_seqs>},
    {vllm_engine, "max-num-batched-tokens", set_count<max_tokens>},
    {vllm_engine, "enforce-eager", set_switch<eager>},
    {vllm_engine, "kv-cache-dtype", set_vllm_type},
    {vllm_engine, "tensor-parallel-size", set_count<tensor>},
    {vllm_engine, "pipeline-parallel-size", set_count<pipeline>},
    {vllm_engine, "data-parallel-size", set_data_ranks},
    {vllm_engine, "decode-context-parallel-size", set_decode_context},
    {vllm_engine, "vllm-pp-layer-partition", set_stage_layers},
    {vllm_engine, "enable-expert-parallel", set_switch<experts>},
    {vllm_engine, "cpu-offload-gb", set_cpu_offload},
    {vllm_engine, "block-size", set_block_size},
    {vllm_engine, "enable-chunked-prefill", only_on},
    {vllm_engine, "async-scheduling", only_on},
    {vllm_engine, "disable-hybrid-kv-cache-manager", set_off_switch<hybrid>},
    {vllm_engine, "kv-cache-memory-bytes", set_cache_memory},
    {vllm_engine, "num-gpu-blocks-override", refuse},
    {vllm_engine, "speculative-config", refuse},
    {vllm_engine, "enable-lora", only_off},
    {vllm_engine, "quantization", refuse},
    {vllm_engine, "dtype", refuse},
    {vllm_engine, "enable-prefix-caching", set_switch<prefixes>},
    {vllm_engine, "no-enable-prefix-caching", set_off_switch<prefixes>},
    {vllm_engine, "version", set_version},
    {vllm_engine, "swap-space", accept},
    {Engine::transformers, "attn-implementation", set_attention},
    {Engine::transformers, "version", set_transformers_version},
    {Engine::transformers, "cache-implementation", refuse},
}};

/// "--Ubatch_Size" and "ubatch-size" are the same flag.
std::string normalised(std::string_view typed) {
  auto name = base::lower(typed);
  while (!name.empty() && name.front() == '-') name.erase(name.begin());
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

tl::unexpected<Error> unknown_flag(Engine engine, const Setting& setting) {
  const auto name = normalised(setting.flag);
  std::vector<std::string_view> own;
  std::string hint;
  for (const auto& flag : flags) {
    if (flag.engine == engine) own.push_back(flag.name);
    if (flag.name == name) hint = "it is a setting of " + std::string(to_string(flag.engine));
  }
  if (hint.empty()) hint = base::did_you_mean(base::nearest(name, own));
  const auto typed = base::printable(setting.flag);
  return fail(ErrorCode::usage, std::string(to_string(engine)) + " has no setting '" + typed + "'",
              hint, typed);
}

}  // namespace

Result<void> apply_setting(Draft& draft, const Setting& setting) {
  const auto name = normalised(setting.flag);
  for (const auto& flag : flags) {
    if (flag.engine == draft.workload.engine && flag.name == name) return flag.set(draft, setting);
  }
  return unknown_flag(draft.workload.engine, setting);
}

}  // namespace llmfit::sizing
