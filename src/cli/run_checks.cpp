// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "cli/checks_file.hpp"
#include "cli/errors.hpp"
#include "cli/format.hpp"
#include "cli/judge.hpp"
#include "cli/model.hpp"
#include "cli/session.hpp"
#include "cli/version.hpp"
#include "render/checks_report.hpp"
#include "render/json.hpp"

namespace llmfit::cli {
namespace {

/// One run over a file of checks.
struct Run {
  const Session& session;
  const Catalog& catalog;
  std::string path;
};

Result<std::string> read_text(const std::string& path, const Environment& environment) {
  std::string text;
  constexpr std::size_t most = (std::size_t{8} << 20) + 1;  // the reader refuses more
  const auto done = environment.stream(path, [&](std::string_view bytes) {
    text.append(bytes);
    return text.size() < most;
  });
  if (!done) return pass(done);
  return text;
}

/// The word of a file beside the file of checks; a name of the catalog stays one.
std::string beside(const Run& run, const std::string& word) {
  const auto slash = run.path.rfind('/');
  if (slash == std::string::npos || word.empty() || word.front() == '/') return word;
  auto folder = run.path.substr(0, slash + 1);
  const bool rooted =
      folder.front() == '/' || folder.starts_with("./") || folder.starts_with("../");
  if (!rooted) folder.insert(0, "./");
  auto path = folder + (word.starts_with("./") ? word.substr(2) : word);
  if (looks_like_path(word)) return path;
  const bool known = run.catalog.find_model(word) != nullptr;
  return !known && run.session.environment.exists(path) ? path : word;
}

Given resolved(const Run& run, Given given) {
  if (given.model) given.model = beside(run, *given.model);
  auto& draft = given.values[static_cast<std::size_t>(Option::draft)];
  if (draft && !draft->empty()) draft->front() = beside(run, draft->front());
  return given;
}

/// The part of a setting "flag=value" that an error is about: its flag; empty: it is about another.
std::string flag_at_fault(const std::string& setting, const std::string& where) {
  const auto flag = setting.substr(0, setting.find('='));
  const bool meant =
      where == flag || where == setting || setting.substr(flag.size()) == "=" + where;
  return meant ? flag : std::string();
}

/// The key of the entry that an error is about: it names the option, or the value as typed.
std::string key_at_fault(const Check& check, const Error& error) {
  if (error.where.empty()) return {};
  for (const auto& option : options()) {
    const auto& values = check.given.of(option.id);
    if (!values) continue;
    if (error.where.starts_with(std::string(option.name) + " ")) return "/" + key_of(option);
    for (const auto& value : *values) {
      if (value == error.where) return "/" + key_of(option);
      const auto flag =
          option.id == Option::set ? flag_at_fault(value, error.where) : std::string();
      if (!flag.empty()) return "/set/" + flag;
    }
  }
  return check.given.model && *check.given.model == error.where ? "/model" : "";
}

/// "'prod'", else its number, counted from 1.
std::string shown_name(const Check& check, std::size_t number) {
  return check.name.empty() ? std::to_string(number + 1) : "'" + check.name + "'";
}

Error in_entry(const Run& run, const Check& check, std::size_t number, Error error) {
  const auto key = key_at_fault(check, error);
  error.message = "check " + shown_name(check, number) + ": " + error.message;
  error.where = place_in(run.path, check.pointer + key);
  return error;
}

Result<render::CheckSummary> run_entry(const Run& run, const Check& check, const Given& given) {
  const auto line = command_line(given);
  const auto arguments = parse(scan(line));
  if (!arguments) return pass(arguments);
  const auto judged = judge(*arguments, run.catalog, run.session.environment,
                            run.session.arguments.has(Option::explain));
  if (!judged) return pass(judged);
  auto view = view_of(*judged, *arguments, run.catalog);
  auto summary = render::summarize(view, check.name);
  if (run.session.arguments.has(Option::explain)) {
    view.explain = true;
    summary.document = render::fit_json(view);
    summary.document.pop_back();  // its line break
  }
  return summary;
}

/// Names that were made up may be alike: the second is "… (2)".
void tell_apart(std::vector<render::CheckSummary>& checks) {
  std::map<std::string, int> seen;
  for (auto& check : checks) {
    const int times = ++seen[check.name];
    if (times > 1) check.name += " (" + std::to_string(times) + ")";
  }
}

Result<std::vector<render::CheckSummary>> run_all(const Run& run, const ChecksFile& file) {
  const auto below = laid_over(resolved(run, file.defaults), given_by(run.session.arguments));
  std::vector<render::CheckSummary> summaries;
  for (const auto& check : file.checks) {
    auto summary = run_entry(run, check, laid_over(below, resolved(run, check.given)));
    if (!summary) {
      return tl::unexpected<Error>(
          in_entry(run, check, summaries.size(), std::move(summary.error())));
    }
    summaries.push_back(std::move(*summary));
  }
  tell_apart(summaries);
  return summaries;
}

std::string show(const render::ChecksView& view, OutputFormat format,
                 const render::Terminal& terminal) {
  switch (format) {
    case OutputFormat::json:
      return checks_json(view);
    case OutputFormat::github:
      return checks_github(view);
    case OutputFormat::junit:
      return checks_junit(view);
    case OutputFormat::csv:
      return draw(checks_flat_report(view), format, terminal);
    case OutputFormat::table:
    case OutputFormat::markdown:
    case OutputFormat::html:
      break;
  }
  return draw(checks_report(view), format, terminal);
}

Result<void> refuse_one_check_options(const Arguments& arguments, OutputFormat format) {
  for (const auto option : {Option::table, Option::launch}) {
    if (!arguments.has(option)) continue;
    const std::string name(spec_of(option).name);
    return fail(ErrorCode::usage, name + " is for one check, not for a file of them",
                "leave out one of the two", name);
  }
  if (arguments.has(Option::explain) && format != OutputFormat::json) {
    return fail(ErrorCode::usage, "--explain with --file needs --json",
                "it puts the whole report of each check into the document", "--explain");
  }
  return {};
}

}  // namespace

Result<Outcome> run_checks(Session& session) {
  const auto& arguments = session.arguments;
  const auto format = output_format(arguments);
  if (!format) return pass(format);
  const auto sound = refuse_one_check_options(arguments, *format);
  if (!sound) return pass(sound);
  auto catalog = session.catalog.get();
  if (!catalog) return pass(catalog);
  const std::string typed(arguments.value(Option::file));
  const auto text = read_text(typed, session.environment);
  if (!text) return pass(text);
  const Run run{session, **catalog, typed == "-" ? "standard input" : typed};
  const auto file = read_checks(*text, run.path);
  if (!file) return pass(file);
  const auto checks = run_all(run, *file);
  if (!checks) return pass(checks);
  const bool yes = std::all_of(checks->begin(), checks->end(),
                               [](const render::CheckSummary& check) { return check.fits; });
  const render::ChecksView view{*checks, typed == "-" ? std::string_view{} : run.path, version};
  return Outcome{show(view, *format, session.terminal.terminal), yes ? 0 : 1};
}

}  // namespace llmfit::cli
