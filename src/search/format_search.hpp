// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "cost/offers.hpp"
#include "llmfit/fit.hpp"
#include "search/hardware.hpp"

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

/// Loads of sets of equal cards by their split, so that a hundred cards share a few sums.
class EqualShares {
 public:
  [[nodiscard]] const std::vector<DeviceLoad>* find(const Split& split,
                                                    const CardKind& kind = {}) const;
  void keep(const Split& split, std::vector<DeviceLoad> loads, const CardKind& kind = {});

  /// So many cards and any fewer of them were tried without success.
  [[nodiscard]] std::int32_t failed(const GpuRecord* gpu) const;
  void fail(const GpuRecord* gpu, std::int32_t count);

 private:
  struct Entry {
    Split split;
    CardKind kind;
    std::vector<DeviceLoad> loads;
  };
  std::vector<Entry> entries_;
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
};

/// What each of the devices takes, a draft model included; without devices what the host takes
/// alone.
std::vector<DeviceLoad> loads_on(const FormatContext& context, const Split& split,
                                 std::span<const Device> devices);

/// What a set costs: the cheapest machine that holds it (mixed sets are sold by nobody).
Cost set_cost(const cost::OfferBook& offers, const HardwareSet& set);

/// The verdict on one set: split, loads, fit, price. Without the inverse solves.
Candidate evaluate(const FormatContext& context, const HardwareSet& set);

/// Every configuration that the request asks for and wants to see, unordered and without the
/// inverse solves.
std::vector<Candidate> candidates(const FormatContext& context);

/// Adds the largest context and the most sequences to a candidate that was evaluated.
void solve_inverses(const FormatContext& context, Candidate& candidate);

/// Users x context for a candidate that was evaluated, or for one device without end. Errors: those
/// of size.
Result<LoadTable> load_table(const FormatContext& context, const Candidate* candidate);

/// Sorts by the request's order: what fits first, unknown values last, ties by price, count and id.
void order(std::vector<Candidate>& candidates, Sort sort);

}  // namespace llmfit::search
