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
  FormatResult result;
  result.choice = choice;
  for (const auto& set : named_sets(question.request)) {
    Candidate candidate;
    candidate.gpus = set.gpus;
    candidate.split.nodes = set.nodes;
    candidate.reason = Reason::format_unsupported;
    candidate.cost = set_cost(question.offers, set);
    result.candidates.push_back(std::move(candidate));
  }
  result.candidates_total = static_cast<std::int64_t>(result.candidates.size());
  return result;
}

bool every_variant_fits(const std::vector<Candidate>& candidates, const CardChoice& choice) {
  bool any = false;
  for (const auto& candidate : candidates) {
    if (!belongs_to(candidate, choice)) continue;
    if (!candidate.fits) return false;
    any = true;
  }
  return any;
}

/// Of one of the alternatives; a mixed machine or the whole catalog has no variants to agree.
bool one_alternative_fits(const FitRequest& request, const FormatResult& result) {
  const auto& alternatives = request.hardware.alternatives;
  if (alternatives.empty()) return result.any_fits;
  return std::any_of(alternatives.begin(), alternatives.end(), [&](const CardChoice& choice) {
    return every_variant_fits(result.candidates, choice);
  });
}

/// A draft in its own quantization, else in the format of the model that it drafts for.
Result<Format> draft_format(const Question& question, const Model& draft,
                            const FormatChoice& choice) {
  if (draft.file && draft.file->quantized) return draft.file->format;
  if (!choice.format->as_stored) return *choice.format;
  const auto same =
      resolve_formats(question.catalog, draft, {std::string(choice.format->id)}, choice.engine);
  if (same && same->front().format) return *same->front().format;
  const auto plain = resolve_formats(question.catalog, draft, {"f16"}, choice.engine);
  if (!plain) return tl::unexpected<Error>(plain.error());
  return plain->front().format.value_or(*choice.format);
}

Result<std::optional<Draft>> draft_of(const Question& question, const FormatChoice& choice,
                                      const EngineRecord& engine) {
  const auto& model = question.request.add_ons.draft;
  if (!model) return std::optional<Draft>{};
  const auto format = draft_format(question, *model, choice);
  if (!format) return tl::unexpected<Error>(format.error());
  auto workload =
      make_workload(question.request.workload, choice.engine, *model, engine.utilization);
  if (!workload) return tl::unexpected<Error>(workload.error());
  match_dtype(*workload, question.request.workload, *format);
  workload->vllm.cpu_offload = Bytes{};  // the model's own weights go to the host first
  auto draft = size_draft(*model, *format, *workload, engine);
  if (!draft) return tl::unexpected<Error>(std::move(draft.error()));
  return std::optional<Draft>(std::move(*draft));
}

/// Weights with what is loaded beside them on the same devices.
Result<Weights> loaded_weights(const Question& question, const FormatChoice& choice) {
  auto weights = question.weigher.weigh(*choice.format);
  if (!weights) return weights;
  const auto& add_ons = question.request.add_ons;
  Result<void> added;
  if (add_ons.lora) added = add_lora(*weights, question.model, *add_ons.lora, choice.engine);
  if (added && add_ons.projector) {
    added = add_projector(*weights, question.model, *add_ons.projector, choice.engine);
  }
  if (!added) return tl::unexpected<Error>(std::move(added.error()));
  return weights;
}

Error unknown_cache(const Model& model, Engine engine) {
  return {ErrorCode::unsupported,
          "what " + model.name + " caches under " + std::string(to_string(engine)) +
              " is unknown, so there is no table of it",
          "leave out --table, or name a model whose dimensions are known", "--table"};
}

/// No hardware changes what a licence forbids: sets that were asked for are shown as a no, others
/// not at all.
void forbid(const FitRequest& request, FormatResult& result) {
  result.any_fits = result.every_variant_fits = false;
  if (!request.all) result.candidates.clear();
  if (!request.all) result.candidates_total = 0;
  for (auto& candidate : result.candidates) candidate.fits = false;
}

/// Whether anybody asks what lies in the host's memory: nobody does where cards alone are judged,
/// for a verdict.
bool shows_host(const FitRequest& request, const Workload& workload, Solve solve) {
  const auto& hardware = request.hardware;
  const bool cards_alone =
      !hardware.together.empty() ||
      (!hardware.alternatives.empty() &&
       std::none_of(hardware.alternatives.begin(), hardware.alternatives.end(),
                    [](const CardChoice& choice) { return choice.variants.empty(); }));
  return solve == Solve::yes || !cards_alone || workload.offload != Offload::none ||
         !request.workload.settings.empty();
}

/// What is said of the configurations that are shown, beside the verdict on each.
void add_figures(const FormatContext& context, FormatResult& result, Solve solve) {
  auto& candidates = result.candidates;
  for (auto& candidate : candidates) complete(context, candidate);
  if (solve == Solve::yes) {
    for (auto& candidate : candidates) solve_inverses(context, candidate);
  }
  if (solve != Solve::no) {
    for (auto& candidate : candidates) add_rates(context, candidate);
  }
  for (auto& candidate : candidates) finish_service(context, candidate);
  if (solve != Solve::no) {
    for (auto& candidate : candidates) add_owning(context.request, candidate);
    result.break_even = break_even_of(context, candidates);
  }
  if (context.request.explain && !candidates.empty()) {
    result.speed = context.speeds.explain(context, candidates.front());
  }
  if (!asks_limits(context.request)) return;
  for (auto& candidate : candidates) candidate.limits = judge_limits(context, candidate);
}

/// The configurations that the reader sees, in order, and what is said of them.
FormatResult ordered_configurations(const FormatContext& context, Solve solve) {
  const auto& request = context.request;
  FormatResult result;
  result.choice = context.choice;
  result.candidates = candidates(context);
  result.candidates_total = static_cast<std::int64_t>(result.candidates.size());
  result.any_fits = std::any_of(result.candidates.begin(), result.candidates.end(),
                                [](const Candidate& candidate) { return candidate.fits; });
  result.every_variant_fits = one_alternative_fits(request, result);
  if (solve == Solve::yes) add_batches(context, result.candidates);
  order(result.candidates, request.sort, request.limit, [&](const Candidate& candidate) {
    return request.load.serves() ? service_speed(context, candidate) : speed_of(context, candidate);
  });
  add_figures(context, result, solve);
  return result;
}

}  // namespace

std::optional<FitRequest> without_other_split(const FitRequest& request, Engine engine) {
  const auto& asked = request.workload;
  if (lacking_option(engine, asked).empty()) return std::nullopt;
  const bool meant_for_others = std::any_of(
      request.formats.begin(), request.formats.end(),
      [&](const FormatChoice& choice) { return lacking_option(choice.engine, asked).empty(); });
  if (!meant_for_others) return std::nullopt;
  auto without = request;
  without.workload.split = {};
  if (!lacking_option(engine, without.workload).empty()) without.workload.offload = Offload::none;
  return without;
}

Result<FormatResult> fit_format(const Question& question, const FormatChoice& choice, Solve solve) {
  if (!choice.format) return lacking_format(question, choice);
  const auto& engine = question.catalog.engine(choice.engine);
  auto workload =
      make_workload(question.request.workload, choice.engine, question.model, engine.utilization);
  if (!workload) return tl::unexpected(workload.error());
  match_dtype(*workload, question.request.workload, *choice.format);
  auto weights = loaded_weights(question, choice);
  if (!weights) return tl::unexpected(weights.error());
  const auto draft = draft_of(question, choice, engine);
  if (!draft) return tl::unexpected(draft.error());
  auto footprint =
      shows_host(question.request, *workload, solve)
          ? size(question.model, *weights, *workload, *choice.format, engine)
          : sizing::size_on_devices(question.model, *weights, *workload, *choice.format, engine);
  if (!footprint) return tl::unexpected(footprint.error());

  EqualShares shares;
  Speedometer speeds;
  const auto desk = batch_desk(question.catalog, question.request, *workload);
  const FormatContext context{question.catalog, question.model,
                              question.request, question.offers,
                              choice,           engine,
                              *workload,        *weights,
                              *footprint,       *draft ? &**draft : nullptr,
                              shares,           speeds,
                              question.cards,   desk ? &*desk : nullptr};
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
