// SPDX-License-Identifier: MIT
#pragma once

#include "llmfit/sizing.hpp"

namespace llmfit::sizing {

/// Weights under vLLM, transformers and other engines that keep everything on the device.
void weigh_served(Weights& weights, const Model& model, const Format& format);

}  // namespace llmfit::sizing
