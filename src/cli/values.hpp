// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/parse.hpp"

namespace llmfit::cli {

/// "'abc' is no value of --context", with what the option takes.
tl::unexpected<Error> bad_value(Option option, std::string_view value, std::string hint);

/// A whole number within limits; absent when the option is not given. Errors: invalid_value.
Result<std::optional<std::int64_t>> whole_number(const Arguments& arguments, Option option,
                                                 std::int64_t low, std::int64_t high);

/// A token count such as 4096 or 8k; absent when the option is not given. Errors: invalid_value.
Result<std::optional<std::int64_t>> tokens(const Arguments& arguments, Option option);

/// An amount of dollars above 0; absent when the option is not given. Errors: invalid_value.
Result<std::optional<double>> dollars(const Arguments& arguments, Option option);

/// The parts of a list with commas; empty when the option is not given. Errors: invalid_value.
Result<std::vector<std::string>> list(const Arguments& arguments, Option option);

}  // namespace llmfit::cli
