// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "speed/times.hpp"

namespace llmfit::speed {
namespace {

double of(Bytes bytes) { return static_cast<double>(bytes.count()); }
double of(Elements elements) { return static_cast<double>(elements.count()); }

/// Elements that a token is multiplied with.
double active_elements(const Work& work) {
  const double share =
      work.expert_count > 0 ? static_cast<double>(work.expert_active) / work.expert_count : 0;
  return of(work.dense_elements) * work.step_part + share * of(work.expert_elements);
}

/// Keys and values that one sequence reads with `context` tokens in its cache, and its state, read
/// and written.
double cache_bytes(const Work& work, double context, double groups_read_again) {
  const double seen = work.window > 0 ? std::min(context, static_cast<double>(work.window)) : 0;
  const double keys = of(work.cache_per_token) * context + of(work.window_cache_per_token) * seen;
  const double again = groups_read_again == 0 ? 1 : std::pow(work.head_groups, groups_read_again);
  return keys * again + 2 * of(work.state);
}

/// Without flash attention a step works through the context in a few long loops.
double plain_seconds(const Work& work, double context, const DeviceSpeed& device) {
  if (work.flash_attention || device.plain_attention <= 0) return 0;
  const double seen = work.window > 0 ? std::min(context, static_cast<double>(work.window)) : 0;
  return (static_cast<double>(work.attention) * context +
          static_cast<double>(work.window_attention) * seen) /
         device.plain_attention;
}

/// Memory and compute overlap in part: neither their sum nor the larger of both.
double joined(double memory, double compute, double roof) {
  return std::pow(std::pow(memory, roof) + std::pow(compute, roof), 1 / roof);
}

void add_stage(TimeParts& time, const Configuration& set, const StageSpeed& stage, double sequences,
               double context) {
  const auto& work = set.question.work;
  const auto& device = stage.device;
  const double replicas = set.question.split.experts ? set.question.split.data : 1;
  const double share = stage.part / set.ranks;
  const double experts =
      of(work.experts) * set.expert_part / replicas * touched_experts(work, sequences * replicas);
  TimeParts part;
  part.weights = (of(work.dense) * set.dense_part * work.step_part + of(work.head) + experts) *
                 share / device.weights;
  const double cache = cache_bytes(work, context, device.cache_groups) / device.cache;
  const double plain = plain_seconds(work, context, device);
  part.cache = sequences * (cache + plain) * set.dense_part * share;
  part.compute = 2 * (active_elements(work) + of(work.head_elements)) * set.dense_part * sequences *
                 share / device.decode;
  const double layers = work.layers * work.step_part * stage.part;
  part.fixed = layers * device.layer;
  part.link = 2 * layers * all_reduce_seconds(set, sequences);
  time.weights += part.weights;
  time.cache += part.cache;
  time.compute += part.compute;
  time.fixed += part.fixed;
  time.link += part.link;
  time.total +=
      joined(part.weights + part.cache, part.compute, set.rules.roof) + part.fixed + part.link;
}

/// What lies in host memory: llama.cpp computes there, vLLM copies it to the device in each step.
double host_seconds(const Configuration& set, double sequences, double context) {
  const auto& question = set.question;
  const auto& work = question.work;
  if (question.engine.engine == Engine::vllm) {
    const double link = question.cards.front().gpu->peaks.pcie_gb_s * 1e9;
    return link > 0 ? of(question.host->weights) / (link * set.ranks) : 0;
  }
  const double bytes = of(work.dense) * work.step_part * (1 - set.dense_part) +
                       of(work.experts) * (1 - set.expert_part) * touched_experts(work, sequences) +
                       sequences * cache_bytes(work, context, 0) * (1 - set.dense_part);
  const double operations =
      2 * active_elements(work) * sequences * (1 - std::min(set.dense_part, set.expert_part));
  return joined(bytes / set.host.weights, operations / set.host.decode, set.rules.roof);
}

}  // namespace

double touched_experts(const Work& work, double tokens) {
  if (work.expert_count <= 0) return 0;
  const double missed = 1 - static_cast<double>(work.expert_active) / work.expert_count;
  return 1 - std::pow(std::max(missed, 0.0), tokens);
}

TimeParts step_time(const Configuration& set, double sequences, double context) {
  const auto stages = static_cast<double>(set.stages.size());
  // A pipeline works on as many groups of sequences as it has stages; llama.cpp on one.
  const bool pipelined = set.question.engine.engine != Engine::llama_cpp;
  const double group = pipelined ? std::max(1.0, sequences / stages) : sequences;
  TimeParts time;
  for (const auto& stage : set.stages) add_stage(time, set, stage, group, context);
  const double sequence = set.stages.front().device.sequence * sequences;
  const double hops = (stages - 1) * set.rules.hop_us * 1e-6 + machine_hops_seconds(set, group);
  time.fixed += sequence;
  time.link += hops;
  time.total += sequence + hops;
  if (set.question.host != nullptr && !set.question.cards.empty()) {
    time.host = host_seconds(set, sequences, context);
    time.total += time.host;
  }
  return time;
}

}  // namespace llmfit::speed
