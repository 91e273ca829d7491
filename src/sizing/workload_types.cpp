// SPDX-License-Identifier: MIT
#include <array>
#include <string>
#include <vector>

#include "base/names.hpp"
#include "base/text.hpp"
#include "sizing/workload_draft.hpp"

namespace llmfit::sizing {
namespace {

struct CacheType {
  Engine engine;
  std::string_view name;
  TensorType type;
};

/// What each engine can store its cache in: llama.cpp: common/arg.cpp; vLLM: vllm/config/cache.py.
/// Types that only some of vLLM's attention backends have are left out.
constexpr std::array<CacheType, 19> cache_types = {{
    {Engine::llama_cpp, "f32", TensorType::f32},
    {Engine::llama_cpp, "f16", TensorType::f16},
    {Engine::llama_cpp, "bf16", TensorType::bf16},
    {Engine::llama_cpp, "q8_0", TensorType::q8_0},
    {Engine::llama_cpp, "q4_0", TensorType::q4_0},
    {Engine::llama_cpp, "q4_1", TensorType::q4_1},
    {Engine::llama_cpp, "iq4_nl", TensorType::iq4_nl},
    {Engine::llama_cpp, "q5_0", TensorType::q5_0},
    {Engine::llama_cpp, "q5_1", TensorType::q5_1},
    {Engine::vllm, "f16", TensorType::f16},
    {Engine::vllm, "bf16", TensorType::bf16},
    {Engine::vllm, "fp8", TensorType::fp8},
    {Engine::vllm, "fp8_e4m3", TensorType::fp8},
    {Engine::vllm, "fp8_e5m2", TensorType::fp8},
    {Engine::transformers, "f16", TensorType::f16},
    {Engine::transformers, "bf16", TensorType::bf16},
    {Engine::transformers, "f32", TensorType::f32},
    {Engine::mlx, "f16", TensorType::f16},
    {Engine::exllama, "f16", TensorType::f16},
}};

/// Names of one type in different places.
constexpr std::array<std::array<std::string_view, 2>, 6> second_names = {{{"fp32", "f32"},
                                                                          {"float32", "f32"},
                                                                          {"fp16", "f16"},
                                                                          {"float16", "f16"},
                                                                          {"half", "f16"},
                                                                          {"bfloat16", "bf16"}}};

std::string plain_name(std::string_view typed) {
  auto name = base::lower(typed);
  for (const auto& [second, first] : second_names) {
    if (name == second) return std::string(first);
  }
  return name;
}

std::string names_of(Engine engine) {
  std::string names;
  for (const auto& entry : cache_types) {
    if (entry.engine != engine) continue;
    names += (names.empty() ? "" : ", ") + std::string(entry.name);
  }
  return names;
}

}  // namespace

TensorType default_cache_type(Engine engine, const Model& model) {
  // vllm/model_executor/models/config.py: sparse latent attention has kernels for 8 bits only.
  if (engine == Engine::vllm && model.arch.indexer && model.arch.mla) return TensorType::fp8;
  const bool own_type = engine == Engine::vllm || engine == Engine::transformers;
  return own_type && model.native_dtype != "float16" ? TensorType::bf16 : TensorType::f16;
}

Result<TensorType> cache_type(Engine engine, const Model& model, std::string_view name) {
  const auto plain = plain_name(name);
  if (plain == "auto" && engine != Engine::llama_cpp) return default_cache_type(engine, model);
  for (const auto& entry : cache_types) {
    if (entry.engine == engine && entry.name == plain) return entry.type;
  }
  const auto typed = base::printable(name);
  const std::string who(to_string(engine));
  if (engine == Engine::params) {
    return fail(ErrorCode::invalid_value, "the params rule has no KV cache type '" + typed + "'",
                "leave it out, or choose an engine with --engine", typed);
  }
  return fail(ErrorCode::invalid_value, who + " has no KV cache type '" + typed + "'",
              who + " has " + names_of(engine), typed);
}

}  // namespace llmfit::sizing
