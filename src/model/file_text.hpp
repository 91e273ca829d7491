// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "llmfit/read_model.hpp"

namespace llmfit::model {

/// "model.safetensors: byte 17".
std::string at_byte(const std::string& path, std::uint64_t offset);

/// Folder of a path with the slash at its end; empty for a bare name.
std::string folder_of(const std::string& path);
std::string name_of(const std::string& path);

/// `count` bytes from `offset` on. Errors: unreadable_file, invalid_file where the file ends
/// before.
Result<std::string> read_part(FileBytes& file, const std::string& path, std::uint64_t offset,
                              std::uint64_t count);

/// A whole small file. Errors: unreadable_file, invalid_file where it is larger than `limit` bytes.
Result<std::string> read_text(ModelFiles& files, const std::string& path, std::uint64_t limit);

}  // namespace llmfit::model
