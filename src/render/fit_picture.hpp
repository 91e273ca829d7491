// SPDX-License-Identifier: MIT
#pragma once

#include "render/fit_view.hpp"
#include "render/report.hpp"

namespace llmfit::render {

/// The memory of every format against what the cards hold that were asked for, or cards of usual
/// sizes. Without rows where no format was sized.
MemoryChart memory_chart(const FitView& view);

}  // namespace llmfit::render
