// SPDX-License-Identifier: MIT
#include <array>

#include "cli/errors.hpp"
#include "cli/format.hpp"
#include "cli/judge.hpp"
#include "cli/launch.hpp"
#include "cli/picture.hpp"
#include "cli/session.hpp"
#include "cli/version.hpp"
#include "render/checks_report.hpp"
#include "render/fit_report.hpp"
#include "render/json.hpp"

namespace llmfit::cli {
namespace {

/// On a terminal several formats are shown as far as a screen goes, unless somebody asks for rows.
render::Extent extent(const Session& session, OutputFormat format) {
  const bool rows = session.arguments.has(Option::limit) || session.arguments.has(Option::all);
  if (format == OutputFormat::html) return render::Extent::page;
  const bool screen = session.terminal.terminal.width.has_value();
  return format == OutputFormat::table && screen && !rows ? render::Extent::screen
                                                          : render::Extent::everything;
}

std::string show(const render::FitView& view, const Session& session, OutputFormat format) {
  const auto& terminal = session.terminal.terminal;
  if (format == OutputFormat::json) return render::fit_json(view);
  if (view.launch != nullptr) return view.launch->launch.text;
  if (format == OutputFormat::csv) return draw(render::fit_flat_report(view), format, terminal);
  if (format == OutputFormat::github || format == OutputFormat::junit) {
    const std::array only{render::summarize(view, {})};
    const render::ChecksView checks{only, {}, version};
    return format == OutputFormat::github ? checks_github(checks) : checks_junit(checks);
  }
  return draw(render::fit_report(view, extent(session, format)), format, terminal);
}

}  // namespace

Result<Outcome> run_fit(Session& session) {
  const auto& arguments = session.arguments;
  if (arguments.has(Option::file)) return run_checks(session);
  const auto format = output_format(arguments);
  if (!format) return pass(format);
  auto catalog = session.catalog.get();
  if (!catalog) return pass(catalog);
  auto judged = judge(arguments, **catalog, session.environment);
  if (!judged) return pass(judged);
  const auto frontier = frontier_for(*judged, arguments, *format, **catalog);
  if (!frontier) return pass(frontier);
  if (*format == OutputFormat::html) add_table_for_page(*judged, **catalog);
  auto view = view_of(*judged, arguments, **catalog);
  if (*frontier) view.frontier = &**frontier;
  view.wants_launch = arguments.has(Option::launch);
  const auto launch = launch_of(session, view, judged->yes);
  if (!launch) return pass(launch);
  if (*launch) view.launch = &**launch;
  return Outcome{show(view, session, *format), judged->yes ? 0 : 1};
}

}  // namespace llmfit::cli
