// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <vector>

#include "llmfit/sizing.hpp"
#include "sizing/offload.hpp"
#include "sizing/widths.hpp"

namespace llmfit::sizing::llama_cpp {

/// What one place holds of a model, the engine's runtime apart.
struct PlaceLoad {
  Bytes weights;
  Bytes kv_cache;
  Bytes state;
  Bytes compute;  ///< of the host with the buffer of outputs
};

/// A model that lies partly in host memory, sized again and again with other parts there.
class HostedModel {
 public:
  HostedModel(const Model& model, const Weights& weights, const Format& format)
      : model_(model), weights_(weights), widths_(widths_of(model)), sizes_(model, format) {}

  /// Of every device and, last, of the host. `parts` has a place for every block.
  [[nodiscard]] std::vector<PlaceLoad> loads(
      const Workload& workload, const PartPlaces& parts,
      BatchRounding rounding = BatchRounding::as_engine) const;

  /// What each block takes on a device with its cache and state, the experts left out that lie on
  /// the host.
  [[nodiscard]] std::vector<Bytes> blocks_on_device(const Workload& workload,
                                                    const PartPlaces& parts) const;

  [[nodiscard]] const Widths& widths() const { return widths_; }

 private:
  void add_weights(std::vector<PlaceLoad>& loads, const PartPlaces& parts) const;
  void add_caches(std::vector<PlaceLoad>& loads, const Workload& workload,
                  const PartPlaces& parts) const;

  const Model& model_;
  const Weights& weights_;
  Widths widths_;
  TensorSizes sizes_;
};

/// Every part on one device but for what the settings leave on the host.
PartPlaces parts_of_one_device(const Model& model, const LlamaCppSettings& settings);

}  // namespace llmfit::sizing::llama_cpp
