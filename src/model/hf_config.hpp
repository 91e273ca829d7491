// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "llmfit/catalog.hpp"
#include "model/hf_draft.hpp"
#include "model/hf_quantization.hpp"

namespace llmfit::model {

/// A config.json, read. The record points into `storage`.
struct HfConfig {
  ArchitectureRecord architecture;
  bool known = true;  ///< false: read as a Llama, because its weights lie beside it
  bool has_towers = false;
  std::string name;  ///< where the file tells it; may be empty
  std::string dtype;
  std::optional<std::int64_t> context_length;
  std::optional<HfQuantization> quantization;
  std::shared_ptr<const void> storage;
};

/// What lies beside a configuration and changes how it is read.
struct HfSurroundings {
  bool weights = false;        ///< safetensors
  bool output_matrix = false;  ///< and they hold an output matrix
  HfHints hints;
  std::string quantization;  ///< text of hf_quant_config.json; empty: none
};

/// Errors: invalid_file with the byte or the JSON pointer, unsupported (model_type, kind of layer
/// or quantization that is not known).
Result<HfConfig> read_hf_config(const std::string& text, const std::string& path,
                                const HfSurroundings& beside);

}  // namespace llmfit::model
