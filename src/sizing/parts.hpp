// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "llmfit/sizing.hpp"
#include "sizing/cache.hpp"
#include "sizing/engine_llama_cpp.hpp"
#include "sizing/widths.hpp"

/// The figures behind a footprint's terms, without their explanation: what `size` and the searches
/// of the placement have in common.
namespace llmfit::sizing {

/// What stays the same while a split is computed stage by stage.
struct ComputeQuery {
  const Model& model;
  const Widths& widths;
  const Workload& workload;
  llama_cpp::BatchRounding rounding = llama_cpp::BatchRounding::as_engine;
  llama_cpp::ComputeGuess* guess = nullptr;  ///< on devices a bound will do; null: the figure
};

/// Compute memory of one stage; absent when the model's dimensions or the engine's rule are
/// unknown.
std::optional<Bytes> compute_of(const ComputeQuery& query, Stage stage, std::optional<Bytes> total);

/// Compute memory where the whole model runs in the host's memory alone; absent as above.
std::optional<Bytes> host_compute(const ComputeQuery& query);

/// What the engine takes beside the model there, from what it takes on a device.
Bytes host_runtime(const ComputeQuery& query, Bytes on_device);

/// The band of `bytes`, the compute memory of one device of unlimited size.
Estimate compute_band(const ComputeQuery& query, Bytes bytes);

/// What the engine takes beside the model on one device that works alone; absent: unknown.
std::optional<Estimate> runtime_estimate(const Workload& workload, const EngineRecord& engine,
                                         Bytes weights);

/// Host memory beside the device: weights that stay there, pinned and output buffers.
Bytes host_bytes(const Model& model, const Widths& widths, const Workload& workload,
                 const Weights& weights);

}  // namespace llmfit::sizing
