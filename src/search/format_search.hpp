// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "cost/offers.hpp"
#include "llmfit/fit.hpp"
#include "search/batch.hpp"
#include "search/hardware.hpp"
#include "search/rates.hpp"

namespace llmfit::search {

/// What of a card its loads depend on: nothing but under vLLM, which chooses its batch and its
/// kernels by the card.
struct CardKind {
  Platform platform = Platform::cuda;
  std::int64_t tokens = 0;
  std::int64_t sequences = 0;
  friend bool operator==(const CardKind&, const CardKind&) = default;
};
CardKind kind_of(const Workload& workload, const Device& device);

/// What sets of equal cards have in common: their loads by split, so that a hundred cards share a
/// few sums, and what they can hold at most.
class EqualShares {
 public:
  struct Entry {
    Split split;
    std::vector<DeviceLoad> loads;
    std::optional<HostShare> host;
    CardKind kind{};
  };
  [[nodiscard]] const Entry* find(const Split& split, const CardKind& kind = {}) const;
  const Entry& keep(Entry entry);

  /// So many cards and any fewer of them were tried without success.
  [[nodiscard]] std::int32_t failed(const GpuRecord* gpu) const;
  void fail(const GpuRecord* gpu, std::int32_t count);

  /// How far a situation reaches on equal cards, solved where they are not known.
  Reach reach(const Situation& situation);

 private:
  struct Solved {
    Split split;
    Device device;
    Reach reach;
  };
  struct Solver {
    Split split;
    std::unique_ptr<ReachSolver> solver;
  };
  Reach solve(const Situation& situation);

  std::vector<Entry> entries_;
  std::vector<Solved> solved_;
  std::vector<Solver> solvers_;
  const GpuRecord* failed_gpu_ = nullptr;
  std::int32_t failed_count_ = 0;
};

/// What stays the same while one format is tried on every hardware.
struct FormatContext {
  const Catalog& catalog;
  const Model& model;
  const FitRequest& request;
  const cost::OfferBook& offers;
  const FormatChoice& choice;
  const EngineRecord& engine;
  const Workload& workload;
  const Weights& weights;
  const Footprint& footprint;  ///< of the model alone
  const Draft* draft;          ///< beside it; null: none
  EqualShares& shares;
  Speedometer& speeds;
  std::span<const Device> cards;     ///< of the catalog, in its order
  const BatchDesk* batch = nullptr;  ///< null: no job was given
};

/// Whether more context is asked for than the model was made for.
bool exceeds_context(const FormatContext& context);

/// What each of the devices takes, a draft model included; without devices what the host takes
/// alone.
std::vector<DeviceLoad> loads_on(const FormatContext& context, const Split& split,
                                 std::span<const Device> devices);

/// The question of the inverse solves for a set that was placed.
Situation situation_of(const FormatContext& context, const Split& split,
                       std::span<const Device> devices, bool on_host);

/// The placement of the model on devices with what the workload's settings leave on the host, and
/// with what a search leaves there where that is asked for and needed.
Placement place_on(const FormatContext& context, const Split& split,
                   std::span<const Device> devices, bool equal);

/// Compares what a set leaves to the host with what its machine has; a machine that is too small is
/// a no.
void judge_host(const FormatContext& context, Candidate& candidate);

/// What a set costs: the cheapest machine that holds it (mixed sets are sold by nobody).
Cost set_cost(const cost::OfferBook& offers, const HardwareSet& set);

/// One set with its split, its loads and its price, before limits are judged.
Candidate hold(const FormatContext& context, const HardwareSet& set);
/// Judges its limits, which make the verdict.
void judge_limits_of(const FormatContext& context, Candidate& candidate);

/// The verdict on one set: split, loads, fit, price. Without the inverse solves.
Candidate evaluate(const FormatContext& context, const HardwareSet& set);

/// Every configuration that the request asks for and wants to see, unordered and without the
/// inverse solves.
std::vector<Candidate> candidates(const FormatContext& context);

/// Whether the engine, or the format or cache under it, does not run on the set at all.
bool is_unsupported(const Candidate& candidate);

/// The largest context and the most sequences of a candidate that was evaluated.
Reach reach_of(const FormatContext& context, const Candidate& candidate);

/// Adds the largest context and the most sequences to a candidate that was evaluated.
void solve_inverses(const FormatContext& context, Candidate& candidate);

/// Users x context for a candidate that was evaluated, or for one device without end. Errors: those
/// of size.
Result<LoadTable> load_table(const FormatContext& context, const Candidate* candidate);

/// What `--sort fastest` compares, larger first; absent: not known.
using Speed = std::function<std::optional<double>(const Candidate&)>;

/// Sorts by the request's order: what fits first, unknown values last, ties by price, count and id.
/// Of more than `limit` (0: no limit) only the first are kept. `speed` is asked for under
/// Sort::fastest only.
void order(std::vector<Candidate>& candidates, Sort sort, std::int64_t limit, const Speed& speed);
/// Whether the first belongs before the second by that order; not where nothing tells them apart.
bool comes_before(const Candidate& one, const Candidate& other, Sort sort, const Speed& speed);

}  // namespace llmfit::search
