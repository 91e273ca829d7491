// SPDX-License-Identifier: MIT
#pragma once

#include "llmfit/model.hpp"
#include "sizing/compute_guess.hpp"
#include "sizing/graph_builder.hpp"
#include "sizing/widths.hpp"

namespace llmfit::sizing::llama_cpp {

/// The buffer in which a device computes its part of the graph: the engine's own allocations,
/// replayed. `Bytes::max()` where a tensor of it is larger than any machine's memory. What was
/// replayed for a model is remembered. With a `guess` nothing new is replayed: it is then a bound,
/// and the guess says so.
Bytes graph_buffer(const Model& model, const Widths& widths, const GraphSetting& setting,
                   ComputeGuess* guess = nullptr);

/// The same without memory of earlier calls, and without short cuts.
Bytes replay_graph(const Model& model, const GraphSetting& setting);

/// What the host's memory holds for a graph on one device: its inputs and the looked-up embeddings.
Bytes graph_inputs(const Model& model, const Widths& widths, const GraphSetting& setting);

}  // namespace llmfit::sizing::llama_cpp
