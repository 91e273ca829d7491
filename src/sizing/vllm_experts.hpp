// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "llmfit/model.hpp"
#include "llmfit/workload.hpp"

namespace llmfit::sizing::vllm {

/// Elements of a routed expert in mxfp4 as its kernel pads them, over those that it has, on one of
/// `ranks` ranks; 1 where the model has no experts.
double expert_padding(const Model& model, Platform platform, std::int64_t ranks);

/// That of a workload's devices over that of a single card with the usual kernel, which the weights
/// of a model stand for.
double expert_scale(const Model& model, const VllmSettings& settings, std::int64_t ranks);

}  // namespace llmfit::sizing::vllm
