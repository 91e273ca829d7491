// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/gguf_header.hpp"

namespace llmfit::model {

/// "NAME-00002-of-00005.gguf" taken apart.
struct PartName {
  std::string stem;  ///< "NAME", with its folder
  std::int32_t number = 0;
  std::int32_t count = 0;
};
std::optional<PartName> part_name(std::string_view path);
/// The path of one part; `number` counts from 1.
std::string part_path(const PartName& name, std::int32_t number);

/// A model's file, or all files where it is split.
struct GgufFiles {
  GgufMetadata metadata;  ///< of the first part
  std::vector<GgufTensor> tensors;
  std::uint64_t bytes = 0;
  std::int32_t parts = 1;
};

/// The file, and where it is part of a split model all the others. Errors: those of
/// read_gguf_header, and where a part is missing or belongs to something else.
Result<GgufFiles> read_gguf_files(ModelFiles& files, const std::string& path);

}  // namespace llmfit::model
