// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "llmfit/catalog.hpp"
#include "llmfit/model.hpp"
#include "llmfit/result.hpp"

namespace llmfit::model {

/// The layers of an architecture after every per-kind and per-layer override; of an
/// encoder-decoder the encoder's before the decoder's.
struct LayerPlan {
  std::vector<Layer> layers;
};

/// Errors: internal (a letter that no rule knows, or not one letter a layer).
Result<LayerPlan> plan_layers(const ArchitectureRecord& record);

}  // namespace llmfit::model
