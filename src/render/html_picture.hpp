// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "render/report.hpp"

namespace llmfit::render {

/// A figure of the page: the drawing for narrow, middling and wide windows, of which the style
/// shows one, so that its words stay readable in each.
void add_picture(std::string& out, const Picture& picture);

/// The drawings, `width` pixels wide.
std::string memory_svg(const MemoryChart& chart, double width);
std::string frontier_svg(const FrontierChart& chart, double width);

}  // namespace llmfit::render
