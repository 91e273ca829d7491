// SPDX-License-Identifier: MIT
#include "llmfit/batch.hpp"

#include <algorithm>
#include <cmath>

#include "speed/times.hpp"

namespace llmfit {
namespace {

using speed::Configuration;

/// Rates were fitted to models that write. Of those, models that only read get this share, and nine
/// of ten published times lie within the band: BERT base, padded and not, on A100, A10, V100 and T4
/// (NVIDIA/FasterTransformer docs/bert_guide.md); none under llama.cpp.
constexpr double reader_share = 0.8;
constexpr double reader_low = 0.6;
constexpr double reader_high = 1.8;

double real(std::int64_t value) { return static_cast<double>(value); }

/// Attention of one sequence of `tokens` tokens with itself, in pairs of operations.
double pairs_of(const Work& work, double tokens, double seen) {
  const double near = work.window > 0 ? std::min(seen, real(work.window)) : 0;
  return tokens * (real(work.attention) * seen + real(work.window_attention) * near);
}

/// The job under one way on one configuration.
class Worker {
 public:
  Worker(const BatchQuestion& question, const Configuration& set, BatchWay way)
      : question_(question),
        plan_(question.plan),
        set_(set),
        way_(way),
        replicas_(std::max(question.speed.split.data, 1)),
        sequences_(real(question.plan.prompts.sequences())) {}

  [[nodiscard]] BatchTime run() const {
    BatchTime time;
    add(time, prompts(), time.prompts, set_.stages.size() > 1 ? "prefill_split" : "prefill");
    if (plan_.answers.empty()) return time;
    time.concurrency = concurrency();
    add(time, answers(real(time.concurrency)), time.answers, "batch");
    return time;
  }

 private:
  void add(BatchTime& time, const TimeParts& parts, double& seconds, std::string_view phase) const {
    auto band = speed::band_in(set_, phase, parts);
    seconds = parts.total;
    if (!question_.causal) {
      band.low = std::min(band.low, reader_low);
      band.high = std::max(band.high, reader_high);
      seconds /= reader_share;
    }
    time.seconds.low += seconds / band.high;
    time.seconds.value += seconds;
    time.seconds.high += seconds / band.low;
  }

  /// Tokens of one padded prompt.
  [[nodiscard]] double padded_length() const {
    const double slot = real(plan_.slot);
    if (!question_.pads_to_longest) return slot;
    return plan_.prompts.expected_longest(std::max(std::floor(pass() / slot), 1.0));
  }

  [[nodiscard]] double computed_tokens() const {
    const bool padded = way_ == BatchWay::padded;
    return padded ? sequences_ * padded_length() : real(plan_.of(way_).computed);
  }

  [[nodiscard]] TimeParts prompts() const {
    const double computed = computed_tokens();
    const double tokens = std::min(pass(), computed);
    auto time = speed::passes_time(set_, computed / tokens / replicas_, tokens,
                                   attention_pairs(tokens) / replicas_);
    // A server takes up, hands out and answers each sequence on its own.
    const double each = set_.stages.front().device.sequence * sequences_ / replicas_;
    time.fixed += each;
    time.total += each;
    return time;
  }

  [[nodiscard]] double pass() const {
    const auto own = question_.pass_tokens > 0 ? question_.pass_tokens : set_.rules.prefill_chunk;
    return real(std::max<std::int64_t>(std::min(own, question_.held_tokens.value_or(own)), 1));
  }

  [[nodiscard]] double attention_pairs(double pass) const {
    const auto& work = question_.speed.work;
    const double computed = computed_tokens();
    const double part = question_.causal ? 0.5 : 1;
    if (question_.dense_mask) return computed / pass * pairs_of(work, pass, pass * part);
    if (way_ == BatchWay::padded) {
      const double length = padded_length();
      return sequences_ * pairs_of(work, length, length * part);
    }
    double sum = 0;
    for (const auto& one : plan_.prompts.counts()) {
      sum += real(one.sequences) * pairs_of(work, real(one.tokens), real(one.tokens) * part);
    }
    return sum;
  }

  /// Tokens that the cache of one sequence has to take.
  [[nodiscard]] double held_tokens() const {
    switch (way_) {
      case BatchWay::padded:
        return padded_length() + real(plan_.answers.longest());
      case BatchWay::packed:
        return plan_.prompts.mean() + real(plan_.answers.longest());
      case BatchWay::continuous:
        break;
    }
    return plan_.prompts.mean() + plan_.answers.mean();
  }

  [[nodiscard]] std::int64_t concurrency() const {
    const auto stack = set_.rules.max_sequences > 0 ? set_.rules.max_sequences : 1;
    auto most = std::min(question_.most_sequences.value_or(stack), plan_.prompts.sequences());
    if (question_.cache_tokens) {
      most = std::min(most, static_cast<std::int64_t>(*question_.cache_tokens / held_tokens()));
    }
    return std::max<std::int64_t>(most, 1);
  }

  /// Steps in which every answer gets a token. A static batch waits for its longest answer.
  [[nodiscard]] double steps(double at_once) const {
    const auto& lengths = plan_.answers;
    if (way_ != BatchWay::continuous) {
      return std::ceil(sequences_ / at_once) * lengths.expected_longest(at_once);
    }
    return std::max(sequences_ * lengths.mean() / at_once, lengths.expected_longest(sequences_));
  }

  /// Tokens before the one that is written, on average.
  [[nodiscard]] double depth(double at_once) const {
    const auto& lengths = plan_.answers;
    if (way_ == BatchWay::padded) return padded_length() + lengths.expected_longest(at_once) / 2;
    const auto mean = plan_.prompts.mean();
    if (way_ == BatchWay::packed) return mean + lengths.expected_longest(at_once) / 2;
    double squares = 0;
    for (const auto& one : lengths.counts()) {
      squares += real(one.sequences) * real(one.tokens) * real(one.tokens);
    }
    return mean + squares / real(lengths.tokens()) / 2;
  }

  [[nodiscard]] TimeParts answers(double at_once) const {
    auto time = speed::step_time(set_, std::ceil(at_once / replicas_), depth(at_once));
    const double count = steps(at_once);
    for (auto* part : {&time.weights, &time.cache, &time.compute, &time.fixed, &time.link,
                       &time.host, &time.total}) {
      *part *= count;
    }
    return time;
  }

  const BatchQuestion& question_;
  const BatchPlan& plan_;
  const Configuration& set_;
  BatchWay way_;
  double replicas_;
  double sequences_;
};

}  // namespace

std::optional<std::array<BatchTime, batch_ways>> work_off(const BatchQuestion& question) {
  const auto set = speed::configure(question.speed);
  if (!set || question.plan.prompts.empty()) return std::nullopt;
  std::array<BatchTime, batch_ways> times;
  for (const auto way : every_batch_way) {
    times[static_cast<std::size_t>(way)] = Worker(question, *set, way).run();
  }
  return times;
}

}  // namespace llmfit
