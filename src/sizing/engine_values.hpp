// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "llmfit/units.hpp"

/// How engines write versions and the values of their settings.
namespace llmfit::sizing {

/// The minor version in "0.12", "0.12.0" or "v0.12.0", where `major` is 0; absent: no such version.
std::optional<std::int32_t> parse_minor(std::string_view typed, std::string_view major);

/// vLLM: a number of bytes, also with a unit: 8G is 8 x 10^9, 8Gi is 8 x 2^30. Absent: no such
/// number.
std::optional<Bytes> parse_bytes(std::string_view typed);

}  // namespace llmfit::sizing
