// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace llmfit::base {

/// The form under which names are compared: lower case, without spaces, `-`, `_`, `/`, and without
/// any `.` that does not stand between two digits.
std::string fold_name(std::string_view name);

/// Edits (insert, delete, replace, swap neighbours) between `a` and `b`; stops at `limit` + 1.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

/// Up to `count` of `names` nearest to `typed` (compared folded), nearest first, ties in the given
/// order; only those within a third of its length or that contain it as a prefix.
std::vector<std::string_view> nearest(std::string_view typed,
                                      std::span<const std::string_view> names,
                                      std::size_t count = 3);

/// "did you mean 'a', 'b' or 'c'?", empty for none.
std::string did_you_mean(std::span<const std::string_view> near_names);

}  // namespace llmfit::base
