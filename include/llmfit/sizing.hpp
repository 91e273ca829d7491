// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "llmfit/catalog.hpp"
#include "llmfit/format.hpp"
#include "llmfit/model.hpp"
#include "llmfit/result.hpp"
#include "llmfit/workload.hpp"

namespace llmfit {

enum class TermKind { weights, kv_cache, state, compute, runtime };
inline constexpr std::array<TermKind, 5> all_terms = {
    TermKind::weights, TermKind::kv_cache, TermKind::state, TermKind::compute, TermKind::runtime};
std::string_view to_string(
    TermKind kind);  ///< "weights", "KV cache", "state", "compute", "runtime"

enum class Basis { exact, estimate };

/// One number that went into a term, and where it comes from ("catalog", "option", "engine" …).
struct Input {
  std::string_view name;
  double value = 0;
  std::string_view source;
};

/// A named part of the memory. Exact terms have `low == bytes == high`.
struct Term {
  TermKind kind = TermKind::weights;
  Bytes bytes;
  Basis basis = Basis::exact;
  Bytes low;
  Bytes high;
  std::string_view formula;  ///< in words and symbols, the inputs' names in it
  std::vector<Input> inputs;
  std::string_view source;  ///< where the rule comes from
};

/// What one block, or the output head after the last one, brings to the device that holds it.
struct BlockLoad {
  Bytes sharded;     ///< weights that tensor parallelism divides
  Bytes replicated;  ///< weights that every tensor-parallel rank holds whole
  Bytes kv_cache;
  Bytes state;
  Bytes kv_heads{};  ///< of `sharded`, what makes keys and values: a rank holds at least one head
  Bytes experts{};   ///< of `sharded`, routed experts whose kernel pads them
  Bytes routed{};    ///< of `sharded`, all routed experts
  Bytes shared_experts{};  ///< of `sharded`, experts that every token passes
  Bytes host{};            ///< the same weights in host memory, under llama.cpp
  Bytes host_routed{};
};

/// Weights of a model in a format, as an engine places them. Independent of context and sequences.
struct Weights {
  Bytes tensor_bytes;          ///< all tensors, unpadded: what a file holds beside its metadata
  Elements elements;           ///< of those tensors
  double bits_per_weight = 0;  ///< 8 x tensor_bytes / elements
  Basis basis = Basis::exact;
  Bytes draft;      ///< of `tensor_bytes`, blocks for drafting that the engine does not load
  Bytes host;       ///< weights that stay in host memory
  BlockLoad input;  ///< before the first block (the embedding, where it is on the device)
  std::vector<BlockLoad> blocks;
  BlockLoad output;  ///< final norm and output matrix
  Bytes towers;      ///< part of `input`: vision and audio towers, in no file of tensors counted
  Bytes dropped;     ///< of `tensor_bytes`, what the engine does not keep: orders of inputs
  Bytes adapters;    ///< part of `blocks`: LoRA adapters, see add_lora
  Bytes projector;   ///< part of `input`: towers in a file of their own, see add_projector
  std::int64_t tensor_count = 0;
};

/// Memory of a whole model on one device of unlimited size: its terms and what a split can move.
struct Footprint {
  std::vector<Term> terms;  ///< in the order of TermKind; an absent kind is unknown, not zero
  Bytes host;               ///< beside the total: weights, pinned and output buffers in host memory
  std::optional<Bytes> host_compute;  ///< instead of compute, where no device takes part
  Bytes host_runtime;                 ///< instead of runtime, where no device takes part
  Bytes host_kv_cache;                ///< the same of cache and state: other padding, other kernels
  Bytes host_state;
  BlockLoad input;
  std::vector<BlockLoad> blocks;
  BlockLoad output;

  [[nodiscard]] std::optional<Bytes> of(TermKind kind) const;
  [[nodiscard]] Bytes total() const;  ///< sum of the terms, always
};

/// One stage of a split: which part of the model a device computes.
struct Stage {
  std::int32_t index = 0;
  std::int32_t count = 1;   ///< pipeline stages or layer-split devices
  std::int32_t tensor = 1;  ///< ranks that share each layer of the stage
};

/// The type of every tensor under a file type of llama.cpp, in the model's order.
std::vector<TensorType> tensor_types(const Model& model, const Format& format);

/// Weights under the format's recipe for its engine. Errors: too_large.
Result<Weights> weigh(const Model& model, const Format& format);

/// The same for one model in many formats: what they have in common is found once. The model has to
/// outlive it.
class Weigher {
 public:
  explicit Weigher(const Model& model);
  ~Weigher();
  Weigher(const Weigher&) = delete;
  Weigher& operator=(const Weigher&) = delete;

  Result<Weights> weigh(const Format& format);

 private:
  struct Seen;
  const Model& model_;
  std::unique_ptr<Seen> seen_;
};

/// The whole footprint. Cheap: may be called in a search. Errors: too_large.
Result<Footprint> size(const Model& model, const Weights& weights, const Workload& workload,
                       const Format& format, const EngineRecord& engine);

/// Compute buffers of one stage; absent when unknown. `total` is the device's memory (vLLM's
/// defaults depend on it), absent: unlimited.
std::optional<Bytes> compute_bytes(const Model& model, const Workload& workload, Stage stage,
                                   std::optional<Bytes> total);

/// KV cache bytes of one layer for the whole workload, all sequences.
Bytes kv_cache_bytes(const Model& model, const Layer& layer, const Workload& workload);

/// Bytes of one layer's recurrent or convolution state for the whole workload, all sequences: what
/// does not grow with the context. Absent where the engine's rule is unknown.
std::optional<Bytes> state_bytes(const Model& model, const Layer& layer, const Workload& workload);

}  // namespace llmfit
