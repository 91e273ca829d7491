// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "llmfit/read_model.hpp"

namespace llmfit::model {

/// The model of a safetensors file, its index, a config.json, or a folder that holds them. Errors:
/// unreadable_file, invalid_file, unsupported, too_large.
Result<Model> read_hugging_face(ModelFiles& files, const std::string& path);

}  // namespace llmfit::model
