// SPDX-License-Identifier: MIT
#include "cli/date.hpp"
#include "cli/format.hpp"
#include "cli/model.hpp"
#include "cli/request.hpp"
#include "cli/session.hpp"
#include "cli/version.hpp"
#include "render/fit_report.hpp"
#include "render/json.hpp"

namespace llmfit::cli {
namespace {

template <class T>
tl::unexpected<Error> pass(Result<T>& result) {
  return tl::unexpected<Error>(std::move(result.error()));
}

/// `check` is a yes where every set that was asked for fits: a family of cards may hold several.
bool every_set_fits(const FitResult& result) {
  bool any = false;
  for (const auto& format : result.formats) {
    for (const auto& candidate : format.candidates) {
      if (!candidate.fits) return false;
      any = true;
    }
  }
  return any;
}

/// A person who asks for rows gets them; else several formats are shown as far as a screen goes.
render::Extent extent(const Arguments& arguments, OutputFormat format) {
  const bool rows = arguments.has(Option::limit) || arguments.has(Option::all);
  return format == OutputFormat::table && !rows ? render::Extent::screen
                                                : render::Extent::everything;
}

std::string show(const render::FitView& view, const Session& session, OutputFormat format) {
  const auto& terminal = session.terminal.terminal;
  if (format == OutputFormat::json) return render::fit_json(view);
  if (format == OutputFormat::csv) return draw(render::fit_flat_report(view), format, terminal);
  return draw(render::fit_report(view, extent(session.arguments, format)), format, terminal);
}

}  // namespace

Result<Outcome> run_fit(Session& session) {
  const auto& arguments = session.arguments;
  const auto format = output_format(arguments);
  if (!format) return tl::unexpected<Error>(format.error());
  auto catalog = session.catalog.get();
  if (!catalog) return pass(catalog);
  auto model = choose_model(arguments, **catalog, session.environment);
  if (!model) return pass(model);
  auto request = make_request(arguments, **catalog, *model, today(session.environment));
  if (!request) return pass(request);
  auto result = fit(**catalog, *model, *request);
  if (!result) return pass(result);
  const bool check = arguments.command->id == Command::check;
  const bool yes = check ? every_set_fits(*result) : result->any_fits;
  render::FitView view{**catalog, *model,  *request,
                       *result,   version, arguments.has(Option::explain)};
  if (check) view.verdict = yes;
  return Outcome{show(view, session, *format), yes ? 0 : 1};
}

}  // namespace llmfit::cli
