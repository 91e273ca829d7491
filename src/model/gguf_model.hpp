// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "llmfit/read_model.hpp"

namespace llmfit::model {

/// The model of a GGUF file, or of a split one any part of which is named. Errors: unreadable_file,
/// invalid_file (with the byte in `where`), unsupported (no language model, or another version).
Result<Model> read_gguf(ModelFiles& files, const std::string& path);

/// Whether a file begins as a GGUF file does, whatever its name.
bool is_gguf(FileBytes& file);

}  // namespace llmfit::model
