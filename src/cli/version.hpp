// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace llmfit::cli {

inline constexpr std::string_view version = LLMFIT_VERSION;

}  // namespace llmfit::cli
