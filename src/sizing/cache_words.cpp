// SPDX-License-Identifier: MIT
#include "sizing/cache_words.hpp"

namespace llmfit::sizing {
namespace {

constexpr Wording indexed_cache{
    "sum over layers of streams x cells x (bytes of a K row + of a V row + of an index row, where "
    "the layer has an indexer); cells = context padded to 256",
    "llama.cpp v0.5.0: src/llama-kv-cache-dsa.cpp, src/llama-kv-cache-msa.cpp"};

constexpr Wording compressed_cache{
    "sum over layers of sequences x (latest cells x K row + compressed cells x (K row + index row, "
    "where the layer has an indexer)); latest = window + ubatch, compressed = context / ratio of "
    "the layer, each padded to 256",
    "llama.cpp v0.5.0: src/llama-kv-cache-dsv4.cpp"};

constexpr Wording compressors{
    "sum over layers that compress of sequences x keys and scores of the tokens of the next row x "
    "4 bytes",
    "llama.cpp v0.5.0: src/llama-kv-cache-dsv4.cpp"};

constexpr Wording llama_cpp_state{
    "sum over recurrent layers of sequences x (inputs of the convolution or token shift + "
    "recurrence) x 4 bytes",
    "llama.cpp v0.5.0: src/llama-memory-recurrent.cpp, src/llama-hparams.cpp"};

constexpr Wording vllm_state{
    "sequences x sum over groups of recurrent layers of pages x layers of a group: inputs and "
    "recurrence, padded to the page of an attention layer; two pages under prefix caching",
    "vLLM: vllm/model_executor/layers/mamba/mamba_utils.py, vllm/model_executor/models/config.py"};

constexpr Wording transformers_state{
    "sum over recurrent layers of sequences x (inputs + recurrence) in the types of its caches",
    "Hugging Face transformers: cache classes of the models"};

constexpr Wording textbook_state{"0: the rule of thumb knows only keys and values",
                                 "textbook formula"};

}  // namespace

std::optional<Wording> unusual_cache_words(const Model& model, Engine engine) {
  if (engine != Engine::llama_cpp) return std::nullopt;
  if (model.arch.compressed) return compressed_cache;
  return model.arch.indexer ? std::optional(indexed_cache) : std::nullopt;
}

Wording state_words(const Model& model, Engine engine) {
  switch (engine) {
    case Engine::llama_cpp:
      return model.arch.compressed ? compressors : llama_cpp_state;
    case Engine::vllm:
      return vllm_state;
    case Engine::transformers:
      return transformers_state;
    case Engine::params:
      return textbook_state;
    case Engine::mlx:
    case Engine::exllama:
      break;
  }
  return {};
}

}  // namespace llmfit::sizing
