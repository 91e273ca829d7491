// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "llmfit/engine.hpp"
#include "llmfit/format.hpp"
#include "llmfit/model.hpp"
#include "llmfit/result.hpp"

namespace llmfit {

/// The most that can be asked for, and that an inverse search looks at.
inline constexpr std::int64_t longest_context = std::int64_t{1} << 31;
inline constexpr std::int64_t most_sequences = 1'000'000;

/// `--set FLAG=VALUE`, the engine's own flag name.
struct Setting {
  std::string flag;
  std::string value;
};

/// How llama.cpp divides a model over several devices: whole layers, rows of each matrix, or not at
/// all.
enum class SplitMode { layer, row, none };

/// What may go to the host's memory where the devices do not hold the model: as little as
/// suffices, found by search.
enum class Offload {
  none,
  layers,     ///< llama.cpp: whole blocks, n-gpu-layers is solved
  experts,    ///< llama.cpp: routed experts of the first blocks, n-cpu-moe is solved
  automatic,  ///< experts where the model has them, then layers; vLLM: cpu-offload-gb is solved
};

/// How a person wants the work divided; absent: the best legal way is searched.
struct SplitRequest {
  std::optional<std::int32_t> tensor;
  std::optional<std::int32_t> pipeline;
  std::optional<std::int32_t> data;  ///< attention data parallel: copies of all but the experts
  bool experts = false;              ///< experts are dealt out whole instead of cut
  std::optional<SplitMode> mode;     ///< llama.cpp
};

/// What a person asked for; absent means the engine's default.
struct WorkloadRequest {
  std::optional<std::int64_t> context;    ///< tokens of one sequence, prompt and answer together
  std::optional<std::int64_t> sequences;  ///< held at once
  std::string kv_type;                    ///< "f16", "q8_0", "fp8" …; empty: the engine's default
  std::vector<Setting> settings;
  SplitRequest split{};
  Offload offload = Offload::none;
};

enum class FlashAttention { automatic, on, off };

/// llama.cpp's settings that change memory, under its own names (batch sizes in tokens).
struct LlamaCppSettings {
  std::int64_t batch = 2048;
  std::int64_t ubatch = 512;
  bool kv_unified = false;
  bool swa_full = false;
  FlashAttention flash_attention = FlashAttention::automatic;
  std::int64_t rollback = 0;  ///< n_rs_seq: states kept beside the current one, to undo drafts
  /// n-gpu-layers: this many of the last blocks are on devices, the output counting as one of them;
  /// absent: all.
  std::optional<std::int32_t> gpu_layers;
  std::int32_t cpu_moe = 0;  ///< n-cpu-moe: routed experts of the first blocks stay on the host
  bool kv_offload = true;    ///< off: cache and state stay on the host
  bool op_offload = true;    ///< host weights are copied to a device for large batches
  bool mmap = true;          ///< host weights are mapped from the file
  SplitMode split_mode = SplitMode::layer;
  std::vector<double> tensor_split;  ///< shares of the devices; empty: by their free memory
  std::int32_t main_gpu = 0;         ///< the device of split mode none
};

/// What vLLM tells apart in devices beside their memory: an A100 has smaller defaults than other
/// cards of 80 GB, Hopper and data-centre Blackwell have kernels of their own, ROCm keeps more
/// outside PyTorch.
enum class Platform { cuda, cuda_a100, cuda_hopper, cuda_blackwell, rocm };

/// Minor version of vLLM 0.x whose rules are taken unless an older one is named.
inline constexpr std::int32_t newest_vllm = 27;
inline constexpr std::int32_t oldest_vllm = 3;  ///< 0.3, of which a start-up log was seen

/// vLLM's settings that change memory; absent ones follow the device as its server does.
struct VllmSettings {
  double utilization = 0.9;
  std::optional<std::int64_t> max_num_seqs;
  std::optional<std::int64_t> max_num_batched_tokens;
  bool enforce_eager = false;
  std::optional<std::int32_t> tensor_parallel;
  std::optional<std::int32_t> pipeline_parallel;
  bool expert_parallel = false;
  std::int32_t data_parallel = 1;   ///< attention data parallel ranks
  Bytes cpu_offload;                ///< cpu-offload-gb: of each rank's weights, in host memory
  std::int32_t decode_context = 1;  ///< tensor ranks that share the tokens of a cache out
  std::vector<std::int32_t> stage_layers;  ///< VLLM_PP_LAYER_PARTITION; empty: evenly
  std::optional<std::int64_t> block_size;  ///< tokens of a cache block
  std::optional<Bytes> kv_cache_memory;    ///< of one device; instead of what is left of its share
  bool hybrid_cache = true;                ///< windowed layers keep their window only
  bool prefix_caching = true;
  std::int32_t version = newest_vllm;  ///< 12 is 0.12
  Platform platform = Platform::cuda;  ///< of the devices, once they are known
};

/// Minor version of transformers 4.x whose rules are taken unless an older one is named.
inline constexpr std::int32_t newest_transformers = 56;

/// Settings of transformers that change memory.
struct TransformersSettings {
  bool eager_attention = false;  ///< scores of all pairs of tokens are written out
  std::int32_t version = newest_transformers;
};

/// What has to be held, for one engine: validated once, here.
struct Workload {
  Engine engine = Engine::llama_cpp;
  std::int64_t context = 4096;
  std::int64_t sequences = 1;
  bool context_is_default = false;  ///< nobody named it, under any flag
  bool sequences_are_default = false;
  TensorType cache_k = TensorType::f16;
  TensorType cache_v = TensorType::f16;
  Offload offload = Offload::none;
  SplitRequest split;  ///< settled: under whichever name it was asked for
  LlamaCppSettings llama_cpp;
  VllmSettings vllm;
  TransformersSettings transformers;
};

/// Tokens of one sequence where nobody says: 4096, or the model's limit where that is smaller.
std::int64_t default_context(const Model& model);

/// The first option of a split or an offload that the engine has nothing like: "--tp"; empty: it
/// has them all.
std::string_view lacking_option(Engine engine, const WorkloadRequest& request);

/// Fills in the engine's defaults and refuses what it would refuse or what contradicts itself.
/// Errors: invalid_value (out of range, unknown type), usage (unknown flag, contradiction),
/// unsupported (a real flag whose effect llmfit does not compute yet).
Result<Workload> make_workload(const WorkloadRequest& request, Engine engine, const Model& model,
                               double default_utilization);

/// vLLM and transformers keep the cache in the type that the model runs in, where nobody says
/// otherwise: that of a plain format.
void match_dtype(Workload& workload, const WorkloadRequest& request, const Format& format);

/// "f16", "q8_0" … of the cache; "k/v" where the two differ.
std::string kv_type_name(const Workload& workload);

}  // namespace llmfit
