// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "cli/format.hpp"
#include "cli/judge.hpp"
#include "llmfit/frontier.hpp"

namespace llmfit::cli {

/// Price against speed: for `--frontier`, and for a page where there is anything to draw. Absent:
/// it is not wanted. Errors: those of frontier.
Result<std::optional<Frontier>> frontier_for(const Judged& judged, const Arguments& arguments,
                                             OutputFormat format, const Catalog& catalog);

/// A page has users x context of its first format that fits, also where nobody asked for tables.
void add_table_for_page(Judged& judged, const Catalog& catalog);

}  // namespace llmfit::cli
