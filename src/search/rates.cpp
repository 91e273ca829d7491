// SPDX-License-Identifier: MIT
#include "search/rates.hpp"

#include <algorithm>

#include "search/batch.hpp"
#include "search/format_search.hpp"
#include "search/split_search.hpp"
#include "search/token_costs.hpp"

namespace llmfit::search {
namespace {

/// The devices with the layers that each holds, which decide how fast different cards are together.
std::vector<DevicePlacement> with_layers(const FormatContext& context, const Candidate& candidate) {
  auto devices = candidate.devices;
  const bool known = std::any_of(devices.begin(), devices.end(),
                                 [](const DevicePlacement& device) { return device.layers; });
  if (known || devices.size() < 2) return devices;
  const auto own = placed_workload(context, candidate);
  add_details(devices, context.model, context.weights, own, candidate.split);
  return devices;
}

/// Of different cards each counts by the layers that it holds; one without any takes no part.
void weigh_by_layers(const FormatContext& context, const Candidate& candidate,
                     std::vector<CardShare>& shares) {
  const auto devices = with_layers(context, candidate);
  if (devices.size() != shares.size()) return;
  std::vector<CardShare> working;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const auto& layers = devices[i].layers;
    if (!layers) continue;
    working.push_back(shares[i]);
    working.back().part = layers->last - layers->first + 1;
  }
  if (!working.empty()) shares = std::move(working);
}

std::vector<CardShare> card_shares(const FormatContext& context, const Candidate& candidate) {
  std::vector<CardShare> shares;
  for (const auto& part : candidate.gpus) {
    const double whole = std::max(part.count, 1.0);
    for (double i = 0; i < whole; ++i) shares.push_back({part.gpu, 1, std::min(part.count, 1.0)});
  }
  // Of equal cards it does not matter which holds what.
  const bool one_works = context.workload.llama_cpp.split_mode == SplitMode::none;
  if (candidate.gpus.size() > 1 || one_works) weigh_by_layers(context, candidate, shares);
  return shares;
}

/// A question with the cards that it points at.
struct Asked {
  std::vector<CardShare> cards;
  SpeedQuestion question;
};

Asked ask(const FormatContext& context, const Candidate& candidate, const Work& work) {
  Asked asked{card_shares(context, candidate), {work, *context.choice.format, context.engine}};
  const auto lengths = lengths_of(context);
  auto& question = asked.question;
  question.stack = context.request.load.stack;
  question.split = candidate.split;
  question.cards = asked.cards;
  question.host = candidate.offload ? &*candidate.offload : nullptr;
  question.input = lengths.input;
  question.output = lengths.output;
  question.version = context.workload.vllm.version;
  return asked;
}

bool has_rates(const FormatContext& context, const Candidate& candidate) {
  return candidate.holds && !is_unsupported(candidate) && !context.engine.speed.empty();
}

}  // namespace

Lengths lengths_of(const FormatContext& context) {
  const auto& load = context.request.load;
  const auto most = std::max<std::int64_t>(context.workload.context, 1);
  if (context.model.arch.kind == ModelKind::encoder) {
    return {std::min(load.input_tokens.value_or(usual_input_tokens), most), 0};
  }
  const auto half = std::max<std::int64_t>(most / 2, 1);
  const auto output =
      std::min(load.output_tokens.value_or(usual_output_tokens), load.output_tokens ? most : half);
  const auto rest = load.input_tokens ? most : std::max<std::int64_t>(most - output, 1);
  return {std::min(load.input_tokens.value_or(usual_input_tokens), rest), output};
}

const Work& Speedometer::work(const FormatContext& context) {
  if (work_) return *work_;
  const auto& weights = context.weights;
  work_ = work_of(context.model, weights, *context.choice.format, context.workload);
  // A request passes one adapter, however many are loaded.
  if (const auto& lora = context.request.add_ons.lora; lora && lora->count > 1) {
    const auto others = weights.adapters.count() / lora->count * (lora->count - 1);
    work_->dense = std::max(work_->dense - Bytes{others}, Bytes{0});
  }
  return *work_;
}

std::optional<Rates> Speedometer::at(const FormatContext& context, const Candidate& candidate,
                                     std::int64_t sequences, bool prompts) {
  if (!has_rates(context, candidate)) return std::nullopt;
  auto asked = ask(context, candidate, work(context));
  asked.question.sequences = sequences;
  asked.question.prompts_in_throughput = prompts;
  return estimate(asked.question);
}

std::optional<SpeedExplanation> Speedometer::explain(const FormatContext& context,
                                                     const Candidate& candidate) {
  if (!has_rates(context, candidate)) return std::nullopt;
  auto asked = ask(context, candidate, work(context));
  if (candidate.service) asked.question.sequences = candidate.service->load;
  return llmfit::explain(asked.question);
}

const Rate& compared_rate(const Rates& rates, std::int64_t sequences) {
  if (sequences > 1) return rates.throughput;
  return rates.generates ? rates.decode : rates.prefill;
}

std::optional<double> speed_of(const FormatContext& context, const Candidate& candidate) {
  const auto count = context.workload.sequences;
  const bool prompts = context.request.load.names_lengths();
  const auto rates = context.speeds.at(context, candidate, count, prompts);
  if (!rates) return std::nullopt;
  return compared_rate(*rates, count).value;
}

std::optional<std::array<BatchTime, batch_ways>> Speedometer::work_off(const FormatContext& context,
                                                                       const Candidate& candidate) {
  if (!has_rates(context, candidate)) return std::nullopt;
  const auto asked = ask(context, candidate, work(context));
  return llmfit::work_off(batch_question(context, candidate, asked.question));
}

void add_rates(const FormatContext& context, Candidate& candidate) {
  const auto& load = context.request.load;
  candidate.rates =
      context.speeds.at(context, candidate, context.workload.sequences, load.names_lengths());
  add_token_costs(context, candidate);
}

}  // namespace llmfit::search
