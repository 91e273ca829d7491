// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "llmfit/read_model.hpp"

namespace llmfit::model {

/// A type of elements under the name that safetensors has for it.
struct ElementType {
  std::string_view name;
  std::int32_t bits;
  std::optional<TensorType> type;  ///< where it is a type of weights by itself
};

/// One entry of a safetensors header.
struct FileTensor {
  std::string name;
  const ElementType* type = nullptr;
  std::vector<std::int64_t> shape;  ///< slowest dimension first, as written
  std::int64_t bytes = 0;
};

/// What the header of one safetensors file says.
struct SafetensorsHeader {
  std::vector<FileTensor> tensors;  ///< in the order of their data
  std::int64_t header_bytes = 0;    ///< with the eight that hold its length
  std::int64_t file_bytes = 0;
};

/// Reads the header and checks it against the file: every tensor's data lies in the file, one after
/// the other, and is as long as its type and shape say. Errors: unreadable_file, invalid_file with
/// the byte.
Result<SafetensorsHeader> read_safetensors(ModelFiles& files, const std::string& path);

/// The files that an index ("model.safetensors.index.json") spreads a model over.
struct SafetensorsIndex {
  std::vector<std::string> files;                              ///< sorted, without folder
  std::vector<std::pair<std::string, std::uint32_t>> tensors;  ///< name and which file, sorted
};

/// Errors: unreadable_file, invalid_file with the byte.
Result<SafetensorsIndex> read_safetensors_index(ModelFiles& files, const std::string& path);

}  // namespace llmfit::model
