// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "speed/times.hpp"

namespace llmfit {
namespace {

using speed::Configuration;

/// Cards of a generation that was not measured are estimated from related ones, which are further
/// off: half as far again at the median, left out in turn.
constexpr double unmeasured_low = 0.8;
constexpr double unmeasured_high = 1.25;
/// Nothing is known of the host but its kind: two memory channels or four, few cores or many.
constexpr double host_low = 0.4;
constexpr double host_high = 2.5;

void take_slower(speed::DeviceSpeed& device, const speed::DeviceSpeed& other) {
  device.weights = std::min(device.weights, other.weights);
  device.cache = std::min(device.cache, other.cache);
  device.decode = std::min(device.decode, other.decode);
  device.prefill = std::min(device.prefill, other.prefill);
  device.attention = std::min(device.attention, other.attention);
  device.layer = std::max(device.layer, other.layer);
  device.measured_cards = std::min(device.measured_cards, other.measured_cards);
}

/// The devices of one replica, stage by stage. False where one of them is not known.
bool add_stages(Configuration& set) {
  const auto& question = set.question;
  const auto ranks = static_cast<std::size_t>(std::max(question.split.tensor, 1));
  const auto wanted = ranks * static_cast<std::size_t>(std::max(question.split.pipeline, 1));
  const auto count = std::min(question.cards.size(), wanted);
  double parts = 0;
  std::optional<speed::DeviceSpeed> device;
  for (std::size_t i = 0; i < count; ++i) {
    const auto& card = question.cards[i];
    const bool same = i > 0 && card.gpu == question.cards[i - 1].gpu &&
                      card.fraction == question.cards[i - 1].fraction;
    if (!same) device = speed::device_speed(question, set.rules, card);
    if (!device) return false;
    if (i % ranks != 0) {
      if (same) continue;
      take_slower(set.stages.back().device, *device);
      continue;
    }
    set.stages.push_back({*device, card.part});
    parts += card.part;
  }
  for (auto& stage : set.stages) stage.part /= parts > 0 ? parts : 1;
  set.ranks = static_cast<double>(std::min(ranks, std::max<std::size_t>(count, 1)));
  return true;
}

void leave_to_host(Configuration& set) {
  const auto* host = set.question.host;
  const bool llama_cpp = set.question.engine.engine == Engine::llama_cpp;
  if (host == nullptr || set.question.cards.empty() || !llama_cpp) return;
  const double layers = set.question.work.layers;
  set.dense_part = std::max(0.0, 1 - host->layers / layers);
  set.expert_part = std::max(0.0, 1 - (host->layers + host->expert_layers) / layers);
}

SpeedLimit limit_of(const TimeParts& time, bool prompt) {
  const double compute = time.compute + (prompt ? time.cache : 0);
  const double memory = time.weights + (prompt ? 0 : time.cache);
  const std::array<std::pair<double, SpeedLimit>, 5> parts = {{
      {memory, SpeedLimit::memory_bandwidth},
      {compute, SpeedLimit::compute},
      {time.fixed, SpeedLimit::overhead},
      {time.link, SpeedLimit::link},
      {time.host, SpeedLimit::host_memory},
  }};
  return std::max_element(parts.begin(), parts.end())->second;
}

/// The more of the time is the host's, the more counts that its memory is not known.
void widen_for_host(SpeedBand& band, const TimeParts& time) {
  const double share = time.total > 0 ? time.host / time.total : 0;
  band.low += (std::min(host_low, band.low) - band.low) * share;
  band.high += (std::max(host_high, band.high) - band.high) * share;
}

SpeedBand band_for(const Configuration& set, std::string_view phase, const TimeParts& time) {
  const auto& cards = set.question.cards;
  if (cards.empty()) return {phase, "", host_low, host_high, 0};
  auto band = speed::band_of(set.rules, phase, *cards.front().gpu);
  if (set.stages.front().device.measured_cards == 0) {
    band.low *= unmeasured_low;
    band.high *= unmeasured_high;
  }
  widen_for_host(band, time);
  return band;
}

Rate rate(double value, const SpeedBand& band) {
  return {value * band.low, value, value * band.high};
}

/// A time is as uncertain as the rate that it comes from.
Rate duration(double value, const SpeedBand& band) {
  return {value / band.high, value, value / band.low};
}

/// One sequence alone.
void fill_single(Rates& rates, const Configuration& set) {
  const auto& question = set.question;
  const auto input = static_cast<double>(question.input);
  const auto depth = static_cast<double>(question.depth);
  const double context = depth + input + static_cast<double>(question.output) / 2;
  const bool split = set.stages.size() > 1;
  rates.step = speed::step_time(set, 1, context);
  rates.decode =
      rate(1 / rates.step.total, band_for(set, split ? "decode_split" : "decode", rates.step));
  rates.decode_limit = limit_of(rates.step, false);
  if (question.input <= 0) return;
  rates.prompt = speed::prompt_time(set, 1, input, depth);
  const auto band = band_for(set, split ? "prefill_split" : "prefill", rates.prompt);
  rates.prefill = rate(input / rates.prompt.total, band);
  rates.prefill_limit = limit_of(rates.prompt, true);
  rates.first_token = duration(rates.prompt.total, band);
}

/// All sequences at once, a new one as soon as one ends: its prompt holds up the others.
void fill_load(Rates& rates, const Configuration& set) {
  const auto& question = set.question;
  const double replicas = std::max(question.split.data, 1);
  const double sequences =
      std::max(std::ceil(static_cast<double>(question.sequences) / replicas), 1.0);
  const auto input = static_cast<double>(std::max<std::int64_t>(question.input, 0));
  const auto output = static_cast<double>(std::max<std::int64_t>(question.output, 1));
  const auto depth = static_cast<double>(question.depth);
  const auto step = speed::step_time(set, sequences, depth + input + output / 2);
  double prompts = 0;
  if (input > 0) {
    prompts = speed::prompt_time(set, sequences, input, depth).total;
    // Several prompts fill a pipeline.
    if (question.engine.engine != Engine::llama_cpp) {
      prompts /= std::min(sequences, static_cast<double>(set.stages.size()));
    }
  }
  const double total = output * step.total + (question.prompts_in_throughput ? prompts : 0);
  const auto band = band_for(set, question.sequences > 1 ? "batch" : "decode", step);
  rates.throughput =
      rate(std::min(static_cast<double>(question.sequences), sequences * replicas) * output / total,
           band);
  const double others = prompts * (sequences - 1) / sequences;
  rates.output_token = duration(step.total + others / output, band);
  // A prompt waits for the step that is running, and for prompts that came before it.
  const double busy = std::min(others / total, 0.95);
  const double running = sequences > 1 ? step.total : 0;
  rates.loaded_first_token = duration((running + rates.prompt.total) / (1 - busy), band);
  rates.loaded_step = step.total;
  rates.loaded_prompts = prompts;
  rates.load_limit = limit_of(step, false);
}

}  // namespace

std::string_view to_string(SpeedLimit limit) {
  switch (limit) {
    case SpeedLimit::compute:
      return "compute";
    case SpeedLimit::overhead:
      return "overhead";
    case SpeedLimit::link:
      return "link";
    case SpeedLimit::memory_bandwidth:
    case SpeedLimit::host_memory:
      break;
  }
  return "memory_bandwidth";
}

std::string_view describe(SpeedLimit limit) {
  switch (limit) {
    case SpeedLimit::memory_bandwidth:
      return "memory bandwidth";
    case SpeedLimit::compute:
      return "compute";
    case SpeedLimit::overhead:
      return "overhead";
    case SpeedLimit::link:
      return "link";
    case SpeedLimit::host_memory:
      return "host memory";
  }
  return "";
}

std::optional<Rates> estimate(const SpeedQuestion& question) {
  const auto* rules = speed::rules_of(question);
  if (rules == nullptr) return std::nullopt;
  if (question.cards.empty() && !question.engine.runs_on_host) return std::nullopt;
  Configuration set{question, *rules, {}, speed::host_device(question, *rules)};
  if (!add_stages(set)) return std::nullopt;
  if (set.stages.empty()) set.stages.push_back({set.host, 1});
  leave_to_host(set);
  Rates rates;
  fill_single(rates, set);
  fill_load(rates, set);
  rates.measured_cards = set.stages.front().device.measured_cards;
  if (!question.cards.empty()) rates.generation = question.cards.front().gpu->peaks.generation;
  return rates;
}

}  // namespace llmfit
