// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "llmfit/model.hpp"
#include "model/gguf_architecture.hpp"
#include "model/gguf_split.hpp"

namespace llmfit::model {

/// Texts that stay where they are while the set grows.
using Stems = std::set<std::string, std::less<>>;

/// The tensors of a model in the order of the engine's loader, and its towers.
struct GgufTensors {
  std::vector<Tensor> tensors;
  std::vector<Tower> towers;
  std::shared_ptr<const Stems> stems;
};

/// Errors: invalid_file (a name that occurs twice, a block beyond those that the file claims).
Result<GgufTensors> gguf_tensors(const GgufFiles& files, const GgufStacks& stacks,
                                 const std::string& path);

/// Whether some tensor belongs to the decoder of an encoder-decoder model.
bool has_decoder(const std::vector<GgufTensor>& tensors);

}  // namespace llmfit::model
