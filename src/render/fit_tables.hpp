// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include "render/fit_view.hpp"
#include "render/report.hpp"

namespace llmfit::render {

/// The configurations of one format, the first `count` of them.
Table configurations(const FitView& view, const FormatResult& format, std::size_t count);

/// The first `count` configurations of every format, with the format in front.
Table best_of_each(const FitView& view, std::size_t count);

/// One row a format: its memory and its best configuration.
Table summary(const FitView& view);

/// Everything about every configuration in raw units, for CSV.
Table flat(const FitView& view);

}  // namespace llmfit::render
