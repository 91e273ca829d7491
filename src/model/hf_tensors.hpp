// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "model/safetensors.hpp"

namespace llmfit::model {

/// How the numbers of layers in a checkpoint become those of the model.
struct HfLayers {
  int count = 0;          ///< layers before the multi-token-prediction blocks; 0: as they come
  int encoder_count = 0;  ///< of models with two stacks: decoder layers are numbered on from here
};

/// The tensors of a checkpoint.
struct HfTensors {
  std::vector<Tensor> tensors;
  std::vector<Tower> towers;
  std::deque<std::string> stems;  ///< of tensors that no table knows
  bool complete = true;           ///< false: packed weights whose shapes nothing tells
};

/// What the files hold, as the tensors of the model. Where they add up to the tensors that the
/// dimensions lead to (`expected`, may be empty) they take those' names and shapes, in which GGUF
/// files fuse, split, merge and turn them; where they do not, the files are right.
HfTensors tensors_of(const std::vector<FileTensor>& files, const std::vector<Tensor>& expected,
                     const HfLayers& layers);

}  // namespace llmfit::model
