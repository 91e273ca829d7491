// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cli/environment.hpp"

namespace llmfit::cli {

/// The day in UTC, YYYY-MM-DD: that of SOURCE_DATE_EPOCH where it is set, else of the clock.
std::string today(const Environment& environment);

/// Days from one YYYY-MM-DD to the other; absent when one of them is no such date.
std::optional<std::int64_t> days_between(std::string_view from, std::string_view to);

}  // namespace llmfit::cli
