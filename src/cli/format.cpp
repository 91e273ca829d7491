// SPDX-License-Identifier: MIT
#include "cli/format.hpp"

#include "render/render.hpp"

namespace llmfit::cli {
namespace {

OutputFormat named(std::string_view name) {
  if (name == "json") return OutputFormat::json;
  if (name == "csv") return OutputFormat::csv;
  if (name == "markdown") return OutputFormat::markdown;
  if (name == "html") return OutputFormat::html;
  if (name == "github") return OutputFormat::github;
  if (name == "junit") return OutputFormat::junit;
  return OutputFormat::table;
}

}  // namespace

Result<OutputFormat> output_format(const Arguments& arguments) {
  const auto name = arguments.value(Option::format);
  const bool json = arguments.has(Option::json);
  if (json && !name.empty() && name != "json") {
    return fail(ErrorCode::usage,
                "--json and --format " + std::string(name) + " contradict each other",
                "leave out one of the two", "--format " + std::string(name));
  }
  const bool verdicts = name == "github" || name == "junit";
  if (verdicts && arguments.command->id != Command::check) {
    return fail(
        ErrorCode::usage,
        "--format " + std::string(name) + " shows verdicts, which only `llmfit check` gives",
        "use table, json, csv, markdown or html here", "--format " + std::string(name));
  }
  return json ? OutputFormat::json : named(name);
}

std::string draw(const render::Report& report, OutputFormat format,
                 const render::Terminal& terminal) {
  if (format == OutputFormat::csv) return render_csv(report, terminal);
  if (format == OutputFormat::markdown) return render_markdown(report, terminal);
  if (format == OutputFormat::html) return render_html(report, terminal);
  return render_table(report, terminal);
}

}  // namespace llmfit::cli
