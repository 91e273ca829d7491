// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "llmfit/model.hpp"
#include "llmfit/sizing.hpp"

namespace llmfit {

/// LoRA adapters that are loaded beside a model, each over all of its linear layers.
struct Lora {
  std::int32_t rank = 0;
  std::int32_t count = 1;
};

/// What is held beside the model and counted in its five terms.
struct AddOns {
  std::optional<Lora> lora;
  std::optional<TensorType> projector;  ///< the towers are loaded, their matrices in this type
  std::shared_ptr<const Model> draft;   ///< a model that proposes tokens; null: none

  [[nodiscard]] bool any() const { return lora || projector || draft; }
};

/// Adds what the adapters take on each device. A matrix of `in` x `out` elements gets two, of
/// rank x in and of rank x out; routed experts and recurrent parts get none. llama.cpp and vLLM
/// hold them in 16 bits, transformers (PEFT) in 32; vLLM rounds the rank up to one that it has
/// kernels for. Errors: invalid_value (a rank above vLLM's largest), too_large.
Result<void> add_lora(Weights& weights, const Model& model, const Lora& lora, Engine engine);

/// Adds the towers on the device that holds the input, where the engine has them in a file of their
/// own (llama.cpp: mmproj). Other engines load them with the model. Errors: unsupported (the model
/// has no tower, or its size is unknown), too_large.
Result<void> add_projector(Weights& weights, const Model& model, TensorType type, Engine engine);

/// A draft model, sized for the same workload as the model that it drafts for.
struct Draft {
  const Model& model;
  Format format;
  Workload workload;
  Weights weights;
  Footprint footprint;
};

/// Errors: those of weigh and size.
Result<Draft> size_draft(const Model& draft, const Format& format, const Workload& workload,
                         const EngineRecord& engine);

/// The memory of both on one device of unlimited size. One process runs both, so `runtime` is not
/// added; a term that is unknown of one of them is unknown of both.
Footprint joined(const Footprint& footprint, const Draft& draft);

}  // namespace llmfit
