// SPDX-License-Identifier: MIT
#include "llmfit/sweep.hpp"

#include <algorithm>
#include <array>

#include "llmfit/build_model.hpp"
#include "search/sketch.hpp"
#include "search/support.hpp"
#include "sizing/device_footprint.hpp"

namespace llmfit {
namespace search {
namespace {

/// Judges the formats of one model after the other.
class Sweeper {
 public:
  using Visit = std::function<void(const SweepRow&)>;

  Sweeper(const Catalog& catalog, const SweepRequest& request, const Visit& visit)
      : catalog_(catalog),
        request_(request),
        visit_(visit),
        offers_(catalog, fit_.offers),
        cards_(card_devices(catalog)) {
    fit_.workload = request.workload;
    fit_.load = request.load;
  }

  Result<void> judge(const ModelRecord& record) {
    const auto model = make_model(record);
    if (!model) return {};  // a catalog entry that is too large to count
    auto choices = resolve_formats(catalog_, *model, request_.formats, request_.engine);
    if (!choices) return tl::unexpected<Error>(std::move(choices.error()));
    Weigher weigher(*model);
    for (const auto& choice : *choices) {
      if (!choice.format) continue;
      auto judged = judge(record, *model, weigher, choice);
      if (!judged) return judged;
    }
    return {};
  }

  [[nodiscard]] const SweepCount& count() const { return count_; }

 private:
  Result<void> judge(const ModelRecord& record, const Model& model, Weigher& weigher,
                     const FormatChoice& choice) {
    const auto& engine = catalog_.engine(choice.engine);
    auto workload = make_workload(request_.workload, choice.engine, model, engine.utilization);
    if (!workload) return tl::unexpected<Error>(std::move(workload.error()));
    match_dtype(*workload, request_.workload, *choice.format);
    const auto weights = weigher.weigh(*choice.format);
    if (!weights) return {};
    const auto footprint =
        sizing::size_on_devices(model, *weights, *workload, *choice.format, engine);
    if (!footprint) return {};
    EqualShares shares;
    Speedometer speeds;
    const FormatContext context{catalog_, model,      fit_,    offers_, choice, engine, *workload,
                                *weights, *footprint, nullptr, shares,  speeds, cards_};
    visit_cards(record, context);
    return {};
  }

  void visit_cards(const ModelRecord& record, const FormatContext& context) {
    FullestDevice fullest(context);
    const bool model_runs = !model_obstacle(context.engine, context.model);
    const auto gpus = catalog_.gpus();
    const auto most = std::clamp(request_.max_gpus, 1, machine_gpus);
    for (std::size_t i = 0; i < gpus.size(); ++i) {
      std::array<std::optional<Bytes>, machine_gpus> headroom;
      std::optional<Candidate> smallest;
      const bool runs =
          model_runs && runs_on(context.engine, *context.choice.format, context.workload, gpus[i]);
      const auto room = room_on(context, cards_[i]);
      const auto size = runs ? std::min(most, machine_size(gpus[i])) : 0;
      for (std::int32_t count = 1; count <= size; ++count) {
        const auto needed = fullest.of(count, cards_[i]);
        if (!needed) continue;
        headroom[static_cast<std::size_t>(count) - 1] = room - needed->bytes;
        if (needed->bytes > room) continue;
        ++count_.fitting;
        if (request_.rates && !smallest) {
          smallest = rated(context, gpus[i], count, needed->split);
        }
      }
      count_.placements += most;
      visit_({record, context.choice, gpus[i],
              std::span(headroom).first(static_cast<std::size_t>(most)),
              smallest ? &*smallest : nullptr});
    }
  }

  Candidate rated(const FormatContext& context, const GpuRecord& gpu, std::int32_t count,
                  const Split& split) {
    auto candidate = sketch(context, gpu, count, split);
    add_rates(context, candidate);
    count_.rates += candidate.rates ? 1 : 0;
    return candidate;
  }

  const Catalog& catalog_;
  const SweepRequest& request_;
  const Visit& visit_;
  FitRequest fit_;
  cost::OfferBook offers_;
  std::vector<Device> cards_;
  SweepCount count_;
};

}  // namespace
}  // namespace search

Result<SweepCount> sweep(const Catalog& catalog, const SweepRequest& request,
                         const std::function<void(const SweepRow&)>& visit) {
  search::Sweeper sweeper(catalog, request, visit);
  for (const auto& record : catalog.models()) {
    auto judged = sweeper.judge(record);
    if (!judged) return tl::unexpected<Error>(std::move(judged.error()));
  }
  return sweeper.count();
}

}  // namespace llmfit
