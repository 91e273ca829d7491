// SPDX-License-Identifier: MIT
#include "cli/judge.hpp"

#include "cli/add_ons.hpp"
#include "cli/batch.hpp"
#include "cli/date.hpp"
#include "cli/errors.hpp"
#include "cli/model.hpp"
#include "cli/request.hpp"
#include "cli/version.hpp"

namespace llmfit::cli {

Result<Judged> judge(const Arguments& arguments, const Catalog& catalog,
                     const Environment& environment, bool explain) {
  auto model = choose_model(arguments, catalog, environment);
  if (!model) return pass(model);
  auto request =
      make_request(arguments, catalog, *model, today(environment), &environment.probes());
  if (!request) return pass(request);
  auto add_ons = read_add_ons(arguments, catalog, environment);
  if (!add_ons) return pass(add_ons);
  request->add_ons = std::move(*add_ons);
  const auto batch = read_batch(*request, arguments, *model, environment);
  if (!batch) return pass(batch);
  const bool check = arguments.command->id == Command::check;
  request->every_variant = check;
  request->explain = request->explain || explain;
  auto result = fit(catalog, *model, *request);
  if (!result) return pass(result);
  const bool yes = check ? result->formats.front().every_variant_fits : result->any_fits;
  return Judged{std::move(*model), std::move(*request), std::move(*result), yes};
}

render::FitView view_of(const Judged& judged, const Arguments& arguments, const Catalog& catalog) {
  render::FitView view{catalog,       judged.model, judged.request,
                       judged.result, version,      arguments.has(Option::explain)};
  if (arguments.command->id == Command::check) view.verdict = judged.yes;
  return view;
}

}  // namespace llmfit::cli
