// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace llmfit::test {

/// Parameters of a model as llama.cpp v0.5.0 declares them (include/llama.h). An unequal default
/// tells that the layout has changed.
struct LlamaModelParams {
  void* devices;
  void* tensor_buft_overrides;
  std::int32_t n_gpu_layers;
  int split_mode;
  int load_mode;
  int lazy_mode;
  std::int32_t main_gpu;
  const float* tensor_split;
  void* progress_callback;
  void* progress_callback_user_data;
  void* kv_overrides;
  bool vocab_only;
  bool check_tensors;
  bool use_extra_bufts;
  bool no_host;
  bool no_alloc;
  bool load_mtp;
};

/// Parameters of a context, likewise.
struct LlamaContextParams {
  std::uint32_t n_ctx;
  std::uint32_t n_batch;
  std::uint32_t n_ubatch;
  std::uint32_t n_seq_max;
  std::uint32_t n_rs_seq;
  std::uint32_t n_outputs_max;
  std::uint32_t n_outputs_max_per_seq;
  std::int32_t n_threads;
  std::int32_t n_threads_batch;
  int ctx_type;
  int rope_scaling_type;
  int pooling_type;
  int attention_type;
  int flash_attn_type;
  float rope_freq_base;
  float rope_freq_scale;
  float yarn_ext_factor;
  float yarn_attn_factor;
  float yarn_beta_fast;
  float yarn_beta_slow;
  std::uint32_t yarn_orig_ctx;
  float defrag_thold;
  void* cb_eval;
  void* cb_eval_user_data;
  int type_k;
  int type_v;
  void* abort_callback;
  void* abort_callback_data;
  bool embeddings;
  bool offload_kqv;
  bool no_perf;
  bool op_offload;
  bool swa_full;
  bool kv_unified;
  void* samplers;
  std::size_t n_samplers;
  void* ctx_other;
};

/// Bytes that the engine planned in one kind of buffer.
struct EngineBytes {
  std::size_t model = 0;
  std::size_t context = 0;
  std::size_t compute = 0;
};

/// The real engine, loaded from a folder of its shared libraries. It plans and allocates nothing.
class LlamaCpp {
 public:
  /// Stays empty, with the reason in `missing`, where the libraries cannot be used.
  explicit LlamaCpp(const std::string& folder);

  [[nodiscard]] const std::string& missing() const { return missing_; }
  [[nodiscard]] LlamaContextParams context_defaults() const { return context_defaults_(); }

  /// What a file would take in host memory, summed over kinds of buffers. Empty `error` on success.
  struct Plan {
    EngineBytes bytes;
    std::string error;
  };
  Plan plan(const std::string& gguf, const LlamaContextParams& settings);

 private:
  using Breakdown = std::map<void*, EngineBytes>;

  std::string missing_;
  LlamaModelParams (*model_defaults_)() = nullptr;
  LlamaContextParams (*context_defaults_)() = nullptr;
  void* (*load_)(const char*, LlamaModelParams) = nullptr;
  void* (*create_)(void*, LlamaContextParams) = nullptr;
  void (*free_model_)(void*) = nullptr;
  void (*free_context_)(void*) = nullptr;
  Breakdown (*breakdown_)(const void*) = nullptr;
};

}  // namespace llmfit::test
