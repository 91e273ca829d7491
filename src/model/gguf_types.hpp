// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "llmfit/format.hpp"

namespace llmfit::model {

/// A tensor type of GGUF files: `bytes` per block of `elements`.
struct GgufType {
  std::uint32_t id;
  std::string_view name;
  std::int32_t elements;
  std::int32_t bytes;              ///< 0: a type that llama.cpp has removed
  std::optional<TensorType> type;  ///< absent: no weights are computed with it
};

/// Null for an unknown number.
const GgufType* gguf_type(std::uint32_t id);

/// llama.cpp's name in lower case of the number in `general.file_type` ("q4_k_m"), and the type
/// of most of its matrices. Null for an unknown number.
struct GgufFileType {
  std::int64_t id;
  std::string_view name;
  TensorType type;
};
const GgufFileType* gguf_file_type(std::int64_t id);
/// The file type in which every matrix has that type, such as "q8_0". Null where there is none.
const GgufFileType* gguf_file_type_of(TensorType type);

}  // namespace llmfit::model
