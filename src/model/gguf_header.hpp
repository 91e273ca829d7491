// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "model/gguf_metadata.hpp"
#include "model/gguf_types.hpp"

namespace llmfit::model {

/// An entry of the table of tensors.
struct GgufTensor {
  std::string name;
  std::array<std::int64_t, 4> shape{1, 1, 1, 1};
  const GgufType* type = nullptr;
  std::uint64_t bytes = 0;
  std::uint64_t offset = 0;  ///< from the start of the data
  std::uint64_t entry = 0;   ///< where the file says this
};

/// What stands before the data of a GGUF file.
struct GgufHeader {
  GgufMetadata metadata;
  std::vector<GgufTensor> tensors;
  std::uint64_t file_bytes = 0;
};

/// Reads the header of one file and checks that the data which it promises are there. Errors:
/// unreadable_file, invalid_file, unsupported (another version or byte order).
Result<GgufHeader> read_gguf_header(FileBytes& file, const std::string& path);

}  // namespace llmfit::model
