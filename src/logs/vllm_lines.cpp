// SPDX-License-Identifier: MIT
// Lines of vLLM 0.6 to 2026: vllm/engine, vllm/worker (V0) and vllm/v1.
#include <array>
#include <string>

#include "logs/draft.hpp"

namespace llmfit::logs {
namespace {

/// "GB" of old versions is 2^30 bytes too: their code divides by 1 << 30.
constexpr double gibibyte = 1073741824.0;
constexpr std::int64_t block_tokens = 16;

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// The value of `key` in "key=value, …" or "'key': value, …"; None and nothing are absent.
std::optional<std::string> value_of(std::string_view text, std::string_view key) {
  for (std::size_t at = text.find(key); at != std::string_view::npos; at = text.find(key, at + 1)) {
    if (at > 0 && is_name(text[at - 1])) continue;
    auto rest = text.substr(at + key.size());
    if (!rest.empty() && (rest.front() == '\'' || rest.front() == '"')) rest.remove_prefix(1);
    if (rest.empty() || (rest.front() != '=' && rest.front() != ':')) continue;
    rest = trimmed(rest.substr(1));
    const bool quoted = !rest.empty() && (rest.front() == '\'' || rest.front() == '"');
    const auto value = quoted ? rest.substr(1, rest.find(rest.front(), 1) - 1) : until(rest, ",)}");
    if (value.empty() || value == "None") return std::nullopt;
    return kept(value);
  }
  return std::nullopt;
}

struct Argument {
  std::string_view key;
  std::string_view flag;
};
constexpr auto arguments =
    std::to_array<Argument>({{"max_model_len", "max-model-len"},
                             {"max_seq_len", "max-model-len"},
                             {"gpu_memory_utilization", "gpu-memory-utilization"},
                             {"max_num_seqs", "max-num-seqs"},
                             {"max_num_batched_tokens", "max-num-batched-tokens"},
                             {"tensor_parallel_size", "tensor-parallel-size"},
                             {"pipeline_parallel_size", "pipeline-parallel-size"},
                             {"data_parallel_size", "data-parallel-size"},
                             {"decode_context_parallel_size", "decode-context-parallel-size"},
                             {"enable_expert_parallel", "enable-expert-parallel"},
                             {"cpu_offload_gb", "cpu-offload-gb"},
                             {"enforce_eager", "enforce-eager"},
                             {"kv_cache_dtype", "kv-cache-dtype"}});

void take_arguments(Draft& draft, std::string_view text) {
  draft.facts.engine = Engine::vllm;
  auto& model = draft.facts.model;
  if (auto name = value_of(text, "model")) draft.name = std::move(*name);
  if (auto format = value_of(text, "quantization")) model.format = std::move(*format);
  if (auto dtype = value_of(text, "dtype")) {
    model.dtype = dtype->substr(dtype->rfind('.') + 1);
  }
  for (const auto& one : arguments) {
    auto value = value_of(text, one.key);
    // "auto" is the engine's default in every flag that has it.
    if (value && *value != "auto") set_flag(draft, one.flag, std::move(*value));
  }
}

/// A second engine in the same log is left out.
void take_configuration(Draft& draft, std::string_view rest) {
  if (!after(rest, "config: ")) return;
  if (has_reading(draft.facts, Measure::weights)) {
    draft.closed = true;
    ++draft.facts.others;
    return;
  }
  take_arguments(draft, rest);
  if (const auto version = after(rest, "(v"); version && draft.facts.build.empty()) {
    draft.facts.build = kept(until(*version, ")"));
  }
}

void take_version(Draft& draft, std::string_view rest) {
  draft.facts.engine = Engine::vllm;
  draft.facts.build = kept(until(rest, " "));
}

void take_length(Draft& draft, std::string_view rest) {
  if (const auto length = whole(rest)) set_flag(draft, "max-model-len", std::to_string(*length));
}

void take_batch(Draft& draft, std::string_view rest) {
  if (const auto tokens = whole(rest)) {
    set_flag(draft, "max-num-batched-tokens", std::to_string(*tokens));
  }
}

void add(Draft& draft, Measure measure, Printed amount, double unit) {
  draft.facts.engine = Engine::vllm;
  add_reading(draft, measure, {}, amount, unit);
}

/// "total_gpu_memory (15.77GiB) x gpu_memory_utilization (0.90) = 14.20GiB"
void take_budget(Draft& draft, std::string_view rest) {
  const auto total = printed(rest);
  const auto share = after(rest, "gpu_memory_utilization (");
  if (!total || !share) return;
  draft.facts.total_bytes = total->value * gibibyte;
  if (const auto fraction = printed(*share)) {
    set_flag(draft, "gpu-memory-utilization", kept(until(*share, ")")));
  }
}

/// "Free memory on device (78.1/79.18 GiB) on startup"
void take_free(Draft& draft, std::string_view rest) {
  const auto total = after(rest, "/");
  if (!total || !after(*total, "GiB) on startup")) return;
  if (const auto amount = printed(*total)) draft.facts.total_bytes = amount->value * gibibyte;
}

/// "Requested memory: 0.9 (util), 71.26 GiB"
void take_requested(Draft& draft, std::string_view rest) {
  const auto share = printed(rest);
  const auto budget = after(rest, "(util), ");
  const auto amount = budget ? printed(*budget) : std::nullopt;
  if (!share || !amount || share->value <= 0) return;
  draft.facts.total_bytes = amount->value * gibibyte / share->value;
  set_flag(draft, "gpu-memory-utilization", kept(until(rest, " (")));
}

/// "total_gpu_memory=23.58GiB … non_torch_memory=0.35GiB kv_cache_size=3.81GiB …" of 0.6.4
void take_profile(Draft& draft, std::string_view rest) {
  const auto figure = [&](std::string_view key) {
    const auto text = after(rest, key);
    return text ? printed(*text) : std::nullopt;
  };
  if (const auto total = figure("total_gpu_memory=")) {
    draft.facts.total_bytes = total->value * gibibyte;
  }
  const auto outside = figure(" non_torch_memory=");
  const auto cache = figure("kv_cache_size=");
  if (outside) add(draft, Measure::non_torch, *outside, gibibyte);
  if (cache) add(draft, Measure::kv_budget, *cache, gibibyte);
  if (const auto share = after(rest, "gpu_memory_utilization=")) {
    set_flag(draft, "gpu-memory-utilization", kept(until(*share, " ")));
  }
}

/// "To serve at least one request with the models's max seq len (131072), (24.00 GiB KV cache is
/// needed, which is larger than the available KV cache memory (1.71 GiB)."
void take_refusal(Draft& draft, std::string_view rest) {
  const auto length = after(rest, "max seq len (");
  const auto need = length ? after(*length, "), (") : std::nullopt;
  const auto budget = need ? after(*need, "KV cache memory (") : std::nullopt;
  if (!budget) return;
  take_length(draft, *length);
  if (const auto amount = printed(*need)) add(draft, Measure::kv_request, *amount, gibibyte);
  if (const auto amount = printed(*budget)) add(draft, Measure::kv_budget, *amount, gibibyte);
}

/// "The model's max seq len (32768) is larger than the maximum number of tokens that can be stored
/// in KV cache (7344)."
void take_old_refusal(Draft& draft, std::string_view rest) {
  const auto stored = after(rest, "stored in KV cache (");
  const auto tokens = stored ? printed(*stored) : std::nullopt;
  if (!tokens) return;
  take_length(draft, rest);
  add(draft, Measure::kv_tokens, *tokens, 1);
}

/// "Actual usage is 8.8 GiB for weight, 1.4 GiB for peak activation, 0.02 GiB for non-torch memory"
void take_usage(Draft& draft, std::string_view rest) {
  const auto activation = after(rest, "for weight, ");
  const auto outside = activation ? after(*activation, "peak activation, ") : std::nullopt;
  if (!outside || has_reading(draft.facts, Measure::activation)) return;
  if (const auto amount = printed(*activation)) add(draft, Measure::activation, *amount, gibibyte);
  if (const auto amount = printed(*outside)) add(draft, Measure::non_torch, *amount, gibibyte);
  const auto weights = printed(rest);
  if (weights && !has_reading(draft.facts, Measure::weights)) {
    add(draft, Measure::weights, *weights, gibibyte);
  }
}

struct Figure {
  std::string_view key;  ///< what stands before the number
  Measure measure;
  double unit;
};
constexpr auto figures = std::to_array<Figure>(
    {{"Loading model weights took ", Measure::weights, gibibyte},
     {"Model loading took ", Measure::weights, gibibyte},
     {"model weights take ", Measure::weights, gibibyte},
     {"weights memory: ", Measure::weights, gibibyte},
     {"PyTorch activation peak memory takes ", Measure::activation, gibibyte},
     {"torch peak memory increase: ", Measure::activation, gibibyte},
     {"non_torch_memory takes ", Measure::non_torch, gibibyte},
     {"non-torch forward increase memory: ", Measure::non_torch, gibibyte},
     {"memory reserved for KV Cache is ", Measure::kv_budget, gibibyte},
     {"Available KV cache memory: ", Measure::kv_budget, gibibyte},
     {"# GPU blocks: ", Measure::kv_tokens, static_cast<double>(block_tokens)},
     {"# CUDA blocks: ", Measure::kv_tokens, static_cast<double>(block_tokens)},
     {"# cuda blocks: ", Measure::kv_tokens, static_cast<double>(block_tokens)},
     {"GPU KV cache size: ", Measure::kv_tokens, 1},
     {"CUDA graph pool memory: ", Measure::graphs, gibibyte}});

/// "Graph capturing finished in 2 secs, took 0.14 GiB"
void take_graphs(Draft& draft, std::string_view rest) {
  const auto took = after(rest, "took ");
  const auto amount = took ? printed(*took) : std::nullopt;
  if (amount) add(draft, Measure::graphs, *amount, gibibyte);
}

/// "Maximum concurrency for 4,096 tokens per request: 7.42x"
void take_concurrency(Draft& draft, std::string_view rest) {
  const auto times = after(rest, "tokens per request: ");
  const auto amount = times ? printed(*times) : std::nullopt;
  if (amount) add(draft, Measure::concurrency, *amount, 1);
}

struct Rule {
  std::string_view key;
  void (*take)(Draft&, std::string_view rest);
};
constexpr auto rules = std::to_array<Rule>({{"Initializing a", take_configuration},
                                            {"non-default args: ", take_arguments},
                                            {"args: Namespace(", take_arguments},
                                            {"vLLM API server version ", take_version},
                                            {"Using max model len ", take_length},
                                            {"max_num_batched_tokens=", take_batch},
                                            {"total_gpu_memory (", take_budget},
                                            {"Free memory on device ", take_free},
                                            {"Requested memory: ", take_requested},
                                            {"Memory profiling results: ", take_profile},
                                            {"To serve at least one request ", take_refusal},
                                            {"model's max seq len (", take_old_refusal},
                                            {"Actual usage is ", take_usage},
                                            {"Graph capturing finished in ", take_graphs},
                                            {"Maximum concurrency for ", take_concurrency}});

}  // namespace

void take_vllm(Draft& draft, std::string_view line) {
  for (const auto& rule : rules) {
    const auto rest = after(line, rule.key);
    if (rest && !draft.closed) rule.take(draft, *rest);
  }
  if (draft.closed) return;
  for (const auto& figure : figures) {
    const auto rest = after(line, figure.key);
    const auto amount = rest ? printed(*rest) : std::nullopt;
    if (amount) add(draft, figure.measure, *amount, figure.unit);
  }
}

}  // namespace llmfit::logs
