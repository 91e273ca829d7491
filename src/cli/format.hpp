// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "cli/parse.hpp"
#include "llmfit/result.hpp"
#include "render/report.hpp"
#include "render/terminal.hpp"

namespace llmfit::cli {

enum class OutputFormat { table, json, csv, markdown, html, github, junit };

/// What `--format` and `--json` ask for. Errors: usage, where they contradict each other or the
/// command has no verdict for the format.
Result<OutputFormat> output_format(const Arguments& arguments);

/// The report in any format but JSON, which is no drawing of a report.
std::string draw(const render::Report& report, OutputFormat format,
                 const render::Terminal& terminal);

}  // namespace llmfit::cli
