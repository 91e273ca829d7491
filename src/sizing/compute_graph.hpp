// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "llmfit/model.hpp"
#include "sizing/graph_builder.hpp"

namespace llmfit::sizing::llama_cpp {

/// Bytes of the buffer in which the graph of a whole model is computed on one device.
std::int64_t graph_bytes(const Model& model, const GraphSetting& setting);

}  // namespace llmfit::sizing::llama_cpp
