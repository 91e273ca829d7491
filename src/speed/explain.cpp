// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <utility>

#include "llmfit/speed_terms.hpp"
#include "speed/explain_load.hpp"
#include "speed/times.hpp"

namespace llmfit {
namespace {

using speed::Configuration;

constexpr double giga = 1e9;
constexpr double tera = 1e12;
constexpr double micro = 1e-6;

constexpr std::string_view from_model = "the model in this format";
constexpr std::string_view from_engine = "the engine's batches";
constexpr std::string_view from_load = "the load";
constexpr std::string_view from_card = "the vendor's figure";
constexpr std::string_view from_fit = "fitted to measurements";
constexpr std::string_view from_split = "how the model is divided";
constexpr std::string_view from_host = "a desktop with two channels of DDR5-4800, assumed";

double of(Bytes bytes) { return static_cast<double>(bytes.count()); }
double of(Elements elements) { return static_cast<double>(elements.count()); }

double active_share(const Work& work) {
  return work.expert_count > 0 ? static_cast<double>(work.expert_active) / work.expert_count : 0;
}

/// The first device and its bandwidth on paper.
struct First {
  const speed::DeviceSpeed& device;
  double peak = 0;  ///< bytes a second
  std::string_view source;
};

First first_of(const Configuration& set) {
  const auto& device = set.stages.front().device;
  const auto& cards = set.question.cards;
  if (cards.empty()) return {device, set.question.host_speed.bandwidth_gb_s * giga, from_host};
  const auto& card = cards.front();
  return {device, card.gpu->peaks.bandwidth_gb_s.value_or(0) * giga * card.fraction, from_card};
}

/// The parts of one kind of pass, one after the other.
class Terms {
 public:
  explicit Terms(const Configuration& set) : set_(set), work_(set.question.work) {}

  std::vector<SpeedTerm> step(const TimeParts& time, double context) {
    step_weights(time.weights);
    step_cache(time.cache, context);
    compute(time.compute,
            (of(work_.dense_elements) * work_.step_part * set_.dense_part +
             active_share(work_) * of(work_.expert_elements) + of(work_.head_elements)),
            1, first_.device.decode);
    step_fixed(time.fixed);
    links(time.link, work_.step_part, 1, 1, set_.rules.hop_us);
    host(time.host);
    add("total", time.total,
        set_.rules.roof > 50 ? "max(weights + cache, compute) + fixed + links + host"
                             : "((weights + cache)^roof + compute^roof)^(1 / roof) + fixed + "
                               "links + host",
        sum_inputs(time, true), "the time of one token; its inverse is the decode rate");
    return std::move(terms_);
  }

  std::vector<SpeedTerm> prompt(const TimeParts& time, double tokens) {
    const auto chunk = static_cast<double>(set_.rules.prefill_chunk);
    const double passes = std::max(std::ceil(tokens / chunk), 1.0);
    prompt_weights(time.weights, passes, tokens / passes);
    compute(time.compute,
            of(work_.dense_elements) * work_.prompt_part +
                active_share(work_) * of(work_.expert_elements),
            tokens, first_.device.prefill);
    attention(time.cache);
    prompt_fixed(time.fixed, passes);
    links(time.link, work_.prompt_part, passes, tokens / passes, set_.rules.prefill_hop_us);
    host(time.host);
    add("total", time.total,
        "((weights - output matrix)^2 + compute^2)^(1 / 2) + output matrix + attention + fixed + "
        "links + host",
        sum_inputs(time, false),
        set_.stages.size() > 1
            ? "the time until the first token; cards that hold layers work on parts of a prompt "
              "side by side, so it is less than the sum"
            : "the time until the first token; the prompt's tokens by it are the prefill rate");
    return std::move(terms_);
  }

 private:
  void add(std::string_view name, double seconds, std::string_view formula,
           std::vector<Input> inputs, std::string_view source) {
    terms_.push_back({name, seconds, formula, std::move(inputs), source});
  }

  [[nodiscard]] double achieved(double rate) const {
    return first_.peak > 0 ? rate / first_.peak : 0;
  }

  void add_bandwidth(std::vector<Input>& inputs, double rate) const {
    inputs.push_back({"ranks", set_.ranks, from_split});
    inputs.push_back({"peak GB/s", first_.peak / giga, first_.source});
    inputs.push_back({"achieved share", achieved(rate), from_fit});
  }

  void step_weights(double seconds) {
    std::vector<Input> inputs = {
        {"dense GB", of(work_.dense) * work_.step_part * set_.dense_part / giga, from_model},
        {"output matrix GB", of(work_.head) / giga, from_model}};
    std::string_view formula =
        "(dense GB + output matrix GB) / ranks / (peak GB/s x achieved share) x 1000";
    if (work_.expert_count > 0) {
      formula =
          "(dense GB + output matrix GB + routed experts GB x share touched) / ranks / (peak GB/s "
          "x achieved share) x 1000";
      inputs.push_back(
          {"routed experts GB", of(work_.experts) * set_.expert_part / giga, from_model});
      inputs.push_back({"share touched", speed::touched_experts(work_, 1), from_model});
    }
    add_bandwidth(inputs, first_.device.weights);
    add("weights", seconds, formula, std::move(inputs),
        "every weight that a token needs is read once");
  }

  void prompt_weights(double seconds, double passes, double tokens) {
    std::vector<Input> inputs = {
        {"passes", passes, from_engine},
        {"dense GB", of(work_.dense) * work_.prompt_part / giga, from_model},
        {"output matrix GB", of(work_.head) / giga, from_model}};
    std::string_view formula =
        "(passes x dense GB + output matrix GB) / ranks / (peak GB/s x achieved share) x 1000";
    if (work_.expert_count > 0) {
      formula =
          "(passes x (dense GB + routed experts GB x share touched) + output matrix GB) / ranks / "
          "(peak GB/s x achieved share) x 1000";
      inputs.push_back({"routed experts GB", of(work_.experts) / giga, from_model});
      inputs.push_back({"share touched", speed::touched_experts(work_, tokens), from_model});
    }
    add_bandwidth(inputs, first_.device.weights);
    add("weights", seconds, formula, std::move(inputs),
        "weights are read once for each batch of a prompt's tokens");
  }

  void step_cache(double seconds, double context) {
    const double bytes = seconds * first_.device.cache * set_.ranks;
    std::vector<Input> inputs = {{"GB at the depth", bytes / giga, from_model},
                                 {"depth", context, from_load}};
    add_bandwidth(inputs, first_.device.cache);
    add("cache", seconds, "GB at the depth / ranks / (peak GB/s x achieved share) x 1000",
        std::move(inputs), "keys, values and states of all tokens before, half of the answer too");
  }

  void compute(double seconds, double elements, double tokens, double rate) {
    add("compute", seconds, "2 x billion weights x tokens / ranks / TFLOPS",
        {{"billion weights", elements / giga, from_model},
         {"tokens", tokens, from_load},
         {"ranks", set_.ranks, from_split},
         {"TFLOPS", rate / tera, set_.question.cards.empty() ? from_host : from_fit}},
        "a multiplication and an addition for each weight and token");
  }

  void attention(double seconds) {
    const double operations = seconds * first_.device.attention * set_.ranks;
    add("attention", seconds, "tera-operations / ranks / TFLOPS x 1000",
        {{"tera-operations", operations / tera, from_model},
         {"ranks", set_.ranks, from_split},
         {"TFLOPS", first_.device.attention / tera, from_fit}},
        "each token of the prompt with those before it");
  }

  void step_fixed(double seconds) {
    add("fixed", seconds, "(layers x us per layer + us per sequence) / 1000",
        {{"layers", work_.layers * work_.step_part, from_model},
         {"us per layer", first_.device.layer / micro, from_fit},
         {"us per sequence", first_.device.sequence / micro, from_fit}},
        "starting kernels and scheduling, which no byte explains");
  }

  void prompt_fixed(double seconds, double passes) {
    const double own = set_.rules.prefill_layer_us;
    add("fixed", seconds, "passes x layers x us per layer / 1000",
        {{"passes", passes, from_engine},
         {"layers", work_.layers * work_.prompt_part, from_model},
         {"us per layer", own > 0 ? own : first_.device.layer / micro, from_fit}},
        "starting kernels and scheduling, which no byte explains");
  }

  void links(double seconds, double part, double passes, double tokens, double hop_us) {
    if (seconds <= 0) return;
    const auto stages = static_cast<double>(set_.stages.size());
    add("links", seconds,
        "passes x (2 x layers x us per all-reduce + (stages - 1) x us per hop + us between "
        "machines) / 1000",
        {{"passes", passes, from_engine},
         {"layers", work_.layers * part, from_model},
         {"us per all-reduce", speed::all_reduce_seconds(set_, tokens) / micro,
          "latency fitted to measurements, bytes over the card's link"},
         {"stages", stages, from_split},
         {"us per hop", hop_us, from_fit},
         {"us between machines", speed::machine_hops_seconds(set_, tokens) / micro,
          "200 Gbit/s a card, assumed"}},
        "tensor ranks add up their parts twice a layer; stages pass their result on");
  }

  void host(double seconds) {
    if (seconds <= 0) return;
    add("host", seconds, {}, {{"host GB/s", set_.host.weights / giga, from_host}},
        "what lies in the host's memory: llama.cpp computes it there, vLLM copies it to the card");
  }

  [[nodiscard]] std::vector<Input> sum_inputs(const TimeParts& time, bool step) const {
    std::vector<Input> inputs = {{"weights", time.weights * 1e3, "ms, above"},
                                 {step ? "cache" : "attention", time.cache * 1e3, "ms, above"},
                                 {"compute", time.compute * 1e3, "ms, above"},
                                 {"fixed", time.fixed * 1e3, "ms, above"},
                                 {"links", time.link * 1e3, "ms, above"},
                                 {"host", time.host * 1e3, "ms, above"}};
    if (step) {
      inputs.push_back({"roof", set_.rules.roof, from_fit});
    } else {
      // The last pass ends with it, behind the blocks.
      const double rate = set_.stages.back().device.weights * set_.ranks;
      inputs.push_back({"output matrix", of(work_.head) / rate * 1e3, "ms, a part of weights"});
    }
    return inputs;
  }

  const Configuration& set_;
  const Work& work_;
  First first_ = first_of(set_);
  std::vector<SpeedTerm> terms_;
};

Rate factors(const SpeedBand& band) { return {band.low, 1, band.high}; }

bool are_alike(const Configuration& set) {
  const auto& first = set.stages.front().device;
  return std::all_of(set.stages.begin(), set.stages.end(), [&](const speed::StageSpeed& stage) {
    return stage.device.weights == first.weights && stage.device.decode == first.decode;
  });
}

}  // namespace

std::optional<SpeedExplanation> explain(const SpeedQuestion& question) {
  const auto set = speed::configure(question);
  if (!set || question.input <= 0) return std::nullopt;
  SpeedExplanation told;
  told.stack = set->rules.stack;
  told.generation = speed::generation_of(question);
  told.measured_cards = set->stages.front().device.measured_cards;
  told.input = question.input;
  told.output = question.output;
  told.alike = are_alike(*set);
  const auto input = static_cast<double>(question.input);
  const auto depth = static_cast<double>(question.depth);
  const auto prompt = speed::prompt_time(*set, 1, input, depth);
  told.prompt = Terms(*set).prompt(prompt, input);
  told.prompt_band = factors(speed::prefill_band(*set, prompt));
  if (question.work.encodes) return told;
  const double context = depth + input + static_cast<double>(question.output) / 2;
  const auto step = speed::step_time(*set, 1, context);
  told.step = Terms(*set).step(step, context);
  told.step_band = factors(speed::decode_band(*set, step));
  if (question.sequences <= 1) return told;
  const auto rates = estimate(question);
  told.sequences = question.sequences;
  told.load = speed::explain_load(question, *rates);
  return told;
}

}  // namespace llmfit
