// SPDX-License-Identifier: MIT
#include "search/served_cards.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "placement/hosted.hpp"
#include "search/limits.hpp"
#include "search/service.hpp"
#include "sizing/engine_llama_cpp.hpp"

namespace llmfit::search {
namespace {

constexpr double unknown_price = 1e18;

/// What comes before what, apart from ties: listed offers, retired ones, none; then the price.
struct Price {
  int kind = 2;
  double hourly = unknown_price;
  friend auto operator<=>(const Price&, const Price&) = default;
};

Price price_of(const Candidate& candidate) {
  const auto hourly = whole_usd_per_hour(candidate);
  if (!hourly) return {};
  return {candidate.cost.offer->status == OfferStatus::retired ? 1 : 0, *hourly};
}

/// One set, with what all of the copies that a load takes cost at least.
struct Bound {
  std::int32_t count = 0;
  std::int64_t most = 0;  ///< sequences that it can hold at most
  double hourly = unknown_price;
  Price whole;
};

struct Card {
  const GpuRecord* gpu = nullptr;
  std::vector<Bound> sets;
  Price least;
};

/// What a further sequence adds to the caches of all devices together, at least. Caches grow by the
/// same for each; what they have beside that is left out.
double bytes_of_a_sequence(const FormatContext& context) {
  constexpr std::int64_t few = 64;
  const auto caches = [&](std::int64_t sequences) {
    auto workload = context.workload;
    workload.sequences = sequences;
    const auto footprint =
        size(context.model, context.weights, workload, *context.choice.format, context.engine);
    if (!footprint) return 0.0;
    const auto bytes = footprint->of(TermKind::kv_cache).value_or(Bytes{}) +
                       footprint->of(TermKind::state).value_or(Bytes{});
    return static_cast<double>(bytes.count());
  };
  // A part of a block or two is not more than this share.
  constexpr double slack = 0.98;
  return std::max(slack * (caches(2 * few) - caches(few)) / static_cast<double>(few), 0.0);
}

class ServedCards {
 public:
  explicit ServedCards(const FormatContext& context)
      : context_(context), each_(bytes_of_a_sequence(context)) {}

  std::vector<Candidate> run(std::span<const GpuRecord* const> gpus) {
    std::vector<Card> cards;
    for (const auto* gpu : gpus) cards.push_back(bounds_of(*gpu));
    std::stable_sort(cards.begin(), cards.end(),
                     [](const Card& a, const Card& b) { return a.least < b.least; });
    std::vector<Candidate> found;
    for (const auto& card : cards) {
      auto one = card.least > threshold() ? std::nullopt : best_of(card);
      if (one) {
        keep(price_of(*one));
      } else {
        one = any_of(card);
      }
      if (one) found.push_back(std::move(*one));
    }
    return found;
  }

 private:
  [[nodiscard]] Card bounds_of(const GpuRecord& gpu) const {
    Card card{&gpu, {}, {}};
    const auto& limits = context_.request.hardware.limits;
    const auto usable = limits.any() ? device_of(gpu, limits).usable : usable_bytes(gpu).usable;
    const auto weights = context_.footprint.of(TermKind::weights).value_or(Bytes{});
    for (const auto count : counts_to_try(gpu, context_.request.hardware.max_gpus)) {
      const auto room = usable * count - weights;
      if (room < Bytes{0}) continue;
      Bound bound{count, most_of(room), unknown_price, {}};
      add_price(gpu, bound);
      if (card.sets.empty() || bound.whole < card.least) card.least = bound.whole;
      card.sets.push_back(bound);
    }
    return card;
  }

  [[nodiscard]] std::int64_t most_of(Bytes room) const {
    const auto engine = context_.workload.engine;
    const auto cap =
        engine == Engine::llama_cpp ? sizing::llama_cpp::most_sequences : most_sequences;
    const double most = each_ > 0 ? static_cast<double>(room.count()) / each_ + 1 : 1e18;
    return most < static_cast<double>(cap) ? static_cast<std::int64_t>(most) : cap;
  }

  void add_price(const GpuRecord& gpu, Bound& bound) const {
    const auto per_node = std::min(bound.count, machine_size(gpu));
    const auto nodes = (bound.count + per_node - 1) / per_node;
    const auto* offer = context_.offers.cheapest(gpu, per_node);
    const auto price = offer == nullptr ? std::nullopt : context_.offers.price(*offer);
    if (!price) return;
    const auto users = context_.request.load.users.value_or(1);
    const auto copies = (users + bound.most - 1) / bound.most;
    bound.hourly = *price * nodes;
    bound.whole = {offer->status == OfferStatus::retired ? 1 : 0,
                   bound.hourly * static_cast<double>(copies)};
  }

  /// The price above which nothing is shown.
  [[nodiscard]] Price threshold() const {
    const auto shown = static_cast<std::size_t>(context_.request.limit);
    return prices_.size() < shown ? Price{3, unknown_price} : prices_[shown - 1];
  }

  void keep(const Price& price) {
    prices_.insert(std::upper_bound(prices_.begin(), prices_.end(), price), price);
  }

  [[nodiscard]] bool is_offered(const Candidate& candidate) const {
    return !filters_offers(context_.request.offers) || candidate.cost.offer != nullptr;
  }

  [[nodiscard]] Candidate placed(const Card& card, const Bound& bound) const {
    return hold(context_, equal_cards(*card.gpu, bound.count, context_.request.hardware.limits));
  }

  /// Whether so few copies of the set can serve all users that it costs no more than that.
  [[nodiscard]] bool can_cost(const Candidate& candidate, const Bound& bound,
                              const Price& most) const {
    const bool priced = bound.hourly > 0 && bound.hourly < unknown_price;
    if (!priced || bound.whole.kind < most.kind) return true;
    const double copies = std::floor(most.hourly * (1 + 1e-9) / bound.hourly);
    const auto users = static_cast<double>(context_.request.load.users.value_or(1));
    const double each = std::ceil(users / std::max(copies, 1.0));
    return may_serve(context_, candidate, static_cast<std::int64_t>(each), bound.most);
  }

  /// The set that comes first; absent where none can be shown.
  std::optional<Candidate> best_of(const Card& card) const {
    std::optional<Candidate> best;
    const auto most = threshold();
    for (const auto& bound : card.sets) {
      const auto worst = best ? std::min(price_of(*best), most) : most;
      if (bound.whole > worst) continue;
      auto candidate = placed(card, bound);
      if (candidate.reason || !is_offered(candidate) || !can_cost(candidate, bound, worst)) {
        continue;
      }
      judge_limits_of(context_, candidate);
      const bool better =
          candidate.fits && (!best || comes_before(candidate, *best, Sort::cheapest, {}));
      if (better) best = std::move(candidate);
    }
    return best;
  }

  /// The smallest set that serves one request. What all copies cost is left open, so it comes last.
  std::optional<Candidate> any_of(const Card& card) const {
    for (const auto& bound : card.sets) {
      auto candidate = placed(card, bound);
      if (candidate.reason || !is_offered(candidate)) continue;
      if (!may_serve(context_, candidate, 1, 1)) continue;
      candidate.fits = true;
      candidate.service.emplace();
      return candidate;
    }
    return std::nullopt;
  }

  const FormatContext& context_;
  double each_;                ///< bytes
  std::vector<Price> prices_;  ///< of what was found, in order
};

}  // namespace

bool has_price_bounds(const FormatContext& context) {
  const auto& request = context.request;
  const auto& limits = request.limits;
  const bool limited = request.offers.max_usd_hour || request.offers.min_sla || limits.usd_month ||
                       limits.context || limits.sequences || limits.headroom_fraction ||
                       limits.headroom;
  const auto& workload = context.workload;
  const bool hosted =
      workload.offload != Offload::none || placement::keeps_on_host(context.model, workload);
  return request.load.serves() && request.sort == Sort::cheapest && !request.all &&
         request.limit > 0 && !limited && !hosted && context.draft == nullptr &&
         !exceeds_context(context) && context.footprint.of(TermKind::kv_cache);
}

std::vector<Candidate> served_cards(const FormatContext& context,
                                    std::span<const GpuRecord* const> gpus) {
  return ServedCards(context).run(gpus);
}

}  // namespace llmfit::search
