// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "render/report.hpp"
#include "render/terminal.hpp"

namespace llmfit::render {

/// Text for a terminal or a pipe, with a line break at the end.
std::string render_table(const Report& report, const Terminal& terminal);

/// The report's tables as RFC 4180 (CRLF): raw units, unknown is empty. Tables after the first that
/// have the same columns go on under its header. Headings, bars and notes are not in it.
std::string render_csv(const Report& report, const Terminal& terminal);

std::string render_markdown(const Report& report, const Terminal& terminal);

/// One self-contained page, light or dark as the reader's system is, without a script.
std::string render_html(const Report& report, const Terminal& terminal);

}  // namespace llmfit::render
