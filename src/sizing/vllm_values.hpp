// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "llmfit/units.hpp"

/// How vLLM writes the values of its settings.
namespace llmfit::sizing::vllm {

/// The minor version in "0.12", "0.12.0" or "v0.12.0"; absent: no version of vLLM.
std::optional<std::int32_t> parse_version(std::string_view typed);

/// A number of bytes, also with a unit: 8G is 8 x 10^9, 8Gi is 8 x 2^30. Absent: no such number.
std::optional<Bytes> parse_bytes(std::string_view typed);

}  // namespace llmfit::sizing::vllm
