// SPDX-License-Identifier: MIT
#include "cli/add_ons.hpp"
#include "cli/date.hpp"
#include "cli/errors.hpp"
#include "cli/format.hpp"
#include "cli/model.hpp"
#include "cli/request.hpp"
#include "cli/session.hpp"
#include "cli/version.hpp"
#include "render/fit_report.hpp"
#include "render/json.hpp"

namespace llmfit::cli {
namespace {

/// On a terminal several formats are shown as far as a screen goes, unless somebody asks for rows.
render::Extent extent(const Session& session, OutputFormat format) {
  const bool rows = session.arguments.has(Option::limit) || session.arguments.has(Option::all);
  const bool screen = session.terminal.terminal.width.has_value();
  return format == OutputFormat::table && screen && !rows ? render::Extent::screen
                                                          : render::Extent::everything;
}

std::string show(const render::FitView& view, const Session& session, OutputFormat format) {
  const auto& terminal = session.terminal.terminal;
  if (format == OutputFormat::json) return render::fit_json(view);
  if (format == OutputFormat::csv) return draw(render::fit_flat_report(view), format, terminal);
  return draw(render::fit_report(view, extent(session, format)), format, terminal);
}

}  // namespace

Result<Outcome> run_fit(Session& session) {
  const auto& arguments = session.arguments;
  const auto format = output_format(arguments);
  if (!format) return pass(format);
  auto catalog = session.catalog.get();
  if (!catalog) return pass(catalog);
  auto model = choose_model(arguments, **catalog, session.environment);
  if (!model) return pass(model);
  auto request = make_request(arguments, **catalog, *model, today(session.environment),
                              &session.environment.probes());
  if (!request) return pass(request);
  auto add_ons = read_add_ons(arguments, **catalog, session.environment);
  if (!add_ons) return pass(add_ons);
  request->add_ons = std::move(*add_ons);
  auto result = fit(**catalog, *model, *request);
  if (!result) return pass(result);
  const bool check = arguments.command->id == Command::check;
  const bool yes = check ? result->formats.front().every_variant_fits : result->any_fits;
  render::FitView view{**catalog, *model,  *request,
                       *result,   version, arguments.has(Option::explain)};
  if (check) view.verdict = yes;
  return Outcome{show(view, session, *format), yes ? 0 : 1};
}

}  // namespace llmfit::cli
