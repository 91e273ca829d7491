// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "llmfit/format.hpp"
#include "model/hf_fields.hpp"

namespace llmfit::model {

/// How the weights beside a configuration are quantized.
struct HfQuantization {
  std::string id;  ///< as in the catalog where it has such a format; "mixed" for several at once
  std::string name;
  Engine engine = Engine::vllm;
  std::optional<Scheme> scheme;        ///< absent for "mixed"
  std::vector<std::string> kept = {};  ///< modules left in 16 bits, as the configuration lists them
};

/// What `quantization_config` (MLX: `quantization`, ModelOpt: a file of its own) says. Null where
/// the weights are not quantized. An unknown method is a fault.
std::optional<HfQuantization> read_hf_quantization(const HfFields& config);

}  // namespace llmfit::model
