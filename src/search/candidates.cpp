// SPDX-License-Identifier: MIT
#include <algorithm>

#include "placement/hosted.hpp"
#include "search/format_search.hpp"
#include "search/served_cards.hpp"
#include "search/service.hpp"
#include "search/sketch.hpp"
#include "search/support.hpp"

namespace llmfit::search {
namespace {

/// Walks the hardware of a request and keeps the configurations that its reader wants to see.
class Walk {
 public:
  explicit Walk(const FormatContext& context) : context_(context), fullest_(context) {}

  std::vector<Candidate> run() {
    const auto& hardware = context_.request.hardware;
    if (hardware.local) {
      local(*hardware.local);
      return std::move(found_);
    }
    for (const auto& choice : hardware.alternatives) named(choice);
    if (!hardware.together.empty()) together(hardware.together);
    if (hardware.alternatives.empty() && hardware.together.empty()) everything();
    // Where only the budget is in the way, the reader sees what it would cost.
    if (found_.empty() && over_budget_.empty() && nearest_) found_ = {std::move(*nearest_)};
    return std::move(found_.empty() ? over_budget_ : found_);
  }

 private:
  void everything() {
    if (model_obstacle(context_.engine, context_.model) && !context_.request.all) return;
    const auto gpus = context_.catalog.gpus();
    const auto& request = context_.request;
    const bool sketches = !request.all && request.sort != Sort::headroom &&
                          context_.cards.size() == gpus.size() && needs_memory_only(context_);
    found_.reserve(gpus.size());
    const bool bounded = has_price_bounds(context_);
    std::vector<const GpuRecord*> serving;
    for (const auto& gpu : gpus) {
      if (!runs(gpu) && !request.all) continue;
      if (is_slice(gpu) && context_.offers.cheapest(gpu, 1) == nullptr) continue;
      slices(gpu);
      if (bounded) {
        serving.push_back(&gpu);
      } else if (serves()) {
        served(gpu, false);
      } else if (sketches) {
        smallest(gpu, context_.cards[static_cast<std::size_t>(&gpu - gpus.data())]);
      } else {
        series(gpu, false);
      }
    }
    if (bounded) cheapest(serving);
    hosts();
  }

  /// Where none serves the load, the one that comes nearest is among all of them.
  void cheapest(const std::vector<const GpuRecord*>& gpus) {
    for (auto& one : served_cards(context_, gpus)) found_.push_back(std::move(one));
    if (!found_.empty()) return;
    for (const auto* gpu : gpus) served(*gpu, false);
  }

  bool runs(const GpuRecord& gpu) const {
    return runs_on(context_.engine, *context_.choice.format, context_.workload, gpu);
  }

  /// The smallest set of a card that holds the model, as a sketch.
  void smallest(const GpuRecord& gpu, const Device& card) {
    for (const auto count : counts_to_try(gpu, context_.request.hardware.max_gpus)) {
      const auto needed = fullest_.of(count, card);
      if (!needed || needed->bytes > card.usable) continue;
      auto candidate = sketch(context_, gpu, count, needed->split);
      if (has_wanted_offer(candidate)) found_.push_back(std::move(candidate));
      return;
    }
  }

  /// This machine's own sets: of each kind of card the smallest that holds the model, else all.
  void local(const LocalMachine& machine) {
    for (const auto& kind : local_sets(machine, limits())) {
      if (serves()) {
        context_.request.all && !machine.best_only ? all_of(kind) : best_of(kind, true);
        continue;
      }
      std::optional<Candidate> last;
      for (const auto& set : kind) {
        last = evaluate(context_, set);
        if (context_.request.all) found_.push_back(*last);
        if (last->holds && !context_.request.all) break;
      }
      if (last && !context_.request.all) found_.push_back(std::move(*last));
    }
    if (machine.best_only) keep_best();
  }

  /// The fewest cards that hold the model; where none do, the most.
  void keep_best() {
    const auto better = [](const Candidate& a, const Candidate& b) {
      if (a.fits != b.fits) return a.fits;
      if (a.holds != b.holds) return a.holds;
      return a.holds ? card_count(a) < card_count(b) : card_count(a) > card_count(b);
    };
    const auto best = std::min_element(found_.begin(), found_.end(), better);
    if (best != found_.end()) found_ = {Candidate(*best)};
  }

  [[nodiscard]] const DeviceLimits& limits() const { return context_.request.hardware.limits; }

  void named(const CardChoice& choice) {
    if (choice.variants.empty()) return hosts();
    for (const auto* gpu : choice.variants) {
      if (choice.count) {
        exact(*gpu, *choice.count);
      } else {
        slices(*gpu);
        serves() ? served(*gpu, true) : series(*gpu, true);
      }
    }
  }

  /// Sets of one card, small to large: the smallest that fits, or all of them. A card that somebody
  /// named is shown even when its largest set does not hold the model.
  void series(const GpuRecord& gpu, bool is_named) {
    std::optional<Candidate> last;
    for (const auto count : counts_to_try(gpu, context_.request.hardware.max_gpus)) {
      if (!context_.request.all && !is_named && too_small(gpu, count)) continue;
      auto candidate = evaluate(context_, equal_cards(gpu, count, limits()));
      const bool holds = candidate.holds;
      keep_for_budget(candidate);
      const bool offered = is_named || has_wanted_offer(candidate);
      const bool shown = holds && offered && candidate.reason != Reason::over_budget;
      if (context_.request.all || shown) {
        found_.push_back(candidate);
        last.reset();
      } else {
        last = std::move(candidate);
      }
      if (holds && !context_.request.all) return;
    }
    if (is_named && last && !context_.request.all) found_.push_back(std::move(*last));
  }

  [[nodiscard]] bool serves() const { return context_.request.load.serves(); }

  [[nodiscard]] bool before(const Candidate& one, const Candidate& other) const {
    return comes_before(one, other, context_.request.sort, [this](const Candidate& candidate) {
      return service_speed(context_, candidate);
    });
  }

  void served(const GpuRecord& gpu, bool is_named) {
    std::vector<HardwareSet> sets;
    for (const auto count : counts_to_try(gpu, context_.request.hardware.max_gpus)) {
      if (!context_.request.all && !is_named && too_small(gpu, count)) continue;
      sets.push_back(equal_cards(gpu, count, limits()));
    }
    context_.request.all ? all_of(sets) : best_of(sets, is_named);
  }

  void all_of(const std::vector<HardwareSet>& sets) {
    for (const auto& set : sets) found_.push_back(evaluate(context_, set));
  }

  /// With a load to serve, more than memory takes may cost less, or alone be quick enough: of all
  /// sets the one that comes first. Where none serves, the last is shown if somebody named it.
  void best_of(const std::vector<HardwareSet>& sets, bool is_named) {
    std::optional<Candidate> best;
    std::optional<Candidate> other;
    for (const auto& set : sets) {
      auto candidate = evaluate(context_, set);
      if (!is_named && !has_wanted_offer(candidate)) continue;
      auto& place = candidate.fits ? best : other;
      const bool over = other && other->reason == Reason::over_budget;
      const bool replaces =
          candidate.fits ? !best || before(candidate, *best) : !over || before(candidate, *other);
      if (replaces) place = std::move(candidate);
    }
    if (!best && other) keep_for_budget(*other);
    if (!best && other) keep_nearest(*other);
    if (!best && is_named) best = std::move(other);
    if (best) found_.push_back(std::move(*best));
  }

  /// Where only the latencies are in the way, the reader sees which comes nearest to them.
  void keep_nearest(const Candidate& candidate) {
    if (!candidate.by_limit || candidate.reason) return;
    const auto excess = excess_of(context_.request.load, candidate);
    if (!excess || (nearest_ && *excess >= least_excess_)) return;
    nearest_ = candidate;
    least_excess_ = *excess;
  }

  void exact(const GpuRecord& gpu, std::int32_t count) {
    auto candidate = evaluate(context_, equal_cards(gpu, count, limits()));
    if (!is_buildable(gpu, count) && !is_unsupported(candidate)) {
      candidate.fits = candidate.holds = candidate.by_limit = false;
      candidate.reason = Reason::not_divisible;
      candidate.why = machine_size(gpu) == machine_gpus
                          ? "several machines are used whole, with 8 cards each"
                          : "a machine takes no more of them";
    }
    found_.push_back(std::move(candidate));
  }

  void slices(const GpuRecord& gpu) {
    double seen = 0;  // offers of one fraction stand together: the first is the cheapest
    auto offers = context_.offers.slices(gpu);
    if (offers.empty()) return;
    std::stable_sort(offers.begin(), offers.end(),
                     [](const auto* a, const auto* b) { return a->gpu_count < b->gpu_count; });
    if (serves()) {
      std::vector<HardwareSet> sets;
      for (const auto* offer : offers) {
        if (offer->gpu_count == seen) continue;
        seen = offer->gpu_count;
        sets.push_back(slice_of(gpu, *offer, limits()));
      }
      return context_.request.all ? all_of(sets) : best_of(sets, false);
    }
    for (const auto* offer : offers) {
      if (offer->gpu_count == seen) continue;
      seen = offer->gpu_count;
      auto candidate = evaluate(context_, slice_of(gpu, *offer, limits()));
      keep_for_budget(candidate);
      if (is_unsupported(candidate) && !context_.request.all) return;
      if (context_.request.all || (candidate.holds && wanted(candidate))) {
        found_.push_back(std::move(candidate));
        if (!context_.request.all) return;
      }
    }
  }

  /// The cheapest machine whose memory holds the model; where none does, the largest.
  void hosts() {
    if (!context_.engine.runs_on_host && !is_named_host()) return;
    if (const auto given = context_.request.host_memory_gib; given && is_named_host()) {
      found_.push_back(evaluate(context_, own_host(*given, limits())));
      return;
    }
    if (serves()) {
      std::vector<HardwareSet> sets;
      for (const auto* offer : context_.offers.hosts()) {
        if (offer->ram_gib) sets.push_back(host_memory(*offer, limits()));
      }
      return best_of(sets, is_named_host() || context_.request.all);
    }
    const OfferRecord* largest = nullptr;
    for (const auto* offer : context_.offers.hosts()) {
      if (!offer->ram_gib) continue;
      if (largest == nullptr || *offer->ram_gib > *largest->ram_gib) largest = offer;
      auto candidate = evaluate(context_, host_memory(*offer, limits()));
      keep_for_budget(candidate);
      if (!candidate.holds || !wanted(candidate)) continue;
      found_.push_back(std::move(candidate));
      return;
    }
    if (largest != nullptr && (is_named_host() || context_.request.all)) {
      found_.push_back(evaluate(context_, host_memory(*largest, limits())));
    }
  }

  bool is_named_host() const {
    const auto& named = context_.request.hardware.alternatives;
    return std::any_of(named.begin(), named.end(),
                       [](const CardChoice& choice) { return choice.variants.empty(); });
  }

  /// Every combination of variants of the cards that stand together in one machine.
  void together(const std::vector<CardChoice>& choices, std::vector<GpuCount> chosen = {}) {
    if (chosen.size() == choices.size()) {
      found_.push_back(evaluate(context_, mixed_cards(chosen, limits())));
      return;
    }
    const auto& next = choices[chosen.size()];
    for (const auto* gpu : next.variants) {
      chosen.push_back({gpu, static_cast<double>(next.count.value_or(1))});
      together(choices, chosen);
      chosen.pop_back();
    }
  }

  /// Weights and cache alone are more than all the cards have: no split can help.
  bool too_small(const GpuRecord& gpu, std::int32_t count) const {
    if (context_.workload.offload != Offload::none) return false;
    if (placement::keeps_on_host(context_.model, context_.workload)) return false;
    const auto& footprint = context_.footprint;
    const auto least = footprint.of(TermKind::weights).value_or(Bytes{}) +
                       footprint.of(TermKind::kv_cache).value_or(Bytes{});
    const auto usable = limits().any() ? device_of(gpu, limits()).usable : usable_bytes(gpu).usable;
    return usable * count < least;
  }

  void keep_for_budget(const Candidate& candidate) {
    const bool priced = candidate.cost.usd_per_hour.has_value();
    if (candidate.reason == Reason::over_budget && priced) over_budget_.push_back(candidate);
  }

  /// A filter on offers leaves only what has such an offer.
  bool has_wanted_offer(const Candidate& candidate) const {
    const auto& filter = context_.request.offers;
    const bool filtered =
        !filter.providers.empty() || filter.term != RentalTerm::on_demand || filter.min_sla;
    return !filtered || candidate.cost.offer != nullptr;
  }

  bool wanted(const Candidate& candidate) const {
    return candidate.reason != Reason::over_budget && has_wanted_offer(candidate);
  }

  const FormatContext& context_;
  FullestDevice fullest_;
  std::vector<Candidate> found_;
  std::vector<Candidate> over_budget_;
  std::optional<Candidate> nearest_;  ///< to the latencies
  double least_excess_ = 0;
};

}  // namespace

bool is_unsupported(const Candidate& candidate) {
  return candidate.reason == Reason::engine_unsupported ||
         candidate.reason == Reason::format_unsupported;
}

std::vector<Candidate> candidates(const FormatContext& context) { return Walk(context).run(); }

}  // namespace llmfit::search
