// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "model/safetensors.hpp"

namespace llmfit::model {

/// No published config.json is anywhere near.
constexpr std::uint64_t config_limit = std::uint64_t{8} << 20;

/// Where the parts of a model lie, as paths; empty: there is no such file.
struct HfPlace {
  std::string name;  ///< of the folder or file
  std::string config;
  std::string quantization;  ///< hf_quant_config.json
  std::string index;
  std::vector<std::string> weights;
};

/// The files that belong to what `path` names: a folder, a safetensors file (any part of a split
/// one), its index, or a config.json. Errors: unreadable_file, invalid_file.
Result<HfPlace> find_hugging_face(ModelFiles& files, const std::string& path);

/// The headers of all weights.
struct HfWeights {
  std::string path;  ///< of the first file
  std::vector<FileTensor> tensors;
  Bytes tensor_bytes;
  Bytes metadata_bytes;
  std::int32_t files = 0;
};

/// Errors: unreadable_file, invalid_file (also for files and tensors that the index names and that
/// are not there, and for tensors in two files).
Result<HfWeights> read_hf_weights(ModelFiles& files, const HfPlace& place);

}  // namespace llmfit::model
