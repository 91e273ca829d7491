// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace llmfit::search {

/// "vast.ai, runpod, aws and 2 others".
std::string some_of(const std::vector<std::string_view>& names);

/// More days than these and a price may no longer be asked.
inline constexpr int old_days = 90;
/// Whether a price of that date is old by now; not where either date is unknown.
bool is_old(std::string_view as_of, std::string_view today);

}  // namespace llmfit::search
