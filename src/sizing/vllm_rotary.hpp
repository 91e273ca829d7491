// SPDX-License-Identifier: MIT
#pragma once

#include "llmfit/model.hpp"

namespace llmfit::sizing::vllm {

/// Tables of sines and cosines that every rank keeps whole: a row for each position of the model's
/// longest context, a table for each way to rotate (vllm/model_executor/layers/rotary_embedding).
Bytes rotary_tables(const Model& model);

}  // namespace llmfit::sizing::vllm
