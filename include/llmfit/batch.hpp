// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "llmfit/speed.hpp"

namespace llmfit {

/// Up to these the tokens of a job are a whole number of 64 bits.
inline constexpr std::int64_t most_batch_sequences = 1'000'000'000'000;
inline constexpr std::int64_t longest_batch_sequence = std::int64_t{1} << 22;

struct LengthCount {
  std::int64_t tokens = 0;
  std::int64_t sequences = 0;
  friend bool operator==(const LengthCount&, const LengthCount&) = default;
};

/// How many sequences there are of each length.
class LengthHistogram {
 public:
  LengthHistogram() = default;
  /// Lengths in any order; those below one token or that no sequence has are left out.
  explicit LengthHistogram(std::vector<LengthCount> counts);
  /// `sequences` that have each length from `low` to `high` alike often; of more than 4096 lengths
  /// as many that lie evenly among them.
  static LengthHistogram uniform(std::int64_t low, std::int64_t high, std::int64_t sequences);

  /// Shortest first, each length once.
  [[nodiscard]] std::span<const LengthCount> counts() const { return counts_; }
  [[nodiscard]] bool empty() const { return counts_.empty(); }
  [[nodiscard]] std::int64_t sequences() const;
  [[nodiscard]] std::int64_t tokens() const;
  [[nodiscard]] std::int64_t shortest() const;  ///< 0: empty
  [[nodiscard]] std::int64_t longest() const;   ///< 0: empty
  [[nodiscard]] double mean() const;            ///< 0: empty

  /// As many sequences as that, in the same shares.
  [[nodiscard]] LengthHistogram scaled(std::int64_t wanted) const;
  /// Longer ones cut to `most` tokens.
  [[nodiscard]] LengthHistogram cut(std::int64_t most) const;
  /// Tokens of the longest of `drawn` sequences that are drawn at random, on average.
  [[nodiscard]] double expected_longest(double drawn) const;

  friend bool operator==(const LengthHistogram&, const LengthHistogram&) = default;

 private:
  std::vector<LengthCount> counts_;
};

/// How a job's sequences are laid into the passes of a model.
enum class BatchWay {
  padded,      ///< each in a slot of its own, filled up with padding; answers in static batches
  packed,      ///< several in one slot, attention masked between them; answers in static batches
  continuous,  ///< as long as each is, a new one as soon as one ends
};
inline constexpr std::size_t batch_ways = 3;
inline constexpr std::array<BatchWay, batch_ways> every_batch_way = {
    BatchWay::padded, BatchWay::packed, BatchWay::continuous};
std::string_view to_string(BatchWay way);

/// So many sequences to work off, nobody waiting for a single one.
struct BatchJob {
  LengthHistogram lengths;             ///< of all sequences
  LengthHistogram answers;             ///< of as many answers; empty: the model writes none
  std::optional<std::int64_t> slot;    ///< tokens; absent: see `plan_batch`
  std::optional<double> within_hours;  ///< the job must have ended by then
};

/// What one way makes of the prompts.
struct BatchTokens {
  std::int64_t slots = 0;     ///< that are filled; 0: the way has none
  std::int64_t computed = 0;  ///< tokens, padding included
  double waste = 0;           ///< share of those that is padding
  double speed_up = 1;        ///< padded tokens for each of them
};

/// The job as it is worked off on any hardware.
struct BatchPlan {
  std::int64_t slot = 0;           ///< tokens
  LengthHistogram prompts;         ///< none longer than a slot
  LengthHistogram answers;         ///< empty: none are written
  std::int64_t cut_sequences = 0;  ///< that were longer
  std::int64_t cut_tokens = 0;     ///< that were left out of those
  std::optional<double> within_hours;
  std::array<BatchTokens, batch_ways> ways;

  [[nodiscard]] const BatchTokens& of(BatchWay way) const {
    return ways[static_cast<std::size_t>(way)];
  }
};

/// Sequences longer than a slot are cut to it, alike in each way. A slot has the tokens that the
/// job says, else 512 for a model that only reads and the job's longest sequence for one that
/// answers; no more than `context` leaves beside the longest answer. Packing is best fit
/// decreasing.
BatchPlan plan_batch(const BatchJob& job, std::int64_t context);

/// What a configuration has for a job.
struct BatchQuestion {
  const SpeedQuestion& speed;  ///< its lengths and sequences do not count
  const BatchPlan& plan;
  std::int64_t pass_tokens = 0;                  ///< of prompts at once; 0: as the stack does
  std::optional<std::int64_t> held_tokens{};     ///< of prompts that memory allows at once
  std::optional<std::int64_t> most_sequences{};  ///< in flight at once; absent: as the stack does
  std::optional<double> cache_tokens{};  ///< that all caches share; absent: each has its own part
  bool causal = true;                    ///< a token sees those before it, not all
  /// Padding ends at the longest sequence of a batch, not of a slot; sequences come as they are.
  bool pads_to_longest = false;
  bool dense_mask = false;  ///< attention computes each pair of a pass and drops those masked
};

/// How long one copy of a configuration works at a job in one way.
struct BatchTime {
  Rate seconds;
  double prompts = 0;            ///< seconds of those
  double answers = 0;            ///< seconds of those
  std::int64_t concurrency = 0;  ///< sequences that answer at once; 0: none answers
};

/// One for each way. Absent: no rate is known, as for `estimate`.
std::optional<std::array<BatchTime, batch_ways>> work_off(const BatchQuestion& question);

/// One way on one configuration, with as many copies as it takes to end in time.
struct BatchRun {
  Rate hours;               ///< of one copy
  std::int64_t copies = 1;  ///< that end within the hours asked for
  std::int64_t concurrency = 0;
  std::optional<double> usd_on_demand;  ///< of the whole job, whatever the copies
  std::optional<double> usd_spot;
};

/// A job on one configuration.
struct BatchResult {
  BatchWay engine_way = BatchWay::padded;  ///< what the engine does
  std::array<BatchRun, batch_ways> runs;
  const OfferRecord* on_demand = nullptr;  ///< the cheapest machine; null: none is known
  const OfferRecord* spot = nullptr;
  bool by_spot = false;  ///< spot prices are those that count

  [[nodiscard]] const BatchRun& of(BatchWay way) const {
    return runs[static_cast<std::size_t>(way)];
  }
  [[nodiscard]] const BatchRun& best() const { return of(engine_way); }
  /// Dollars of the job as the engine does it, by the prices that count; absent: unknown.
  [[nodiscard]] std::optional<double> usd() const {
    return by_spot ? best().usd_spot : best().usd_on_demand;
  }
};

}  // namespace llmfit
