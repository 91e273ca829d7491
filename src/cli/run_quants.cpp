// SPDX-License-Identifier: MIT
#include <limits>
#include <optional>
#include <string>

#include "cli/errors.hpp"
#include "cli/format.hpp"
#include "cli/listing.hpp"
#include "cli/model.hpp"
#include "cli/query.hpp"
#include "cli/session.hpp"
#include "cli/values.hpp"
#include "render/quants_report.hpp"

namespace llmfit::cli {
namespace {

/// The model that `--model` names; absent: it is not given.
Result<std::optional<Model>> asked_model(const Session& session, const Catalog& catalog) {
  if (!session.arguments.has(Option::model)) return std::optional<Model>();
  auto arguments = session.arguments;
  arguments.words = {std::string(arguments.value(Option::model))};
  auto model = choose_model(arguments, catalog, session.environment);
  if (!model) return pass(model);
  return std::optional(std::move(*model));
}

std::optional<Weights> weights_of(const Model& model, const Format& format) {
  if (format.engine == Engine::llama_cpp && !model.runs_on_llama_cpp) return std::nullopt;
  auto weights = weigh(model, format);
  return weights ? std::optional(std::move(*weights)) : std::nullopt;
}

std::vector<render::QuantRow> rows_of(const std::vector<const Format*>& formats,
                                      const std::optional<Model>& model) {
  std::vector<render::QuantRow> rows;
  rows.reserve(formats.size());
  for (const auto* format : formats) {
    rows.push_back({format, model ? weights_of(*model, *format) : std::nullopt});
  }
  return rows;
}

}  // namespace

Result<Outcome> run_quants(Session& session) {
  const auto format = output_format(session.arguments);
  if (!format) return pass(format);
  const auto limit =
      whole_number(session.arguments, Option::limit, 0, std::numeric_limits<std::int64_t>::max());
  if (!limit) return pass(limit);
  auto catalog = session.catalog.get();
  if (!catalog) return pass(catalog);
  const auto model = asked_model(session, **catalog);
  if (!model) return pass(model);
  auto formats = find_formats(**catalog, Query(session.arguments.words));
  const auto total = cut(formats, limit->value_or(0));
  const auto rows = rows_of(formats, *model);
  const auto* const shown = *model ? &**model : nullptr;
  const int code = rows.empty() ? 1 : 0;
  if (*format == OutputFormat::json) return Outcome{render::quants_json(rows, shown), code};
  auto report = render::quants_report(rows, **catalog, shown);
  say_cut(report, rows.size(), total);
  return Outcome{draw(report, *format, session.terminal.terminal), code};
}

}  // namespace llmfit::cli
