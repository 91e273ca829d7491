// SPDX-License-Identifier: MIT
#include <algorithm>

#include "cli/candidates.hpp"
#include "cli/completion.hpp"
#include "cli/errors.hpp"
#include "cli/help.hpp"
#include "cli/session.hpp"
#include "cli/topics.hpp"
#include "cli/version.hpp"
#include "render/render.hpp"
#include "render/schemas.hpp"

namespace llmfit::cli {
namespace {

/// Text for reading is never wider than a page, and wrapped in a pipe too.
int page_width(const Session& session) {
  return std::min(session.terminal.terminal.width.value_or(help_width), 100);
}

std::string page(const Session& session, const render::Report& report) {
  auto terminal = session.terminal.terminal;
  terminal.width = page_width(session);
  return render_table(report, terminal);
}

Result<Outcome> formats_page(Session& session) {
  auto catalog = session.catalog.get();
  if (!catalog) return pass(catalog);
  return Outcome{page(session, formats_topic(**catalog)), 0};
}

}  // namespace

Result<Outcome> run_help(Session& session) {
  const auto& words = session.arguments.words;
  const std::string topic = words.empty() ? std::string() : words.front();
  if (topic == "formats") return formats_page(session);
  if (topic == "exit-codes") return Outcome{page(session, exit_codes_topic()), 0};
  if (topic == "units") return Outcome{page(session, units_topic()), 0};
  if (topic == "formulas") return Outcome{page(session, formulas_topic()), 0};
  if (topic == "man") return Outcome{man_page(version), 0};
  const auto* const command = find_command(topic);
  return Outcome{help_text(command == nullptr ? Command::fit : command->id, page_width(session)),
                 0};
}

Result<Outcome> run_completion(Session& session) {
  const auto& shell = session.arguments.words.front();
  if (shell == "bash") return Outcome{bash_completion(), 0};
  if (shell == "zsh") return Outcome{zsh_completion(), 0};
  return Outcome{fish_completion(), 0};
}

Result<Outcome> run_complete(Session& session) {
  auto catalog = session.catalog.get();
  if (!catalog) return pass(catalog);
  const auto& words = session.arguments.words;
  const std::string prefix = words.size() > 1 ? words[1] : std::string();
  return Outcome{candidates(words.front(), prefix, **catalog), 0};
}

Result<Outcome> run_schema(Session& session) {
  const auto& words = session.arguments.words;
  const std::string name = words.empty() ? std::string("report") : words.front();
  if (name == "catalog") return Outcome{std::string(catalog_schema()), 0};
  if (name == "error") return Outcome{std::string(render::error_schema()), 0};
  if (name == "verify") return Outcome{std::string(render::verify_schema()), 0};
  if (name == "rank") return Outcome{std::string(render::rank_schema()), 0};
  if (name == "checks") return Outcome{std::string(render::checks_schema()), 0};
  if (name == "checks-report") return Outcome{std::string(render::checks_report_schema()), 0};
  if (name == "doctor") return Outcome{std::string(render::doctor_schema()), 0};
  return Outcome{std::string(render::report_schema()), 0};
}

}  // namespace llmfit::cli
