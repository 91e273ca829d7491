// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "speed/times.hpp"

namespace llmfit::speed {
namespace {

double of(Bytes bytes) { return static_cast<double>(bytes.count()); }
double of(Elements elements) { return static_cast<double>(elements.count()); }

/// A prompt as it is worked off: in passes of at most a chunk.
struct Passes {
  double count = 1;
  double tokens = 1;   ///< of one pass
  double overlap = 1;  ///< of the time of all passes, what is left where stages work side by side
};

double overlap_of(const Configuration& set, double count) {
  const auto stages = static_cast<double>(set.stages.size());
  const double ideal = (count + stages - 1) / (stages * count);
  return 1 - (1 - ideal) * set.rules.pipelining;
}

/// The last pass over one prompt is not full; those over many prompts are, one prompt's end and
/// the next one's start share a pass.
Passes passes_of(const Configuration& set, double sequences, double tokens) {
  const auto chunks = sequences * tokens / static_cast<double>(set.rules.prefill_chunk);
  Passes passes;
  passes.count = sequences > 1 ? std::max(chunks, 1.0) : std::max(std::ceil(chunks), 1.0);
  passes.tokens = sequences * tokens / passes.count;
  passes.overlap = overlap_of(set, passes.count);
  return passes;
}

/// What a prompt's tokens do with all that come before them.
struct Attention {
  double pairs = 0;   ///< multiplications with an addition
  double scores = 0;  ///< written to memory and read again where flash attention is off
};

Attention attention_of(const Work& work, double tokens, double context) {
  const double seen = context + (work.encodes ? tokens : tokens / 2);
  const double near = work.window > 0 ? std::min(seen, static_cast<double>(work.window)) : 0;
  const auto all = [&](std::int64_t wide, std::int64_t narrow) {
    return tokens * (static_cast<double>(wide) * seen + static_cast<double>(narrow) * near);
  };
  return {all(work.attention, work.window_attention),
          work.flash_attention ? 0 : all(work.scores, work.window_scores)};
}

/// Weights in host memory are copied to a device for every pass over a prompt.
double host_seconds(const Configuration& set, const Passes& passes) {
  const auto& question = set.question;
  if (question.host == nullptr || question.cards.empty()) return 0;
  const auto& work = question.work;
  const double bytes = of(work.dense) * work.prompt_part * (1 - set.dense_part) +
                       of(work.experts) * (1 - set.expert_part);
  const double link = question.cards.front().gpu->peaks.pcie_gb_s * 1e9;
  // Cards that share the host's memory copy at its speed.
  return passes.count * bytes / (link > 0 ? link : set.host.weights);
}

void add_stage(TimeParts& time, const Configuration& set, const StageSpeed& stage,
               const Passes& passes, const Attention& attention) {
  const auto& work = set.question.work;
  const auto& device = stage.device;
  const double share = stage.part / set.ranks * passes.count;
  const double active =
      work.expert_count > 0 ? static_cast<double>(work.expert_active) / work.expert_count : 0;
  const double elements =
      of(work.dense_elements) * work.prompt_part + active * of(work.expert_elements);
  const double layer =
      set.rules.prefill_layer_us > 0 ? set.rules.prefill_layer_us * 1e-6 : device.layer;
  TimeParts part;
  const double layers = work.layers * work.prompt_part * stage.part;
  part.weights = (of(work.dense) * work.prompt_part +
                  of(work.experts) * touched_experts(work, passes.tokens)) *
                 share / device.weights;
  part.compute = 2 * elements * passes.tokens * share / device.prefill;
  const double written = device.scores > 0 ? attention.scores / device.scores : 0;
  part.cache = (2 * attention.pairs / device.attention + written) * stage.part / set.ranks;
  part.fixed = layers * passes.count * layer;
  part.link = 2 * layers * passes.count * all_reduce_seconds(set, passes.tokens);
  time.weights += part.weights;
  time.cache += part.cache;
  time.compute += part.compute;
  time.fixed += part.fixed;
  time.link += part.link;
  time.total += std::hypot(part.weights, part.compute) + part.cache + part.fixed + part.link;
}

}  // namespace

TimeParts prompt_time(const Configuration& set, double sequences, double tokens, double context) {
  const auto passes = passes_of(set, sequences, tokens);
  auto attention = attention_of(set.question.work, tokens, context);
  attention.pairs *= sequences;
  attention.scores *= sequences;
  TimeParts time;
  for (const auto& stage : set.stages) add_stage(time, set, stage, passes, attention);
  time.total *= passes.overlap;
  const double hops = passes.count * ((static_cast<double>(set.stages.size()) - 1) *
                                          set.rules.prefill_hop_us * 1e-6 +
                                      machine_hops_seconds(set, passes.tokens));
  // The last pass ends with the output matrix, for the first token of the answer.
  const auto& last = set.stages.back().device;
  const double head = of(set.question.work.head) / (last.weights * set.ranks);
  time.weights += head;
  time.link += hops;
  time.host = host_seconds(set, passes);
  time.total += head + hops + time.host;
  return time;
}

TimeParts passes_time(const Configuration& set, double count, double tokens, double pairs) {
  const Passes passes{count, tokens, overlap_of(set, std::max(count, 1.0))};
  const auto& work = set.question.work;
  const double scores =
      work.flash_attention || work.attention == 0
          ? 0
          : pairs * static_cast<double>(work.scores) / static_cast<double>(work.attention);
  TimeParts time;
  for (const auto& stage : set.stages) add_stage(time, set, stage, passes, {pairs, scores});
  const auto engine = set.question.engine.engine;
  // PyTorch's host is ahead of the card by as many kernels as it likes while passes follow passes.
  if (engine == Engine::transformers) {
    time.total = std::max(time.total - time.fixed, time.fixed);
  }
  const auto stages = static_cast<double>(set.stages.size());
  // Servers keep every stage busy with a prompt of its own.
  time.total *= engine == Engine::llama_cpp ? passes.overlap : 1 / stages;
  time.host = host_seconds(set, passes);
  time.total += time.host;
  return time;
}

}  // namespace llmfit::speed
