// SPDX-License-Identifier: MIT
#include "llmfit/fit.hpp"

#include <algorithm>

#include "search/fit_format.hpp"
#include "search/format_search.hpp"
#include "search/limits.hpp"
#include "search/owning.hpp"
#include "search/service.hpp"
#include "search/sketch.hpp"
#include "search/token_costs.hpp"
#include "sizing/device_footprint.hpp"

namespace llmfit {
namespace search {
namespace {

/// The sets that were named with their count: they are shown whatever the verdict.
std::vector<HardwareSet> named_sets(const FitRequest& request) {
  std::vector<HardwareSet> sets;
  if (request.hardware.local) {
    for (auto& kind : local_sets(*request.hardware.local)) {
      if (!kind.empty()) sets.push_back(std::move(kind.back()));
    }
    if (request.hardware.local->best_only && sets.size() > 1) sets.resize(1);
    return sets;
  }
  for (const auto& choice : request.hardware.alternatives) {
    for (const auto* gpu : choice.variants) {
      if (choice.count) sets.push_back(equal_cards(*gpu, *choice.count));
    }
  }
  return sets;
}

FormatResult lacking_format(const Question& question, const FormatChoice& choice) {
  auto result = ordered_configurations(context, solve);
  if (license_forbids(question)) forbid(question.request, result);
  if (question.request.table && !footprint->of(TermKind::kv_cache)) {
    return tl::unexpected(unknown_cache(question.model, choice.engine));
  }
  if (question.request.table) {
    auto table =
        load_table(context, result.candidates.empty() ? nullptr : result.candidates.data());
    if (!table) return tl::unexpected(table.error());
    result.table = std::move(*table);
  }
  if (desk) result.batch = desk->plan;
  result.workload = *workload;
  if (solve == Solve::yes) result.file = file_size(question.model, *weights, *choice.format);
  result.weights = std::move(*weights);
  result.footprint = *draft ? joined(*footprint, **draft) : std::move(*footprint);
  return result;
}

}  // namespace search

Result<FitResult> fit(const Catalog& catalog, const Model& model, const FitRequest& request) {
  const cost::OfferBook offers(catalog, request.offers);
  Weigher weigher(model);
  const auto cards = search::card_devices(catalog, request.hardware.limits);
  const search::Question question{catalog, model, request, offers, weigher, cards};
  FitResult result;
  for (const auto& choice : request.formats) {
    const auto without = search::without_other_split(request, choice.engine);
    const search::Question own{catalog, model,   without ? *without : request,
                               offers,  weigher, cards};
    auto one = search::fit_format(own, choice);
    if (!one) return tl::unexpected(one.error());
    if (without) {
      result.notes.push_back({NoteCode::split_of_other_engine,
                              {std::string(to_string(choice.engine)),
                               std::string(lacking_option(choice.engine, request.workload))}});
    }
    result.any_fits = result.any_fits || one->any_fits;
    result.formats.push_back(std::move(*one));
  }
  search::add_headroom(question, result);
  search::add_notes(question, result);
  const bool yes =
      request.every_variant ? result.formats.front().every_variant_fits : result.any_fits;
  if (!yes) search::add_changes(question, result);
  return result;
}

}  // namespace llmfit
