// SPDX-License-Identifier: MIT
#pragma once

#include "render/fit_view.hpp"
#include "render/report.hpp"

namespace llmfit::render {

/// Users x context of one format, for people.
Section load_table_section(const FormatResult& format, const LoadTable& table);

/// The same of every format in raw units, for CSV: a row for each context and number of sequences.
Table flat_load_tables(const FitView& view);

}  // namespace llmfit::render
