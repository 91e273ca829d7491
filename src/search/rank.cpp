// SPDX-License-Identifier: MIT
#include "llmfit/rank.hpp"

#include <algorithm>
#include <utility>

#include "llmfit/build_model.hpp"
#include "search/fit_format.hpp"
#include "search/format_search.hpp"
#include "search/rank_order.hpp"
#include "search/rank_set.hpp"

namespace llmfit {
namespace search {
namespace {

bool lists(const std::vector<std::string>& wanted, std::string_view word) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), word) != wanted.end();
}

bool passes(const ModelRecord& record, const RankFilter& filter) {
  const auto parameters = record.parameters.value_or(0);
  if (filter.least_parameters && parameters < *filter.least_parameters) return false;
  if (filter.most_parameters && (parameters == 0 || parameters > *filter.most_parameters)) {
    return false;
  }
  if (filter.min_context &&
      record.context_length.value_or(*filter.min_context) < *filter.min_context) {
    return false;
  }
  if (filter.commercial && !allows_commercial_use(record.license_commercial_use)) return false;
  return lists(filter.licenses, record.license_id) && lists(filter.families, record.family);
}

/// Elements that lie on devices whatever the format: all but those that may stay on the host.
Elements device_elements(const Model& model) {
  Elements sum;
  for (const auto& tensor : model.tensors) {
    const bool may_stay =
        tensor.role == Role::token_embedding || tensor.role == Role::position_embedding ||
        tensor.role == Role::token_types || tensor.role == Role::per_layer_embedding ||
        tensor.role == Role::pooler || tensor.role == Role::draft ||
        tensor.layer >= static_cast<int>(model.layers.size());
    if (!may_stay) sum += tensor.elements();
  }
  return sum;
}

/// Some recipes give a part of the matrices a type of fewer bits than the format's own: iq3_xxs has
/// iq2_s for queries and keys, 2.56 of 3.06 bits.
constexpr double least_share_of_bits = 0.8;

/// Whether a part of the weights may lie in the host's memory: then the devices' is no bound.
bool leaves_to_host(const WorkloadRequest& workload) {
  return workload.offload != Offload::none || !workload.settings.empty();
}

/// Finds the best format of one model after the other.
class Ranker {
 public:
  Ranker(const Catalog& catalog, const RankRequest& request, const HardwareRequest& hardware)
      : catalog_(catalog),
        request_(request),
        offers_(catalog, OfferFilter{}),
        cards_(card_devices(catalog, hardware.limits)),
        capacity_(leaves_to_host(request.workload) ? std::nullopt : whole_capacity(hardware)) {
    shown_.workload = request.workload;
    shown_.load = request.load;
    shown_.hardware = hardware;
    shown_.all = true;
    shown_.limit = 0;
  }

  /// Absent: it does not fit, and only what fits was asked for.
  Result<std::optional<RankedModel>> judge(const ModelRecord& record, Solve solve) {
    const auto model = make_model(record);
    if (!model) return std::optional<RankedModel>();  // too large to be counted
    auto choices = formats_of(*model);
    if (!choices) return tl::unexpected<Error>(std::move(choices.error()));
    Weigher weigher(*model);
    const FormatChoice* smallest = nullptr;
    for (const auto& choice : *choices) {
      if (choice.format) smallest = &choice;
    }
    for (auto i = first_to_weigh(*model, *choices); i < choices->size(); ++i) {
      const auto& choice = (*choices)[i];
      if (!choice.format) continue;
      auto row = tried(record, *model, weigher, choice, solve);
      if (!row || row->fits) return wrapped(std::move(row));
    }
    if (!request_.all) return std::optional<RankedModel>();
    if (smallest == nullptr) return lacking(record, choices->front());
    return wrapped(tried(record, *model, weigher, *smallest, solve));
  }

 private:
  static Result<std::optional<RankedModel>> wrapped(Result<RankedModel> row) {
    if (!row) return tl::unexpected<Error>(std::move(row.error()));
    return std::optional(std::move(*row));
  }

  static std::optional<RankedModel> lacking(const ModelRecord& record, const FormatChoice& choice) {
    RankedModel row;
    row.record = &record;
    row.choice = choice;
    row.candidate.reason = Reason::format_unsupported;
    return row;
  }

  /// Most bits first.
  Result<std::vector<FormatChoice>> formats_of(const Model& model) const {
    auto choices = resolve_formats(catalog_, model, request_.formats, request_.engine);
    if (!choices) return choices;
    for (auto& choice : *choices) {
      if (choice.format && choice.engine == Engine::llama_cpp) {
        choice.format->imatrix = request_.imatrix;
      }
    }
    const auto bits = [](const FormatChoice& choice) {
      return choice.format ? nominal_bits(*choice.format) : 0;
    };
    std::stable_sort(choices->begin(), choices->end(),
                     [&](const auto& a, const auto& b) { return bits(a) > bits(b); });
    return choices;
  }

  /// Elements of which the devices hold no more than they have in that format.
  [[nodiscard]] double most_elements(const Format& format) const {
    constexpr double no_bound = 1e300;
    if (!capacity_) return no_bound;
    const auto bytes = nominal_bits(format) * least_share_of_bits / 8;
    return static_cast<double>(capacity_->count()) / bytes;
  }

  /// The first of the formats in which the weights alone are not more than all devices have: those
  /// before it need not be weighed.
  std::size_t first_to_weigh(const Model& model, const std::vector<FormatChoice>& choices) const {
    const auto parameters = model.parameters.value_or(Elements{0}).count();
    std::optional<Elements> elements;
    for (std::size_t i = 0; i < choices.size(); ++i) {
      if (!choices[i].format) continue;
      const auto most = most_elements(*choices[i].format);
      if (static_cast<double>(parameters) <= most) return i;
      if (!elements) elements = device_elements(model);
      if (static_cast<double>(elements->count()) <= most) return i;
    }
    return choices.size();
  }

  Result<RankedModel> tried(const ModelRecord& record, const Model& model, Weigher& weigher,
                            const FormatChoice& choice, Solve solve) {
    RankedModel row;
    row.record = &record;
    row.choice = choice;
    auto result = fit_format({catalog_, model, shown_, offers_, weigher, cards_}, choice, solve);
    if (!result) return tl::unexpected<Error>(std::move(result.error()));
    row.weights = std::move(result->weights);
    row.fits = result->any_fits;
    if (!result->candidates.empty()) row.candidate = std::move(result->candidates.front());
    const auto longer = request_.filter.min_context;
    if (row.fits && longer && *longer > result->workload->context) {
      auto raised = shown_;
      raised.workload.context = *longer;
      const auto held =
          fit_format({catalog_, model, raised, offers_, weigher, cards_}, choice, Solve::no);
      row.fits = held && held->any_fits;
      if (!row.fits) row.candidate.reason = Reason::out_of_memory;
    }
    return row;
  }

  const Catalog& catalog_;
  const RankRequest& request_;
  cost::OfferBook offers_;
  std::vector<Device> cards_;
  std::optional<Bytes> capacity_;  ///< of all devices together
  FitRequest shown_;
};

/// The largest context and the most sequences, of the rows that are shown.
Result<void> solve(Ranker& ranker, std::vector<RankedModel>& rows) {
  for (auto& row : rows) {
    auto solved = ranker.judge(*row.record, Solve::yes);
    if (!solved) return tl::unexpected<Error>(std::move(solved.error()));
    if (*solved) row = std::move(**solved);
  }
  return {};
}

/// Rows whose figures leave something out that is not known.
void add_unknown_parts(RankResult& result) {
  std::int64_t by_size = 0;
  std::vector<Engine> without_buffers;
  for (const auto& row : result.models) {
    const auto engine = row.choice.engine;
    if (row.record->architecture == nullptr) {
      ++by_size;
    } else if (!row.candidate.devices.empty() && !row.candidate.devices.front().load.compute &&
               std::find(without_buffers.begin(), without_buffers.end(), engine) ==
                   without_buffers.end()) {
      without_buffers.push_back(engine);
    }
  }
  if (by_size > 0) result.notes.push_back({NoteCode::rank_size_only, {std::to_string(by_size)}});
  for (const auto engine : without_buffers) {
    result.notes.push_back({NoteCode::buffers_unknown, {std::string(to_string(engine))}});
  }
}

void add_rank_notes(RankResult& result, const RankRequest& request, const RankSet& set) {
  const auto note = [&](NoteCode code, std::vector<std::string> args) {
    result.notes.push_back({code, std::move(args)});
  };
  if (request.hardware.local) result.notes = request.hardware.local->notes;
  if (set.smallest_of) note(NoteCode::rank_smallest_variant, *set.smallest_of);
  if (result.considered == 0) return note(NoteCode::rank_none_matches, {});
  if (result.fitting == 0) {
    note(NoteCode::rank_none_fits, {std::to_string(result.considered)});
  } else if (request.sort == RankSort::quality) {
    note(NoteCode::rank_order, {std::string(rank_metric)});
  }
  add_unknown_parts(result);
  const auto shown = static_cast<std::int64_t>(result.models.size());
  if (shown < result.models_total) {
    note(NoteCode::rank_cut, {std::to_string(shown), std::to_string(result.models_total)});
  }
}

void describe_hardware(RankResult& result, const RankSet& set) {
  result.gpus = set.gpus;
  for (const auto& device : set.devices) result.usable.push_back(device.usable);
}

/// What the order needs to know of every model.
Solve solve_for(RankSort sort) {
  if (sort == RankSort::context) return Solve::yes;
  return sort == RankSort::fastest ? Solve::rates : Solve::no;
}

}  // namespace
}  // namespace search

std::optional<ModelScore> rank_score(const ModelRecord& model) {
  const auto found =
      std::find_if(model.scores.begin(), model.scores.end(),
                   [](const ModelScore& score) { return score.metric == rank_metric; });
  return found == model.scores.end() ? std::nullopt : std::optional(*found);
}

int size_class(std::int64_t parameters) {
  int size = 0;
  for (auto bound = std::int64_t{1'500'000'000}; parameters >= bound; bound *= 2) {
    ++size;
    if (bound > parameters / 2) break;
  }
  return size;
}

Result<RankResult> rank(const Catalog& catalog, const RankRequest& request) {
  const auto set = search::rank_set(request.hardware);
  if (!set) return tl::unexpected<Error>(set.error());
  search::Ranker ranker(catalog, request, set->hardware);
  const auto needed = search::solve_for(request.sort);
  RankResult result;
  for (const auto& record : catalog.models()) {
    if (!search::passes(record, request.filter)) continue;
    ++result.considered;
    auto row = ranker.judge(record, needed);
    if (!row) return tl::unexpected<Error>(std::move(row.error()));
    if (!*row) continue;
    result.fitting += (*row)->fits ? 1 : 0;
    result.models.push_back(std::move(**row));
  }
  result.models_total = static_cast<std::int64_t>(result.models.size());
  search::order_models(result.models, request);
  if (needed != search::Solve::yes) {
    auto solved = search::solve(ranker, result.models);
    if (!solved) return tl::unexpected<Error>(std::move(solved.error()));
  }
  search::describe_hardware(result, *set);
  search::add_rank_notes(result, request, *set);
  return result;
}

}  // namespace llmfit
