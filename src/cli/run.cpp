// SPDX-License-Identifier: MIT
#include "cli/run.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <new>

#include "cli/errors.hpp"
#include "cli/help.hpp"
#include "cli/session.hpp"
#include "cli/version.hpp"
#include "render/json.hpp"

namespace llmfit::cli {
namespace {

struct Runner {
  Command command;
  Result<Outcome> (*run)(Session&);
};

constexpr std::array<Runner, 14> runners = {{
    {Command::fit, run_fit},
    {Command::check, run_fit},
    {Command::rank, run_rank},
    {Command::verify, run_verify},
    {Command::models, run_models},
    {Command::gpus, run_gpus},
    {Command::offers, run_offers},
    {Command::quants, run_quants},
    {Command::doctor, run_doctor},
    {Command::catalog, run_catalog},
    {Command::schema, run_schema},
    {Command::completion, run_completion},
    {Command::help, run_help},
    {Command::complete, run_complete},
}};

Result<Outcome> run_command(Session& session) {
  const auto& command = *session.arguments.command;
  for (const auto& runner : runners) {
    if (runner.command == command.id) return runner.run(session);
  }
  return fail(ErrorCode::internal, "no code for the command '" + std::string(command.name) + "'");
}

Result<int> answer(const Scan& scan, const Environment& environment, Streams& streams) {
  auto arguments = parse(scan);
  if (!arguments) return pass(arguments);
  const std::string path(arguments->value(Option::output));
  const bool to_file = !path.empty() && path != "-";
  const auto terminal = choose_terminal(arguments->value(Option::color), to_file, environment);
  CatalogSource catalog(find_overlays(arguments->all(Option::catalog), environment), environment);
  Session session{*arguments, environment, catalog, terminal};
  auto outcome = run_command(session);
  if (!outcome) return pass(outcome);
  auto delivered = deliver(*outcome, path, streams);
  if (!delivered) return pass(delivered);
  return outcome->code;
}

/// Help and version need neither values nor a catalog.
std::string asked_text(const Scan& scan, const Environment& environment) {
  if (scan.has(Option::help)) {
    const auto terminal = choose_terminal({}, false, environment).terminal;
    return help_text(scan.command->id, std::min(terminal.width.value_or(help_width), 100));
  }
  return "llmfit " + std::string(version) + "\n";
}

Result<int> run_scan(const Scan& scan, const Environment& environment, Streams& streams) {
  if (scan.has(Option::help) || scan.has(Option::version)) {
    auto delivered = deliver({asked_text(scan, environment), 0}, {}, streams);
    if (!delivered) return pass(delivered);
    return 0;
  }
  return answer(scan, environment, streams);
}

int report(const Error& error, bool json, Streams& streams) {
  streams.write(Stream::error, json ? render::error_json(printable(error)) : error_text(error));
  return exit_code(error);
}

int run_guarded(std::span<const std::string> arguments, const Environment& environment,
                Streams& streams) {
  if (arguments.empty()) {
    streams.write(Stream::error, short_help());
    return 2;
  }
  const auto words = scan(arguments);
  const bool json = wants_json(words);
  try {
    const auto code = run_scan(words, environment, streams);
    return code ? *code : report(code.error(), json, streams);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& exception) {
    return report({ErrorCode::internal,
                   std::string("internal: ") + exception.what(),
                   "please report this with the command line and `llmfit doctor`",
                   {}},
                  json, streams);
  }
}

}  // namespace

int run(std::span<const std::string> arguments, const Environment& environment, Streams& streams) {
  try {
    return run_guarded(arguments, environment, streams);
  } catch (...) {
    // Nothing that allocates: most likely memory has run out.
    streams.write(Stream::error, "llmfit: error: internal: out of memory\n");
    return 70;
  }
}

}  // namespace llmfit::cli
