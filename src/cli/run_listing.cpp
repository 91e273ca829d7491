// SPDX-License-Identifier: MIT
#include <limits>

#include "cli/errors.hpp"
#include "cli/format.hpp"
#include "cli/listing.hpp"
#include "cli/query.hpp"
#include "cli/session.hpp"
#include "cli/values.hpp"
#include "render/catalog_report.hpp"
#include "render/json.hpp"

namespace llmfit::cli {
namespace {

/// How one kind of record is found and shown.
template <class Record>
struct Kind {
  std::string_view name;  ///< of its array in JSON
  std::vector<const Record*> (*find)(const Catalog&, const Query&);
  render::Report (*report)(std::span<const Record* const>);
};

template <class Record>
std::string json(std::string_view name, const std::vector<const Record*>& records) {
  std::vector<std::string_view> texts;
  texts.reserve(records.size());
  for (const auto* record : records) texts.push_back(record->json);
  return render::catalog_json(name, texts);
}

template <class Record>
Result<Outcome> run_listing(Session& session, const Kind<Record>& kind) {
  const auto format = output_format(session.arguments);
  if (!format) return pass(format);
  const auto limit =
      whole_number(session.arguments, Option::limit, 0, std::numeric_limits<std::int64_t>::max());
  if (!limit) return pass(limit);
  auto catalog = session.catalog.get();
  if (!catalog) return pass(catalog);
  auto records = kind.find(**catalog, Query(session.arguments.words));
  const auto total = cut(records, limit->value_or(0));
  const int code = records.empty() ? 1 : 0;
  if (*format == OutputFormat::json) return Outcome{json(kind.name, records), code};
  auto report = kind.report(records);
  say_cut(report, records.size(), total);
  return Outcome{draw(report, *format, session.terminal.terminal), code};
}

}  // namespace

void say_cut(render::Report& report, std::size_t shown, std::size_t total) {
  if (shown == total) return;
  report.sections.push_back(
      {{},
       render::Paragraph{render::Voice::note, std::to_string(shown) + " of " +
                                                  std::to_string(total) +
                                                  " are shown; --limit 0 shows all."}});
}

Result<Outcome> run_models(Session& session) {
  return run_listing<ModelRecord>(session, {"models", find_models, render::models_report});
}

Result<Outcome> run_gpus(Session& session) {
  return run_listing<GpuRecord>(session, {"gpus", find_gpus, render::gpus_report});
}

Result<Outcome> run_offers(Session& session) {
  return run_listing<OfferRecord>(session, {"offers", find_offers, render::offers_report});
}

}  // namespace llmfit::cli
