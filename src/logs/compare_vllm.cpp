// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "llmfit/placement.hpp"
#include "logs/compare.hpp"
#include "logs/draft.hpp"
#include "logs/text.hpp"
#include "sizing/engine_vllm.hpp"

namespace llmfit::logs {
namespace {

/// "Model loading took" is all that PyTorch holds by then, rotary tables too (32 MiB of Llama 3.1):
/// the nine logs of dense models in tests/logs lie within 0.8 % of the sum of the tensors.
constexpr double weights_thousandths = 10;

/// More is a misprint.
constexpr double largest_card = 1099511627776.0 * 64;  // 64 TiB
constexpr std::int32_t most_ranks = 4096;

/// The largest (or smallest) of what the ranks print.
enum class Pick { largest, smallest };
std::optional<Measured> of_ranks(const LogFacts& facts, Measure measure, Pick pick) {
  std::optional<Measured> found;
  for (const auto& reading : facts.readings) {
    if (reading.measure != measure) continue;
    const bool better = !found || (pick == Pick::largest ? reading.amount > found->amount
                                                         : reading.amount < found->amount);
    if (better) found = Measured{reading.amount, reading.rounding};
  }
  return found;
}

/// What one rank takes, the largest of all ranks, and the band of each part.
struct Rank {
  std::optional<Band> weights;
  std::optional<Band> activation;
  std::optional<Band> runtime;  ///< without graphs
  std::optional<Band> graphs;
  double cache = 0;  ///< of one sequence of the longest length; 0: unknown
};

Bytes card_of(const VerifyQuestion& question) {
  const auto& total = question.facts.total_bytes;
  if (total && *total <= largest_card) return Bytes{static_cast<std::int64_t>(*total)};
  return question.card.value_or(Bytes{0});
}

Split split_of(const Workload& workload) {
  return {workload.vllm.tensor_parallel.value_or(1), workload.vllm.pipeline_parallel.value_or(1), 1,
          workload.vllm.data_parallel, workload.vllm.expert_parallel};
}

std::vector<DeviceLoad> loads_of(const Sheet& sheet, const Workload& workload,
                                 const Footprint& footprint) {
  const auto split = split_of(workload);
  const auto largest_size = std::max({split.tensor, split.pipeline, split.data});
  if (largest_size > most_ranks || split.devices() > most_ranks) return {};
  const auto count = static_cast<std::size_t>(split.devices());
  const std::vector<Device> devices(count, Device{card_of(sheet.question)});
  return share(sheet.question.model, footprint, workload, split, devices);
}

/// The largest of a part over the ranks; absent where it is unknown.
template <class Part>
std::optional<Bytes> largest(const std::vector<DeviceLoad>& loads, Part part) {
  std::optional<Bytes> most;
  for (const auto& load : loads) {
    const std::optional<Bytes> bytes = part(load);
    if (bytes && (!most || *bytes > *most)) most = bytes;
  }
  return most;
}

/// The same question for one sequence of the longest length, with or without graphs.
Workload one_sequence(const VerifyQuestion& question, bool eager) {
  auto workload = question.workload;
  workload.sequences = 1;
  workload.vllm.enforce_eager = eager;
  return workload;
}

/// Also where the version does not count them into its share.
Band graphs_band(const Sheet& sheet) {
  auto workload = sheet.question.workload;
  workload.vllm.version = newest_vllm;
  const auto graphs = sizing::vllm::graphs(workload);
  return {number(graphs.low), number(graphs.bytes), number(graphs.high), Basis::estimate};
}

std::optional<Rank> rank_of(const Sheet& sheet) {
  const auto& question = sheet.question;
  const auto workload = one_sequence(question, true);
  const auto eager =
      size(question.model, sheet.weights, workload, question.format, question.engine);
  if (!eager) return std::nullopt;
  const auto loads = loads_of(sheet, workload, *eager);
  Rank rank;
  const auto weights = largest(loads, [](const DeviceLoad& load) { return load.weights; });
  const auto activation = largest(loads, [](const DeviceLoad& load) { return load.compute; });
  const auto runtime = largest(loads, [](const DeviceLoad& load) { return load.runtime; });
  const auto cache = largest(loads, [](const DeviceLoad& load) { return load.kv_cache; });
  if (weights) {
    const auto band = scaled(*eager, TermKind::weights, *weights);
    const auto close = within(*weights, weights_thousandths);
    rank.weights = Band{std::min(band.low, close.low), band.value, std::max(band.high, close.high),
                        band.basis};
  }
  if (activation) rank.activation = scaled(*eager, TermKind::compute, *activation);
  if (runtime) rank.runtime = scaled(*eager, TermKind::runtime, *runtime);
  if (!question.workload.vllm.enforce_eager) rank.graphs = graphs_band(sheet);
  if (cache) rank.cache = number(*cache);
  return rank;
}

/// utilisation x total, less all that is not cache; absent where the card is unknown.
std::optional<Band> budget(const Sheet& sheet, const Rank& rank) {
  const auto total = number(card_of(sheet.question));
  if (total <= 0 || !rank.weights || !rank.activation || !rank.runtime) return std::nullopt;
  const auto share = total * sheet.question.workload.vllm.utilization;
  Band band{share, share, share, Basis::estimate};
  const auto take = [&](const Band& part) {
    band.low -= part.high;
    band.value -= part.value;
    band.high -= part.low;
  };
  take(*rank.weights);
  take(*rank.activation);
  take(*rank.runtime);
  const bool counted = sizing::vllm::rules_of(sheet.question.workload.vllm).counts_graphs;
  if (rank.graphs && counted) take(*rank.graphs);
  return band;
}

/// How often a sequence of the longest length goes into the cache. The memory for it is the log's
/// own where it tells, so that this judges the bytes of a token and nothing else.
std::optional<Band> concurrency(const Sheet& sheet, const Rank& rank) {
  if (rank.cache <= 0) return std::nullopt;
  const auto measured = of_ranks(sheet.question.facts, Measure::kv_budget, Pick::smallest);
  auto band = budget(sheet, rank);
  if (measured) {
    // A few pages are lost where the layers' groups do not divide the memory.
    band = Band{measured->amount - measured->rounding, measured->amount,
                measured->amount + measured->rounding, Basis::exact};
  }
  if (!band || band->value <= 0) return std::nullopt;
  return Band{std::max(0.0, band->low) / rank.cache, band->value / rank.cache,
              band->high / rank.cache, band->basis};
}

bool has_windows(const Model& model) {
  return std::any_of(model.layers.begin(), model.layers.end(),
                     [](const Layer& layer) { return layer.window > 0; });
}

/// Whole blocks of 16 tokens.
std::optional<Band> tokens(const Sheet& sheet, const std::optional<Band>& times) {
  // Versions of 2025 count windowed layers as if they saw everything.
  if (!times || has_windows(sheet.question.model)) return std::nullopt;
  constexpr double block = 16;
  const auto length = static_cast<double>(sheet.question.workload.context);
  const auto whole_blocks = [&](double count) {
    return std::floor(count * length / block) * block;
  };
  return Band{whole_blocks(times->low), whole_blocks(times->value), whole_blocks(times->high),
              times->basis};
}

void add_notes(Sheet& sheet) {
  const auto& facts = sheet.question.facts;
  if (card_of(sheet.question) == Bytes{0} && has_reading(facts, Measure::kv_budget)) {
    sheet.note(NoteCode::verify_card_unknown);
  }
  const bool counts =
      has_reading(facts, Measure::kv_tokens) || has_reading(facts, Measure::concurrency);
  if (counts && has_reading(facts, Measure::kv_budget)) sheet.note(NoteCode::verify_tokens_of_log);
}

}  // namespace

void compare_vllm(Sheet& sheet) {
  const auto& facts = sheet.question.facts;
  const auto rank = rank_of(sheet).value_or(Rank{});
  const auto times = concurrency(sheet, rank);
  const auto add = [&](Measure measure, Pick pick, const std::optional<Band>& band) {
    auto measured = of_ranks(facts, measure, pick);
    sheet.add(measure, {}, measured, band);
  };
  add(Measure::weights, Pick::largest, rank.weights);
  add(Measure::activation, Pick::largest, rank.activation);
  add(Measure::non_torch, Pick::largest, rank.runtime);
  add(Measure::graphs, Pick::largest, rank.graphs);
  add(Measure::kv_budget, Pick::smallest, budget(sheet, rank));
  const auto request = rank.cache > 0
                           ? std::optional(Band{rank.cache, rank.cache, rank.cache, Basis::exact})
                           : std::nullopt;
  add(Measure::kv_request, Pick::largest, request);
  add(Measure::kv_tokens, Pick::smallest, tokens(sheet, times));
  add(Measure::concurrency, Pick::smallest, times);
  add_notes(sheet);
}

}  // namespace llmfit::logs
