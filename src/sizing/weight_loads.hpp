// SPDX-License-Identifier: MIT
#pragma once

#include "llmfit/sizing.hpp"

namespace llmfit::sizing {

/// True where tensor parallelism divides a tensor, false where every rank holds it whole.
bool is_sharded(const Tensor& tensor);

/// Adds the bytes of a model's tensors, in its order, to the load of their layer, of what comes
/// before the layers or of what comes after them.
class Loads {
 public:
  explicit Loads(Weights& weights) : weights_(weights) {}
  void put(const Tensor& tensor, Bytes bytes);
  /// The same under llama.cpp, with what the tensor takes in host memory instead.
  void put_or_host(const Tensor& tensor, Bytes on_device, Bytes on_host);
  /// The same for routed experts that their kernel pads.
  void put_padded_experts(const Tensor& tensor, Bytes bytes);

 private:
  BlockLoad& load_of(const Tensor& tensor);

  Weights& weights_;
  bool before_layers_ = true;
};

/// Spreads bytes of unknown tensors evenly over the layers, the remainder on the first, nothing
/// before or after them: so that a placement can split what it knows only as a sum. A model without
/// known layers is one block.
void spread(Weights& weights, Bytes bytes, std::size_t layers);

/// Everything on the device.
Bytes device_bytes(const Weights& weights);

/// All weights in host memory, where no device takes part.
Bytes host_only_bytes(const Weights& weights);

}  // namespace llmfit::sizing
