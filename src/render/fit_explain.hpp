// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "render/fit_view.hpp"
#include "render/report.hpp"

namespace llmfit::render {

/// A term's formula with the values of its inputs in place of their names; empty when no name of an
/// input stands in it.
std::string with_values(const Term& term);

/// "exact", or "estimate, 0.36 to 0.60 GiB".
std::string basis_text(const Term& term);

/// How each figure of one format was made: a section for each term and one for the usable memory of
/// the devices among the first `shown` configurations.
std::vector<Section> explain(const FormatResult& format, std::size_t shown);

}  // namespace llmfit::render
