// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "speed/cycle.hpp"
#include "speed/times.hpp"

namespace llmfit {
namespace {

using speed::Configuration;
using speed::Cycle;

/// Cards of a generation that was not measured are estimated from related ones, which are further
/// off. With each generation left out of the fit in turn the widened bands held 96 % of the
/// decoding rates and 92 % of the prompts.
constexpr double unmeasured_low = 0.8;
constexpr double unmeasured_high = 1.25;
/// Of a card without a known generation only its peaks count: the shares of them that others reach
/// lie so far from their median.
constexpr double unrelated_low = 0.6;
constexpr double unrelated_high = 1.4;
/// Nothing is known of the host but its kind: two memory channels or four, few cores or many.
constexpr double host_low = 0.4;
constexpr double host_high = 2.5;

void take_slower(speed::DeviceSpeed& device, const speed::DeviceSpeed& other) {
  device.weights = std::min(device.weights, other.weights);
  device.cache = std::min(device.cache, other.cache);
  device.decode = std::min(device.decode, other.decode);
  device.prefill = std::min(device.prefill, other.prefill);
  device.attention = std::min(device.attention, other.attention);
  device.plain_attention = std::min(device.plain_attention, other.plain_attention);
  device.scores = std::min(device.scores, other.scores);
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
  const bool unrelated = cards.front().gpu->peaks.generation.empty();
  if (unrelated) {
    band.low *= unrelated_low;
    band.high *= unrelated_high;
  } else if (set.stages.front().device.measured_cards == 0) {
    band.low *= unmeasured_low;
    band.high *= unmeasured_high;
  }
  widen_for_host(band, time);
  return band;
}

Rate rate(double value, const SpeedBand& band) {
  return {value * band.low, value, value * band.high};
}

/// The band that a rate was given.
SpeedBand factors_of(const Rate& rate) {
  return {"", "", rate.low / rate.value, rate.high / rate.value, 0};
}

/// A time is as uncertain as the rate that it comes from.
Rate duration(double value, const SpeedBand& band) {
  return {value / band.high, value, value / band.low};
}

/// One sequence alone: its prompt.
void fill_prompt(Rates& rates, const Configuration& set) {
  const auto& question = set.question;
  if (question.input <= 0) return;
  const auto input = static_cast<double>(question.input);
  rates.prompt = speed::prompt_time(set, 1, input, static_cast<double>(question.depth));
  const auto band = speed::prefill_band(set, rates.prompt);
  rates.prefill = rate(input / rates.prompt.total, band);
  rates.prefill_limit = limit_of(rates.prompt, true);
  rates.first_token = duration(rates.prompt.total, band);
}

/// One sequence alone: its answer.
void fill_answer(Rates& rates, const Configuration& set) {
  const auto& question = set.question;
  const double context = static_cast<double>(question.depth + question.input) +
                         static_cast<double>(question.output) / 2;
  rates.step = speed::step_time(set, 1, context);
  rates.decode = rate(1 / rates.step.total, speed::decode_band(set, rates.step));
  rates.decode_limit = limit_of(rates.step, false);
}

/// An encoder: all texts at once, and nothing after them.
void fill_encoder(Rates& rates, const Configuration& set) {
  const auto sequences = static_cast<double>(std::max<std::int64_t>(set.question.sequences, 1));
  const auto input = static_cast<double>(std::max<std::int64_t>(set.question.input, 1));
  const auto texts = speed::prompt_time(set, sequences, input, 0);
  rates.generates = false;
  rates.throughput = rate(sequences * input / texts.total, speed::prefill_band(set, texts));
  rates.loaded_first_token = duration(texts.total, speed::prefill_band(set, texts));
  rates.loaded_prompts = texts.total;
  rates.load_limit = limit_of(texts, true);
  rates.decode_limit = rates.prefill_limit;
}

Rate loaded_first_token(const Cycle& cycle, const SpeedBand& band) {
  const double value = cycle.first_token();
  if (cycle.sequences <= 1 || cycle.further <= 0) return duration(value, band);
  const double even = cycle.evenly();
  const double together = cycle.at_once();
  return {std::min(value, std::min(even, together)) / band.high, value,
          std::max(even, together) / band.low};
}

/// All sequences at once, a new one as soon as one ends: its prompt holds up the others.
void fill_load(Rates& rates, const Configuration& set) {
  const auto& question = set.question;
  const double replicas = std::max(question.split.data, 1);
  const auto asked = static_cast<double>(question.sequences);
  const double sequences = std::max(asked / replicas, 1.0);
  const auto input = static_cast<double>(std::max<std::int64_t>(question.input, 0));
  const auto output = static_cast<double>(std::max<std::int64_t>(question.output, 1));
  const auto depth = static_cast<double>(question.depth);
  const bool alone = sequences == 1;  // as fast as one sequence was
  const auto step =
      alone ? rates.step : speed::step_time(set, sequences, depth + input + output / 2);
  double prompts = alone ? rates.prompt.total : 0;
  if (input > 0 && !alone) {
    prompts = speed::prompt_time(set, sequences, input, depth).total;
    // Several prompts fill a pipeline; each of them still passes all of its stages.
    if (question.engine.engine != Engine::llama_cpp) {
      prompts = std::max(prompts / static_cast<double>(set.stages.size()), rates.prompt.total);
    }
  }
  const Cycle cycle{prompts, rates.prompt.total, step.total, output - 1, sequences};
  const double total = question.prompts_in_throughput ? cycle.total() : output * step.total;
  const auto band =
      question.sequences > 1 ? band_for(set, "batch", step) : factors_of(rates.decode);
  rates.throughput = rate(std::min(asked, sequences * replicas) * output / total, band);
  rates.loaded_first_token = loaded_first_token(cycle, band);
  rates.output_token = duration(cycle.output_token(), band);
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

std::string_view speed::generation_of(const SpeedQuestion& question) {
  if (question.cards.empty()) return {};
  const auto known = question.cards.front().gpu->peaks.generation;
  return known.empty() ? "any" : known;
}

SpeedBand speed::band_in(const Configuration& set, std::string_view phase, const TimeParts& time) {
  return band_for(set, phase, time);
}

std::optional<Configuration> speed::configure(const SpeedQuestion& question) {
  const auto* rules = rules_of(question);
  if (rules == nullptr) return std::nullopt;
  if (question.cards.empty() && !question.engine.runs_on_host) return std::nullopt;
  Configuration set{question, *rules, {}, host_device(question, *rules)};
  if (!add_stages(set)) return std::nullopt;
  if (set.stages.empty()) set.stages.push_back({set.host, 1});
  leave_to_host(set);
  return set;
}

SpeedBand speed::decode_band(const Configuration& set, const TimeParts& step) {
  return band_for(set, set.stages.size() > 1 ? "decode_split" : "decode", step);
}

SpeedBand speed::prefill_band(const Configuration& set, const TimeParts& prompt) {
  return band_for(set, set.stages.size() > 1 ? "prefill_split" : "prefill", prompt);
}

std::optional<Rates> estimate(const SpeedQuestion& question) {
  const auto set = speed::configure(question);
  if (!set) return std::nullopt;
  Rates rates;
  fill_prompt(rates, *set);
  if (question.work.encodes) {
    fill_encoder(rates, *set);
  } else {
    fill_answer(rates, *set);
    fill_load(rates, *set);
  }
  rates.input = question.input;
  rates.output = question.output;
  rates.measured_cards = set->stages.front().device.measured_cards;
  rates.generation = speed::generation_of(question);
  return rates;
}

}  // namespace llmfit
