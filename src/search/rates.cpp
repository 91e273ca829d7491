// SPDX-License-Identifier: MIT
#include "search/rates.hpp"

#include <algorithm>

#include "cost/tokens.hpp"
#include "search/batch.hpp"
#include "search/format_search.hpp"

namespace llmfit::search {
namespace {

/// Cards with their parts of the model: as many layers as each holds, where that is known.
std::vector<CardShare> card_shares(const Candidate& candidate) {
  std::vector<CardShare> shares;
  for (const auto& part : candidate.gpus) {
    const double whole = std::max(part.count, 1.0);
    for (double i = 0; i < whole; ++i) shares.push_back({part.gpu, 1, std::min(part.count, 1.0)});
  }
  if (shares.size() != candidate.devices.size()) return shares;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const auto& layers = candidate.devices[i].layers;
    if (layers) shares[i].part = layers->last - layers->first + 1;
  }
  return shares;
}

/// The prompt and the answer that rates are for; no longer than the context.
struct Lengths {
  std::int64_t input;
  std::int64_t output;
};
Lengths lengths_of(const FormatContext& context) {
  const auto& load = context.request.load;
  const auto most = std::max<std::int64_t>(context.workload.context, 1);
  const auto input = load.input_tokens.value_or(usual_input_tokens);
  const auto output = load.output_tokens.value_or(usual_output_tokens);
  return {std::min(input, most), std::min(output, most)};
}

}  // namespace

SpeedQuestion Speedometer::question(const FormatContext& context, const Candidate& candidate,
                                    std::span<const CardShare> cards) {
  const auto& format = *context.choice.format;
  if (!work_) work_ = work_of(context.model, context.weights, format, context.workload);
  SpeedQuestion question{*work_, format, context.engine};
  question.stack = context.request.load.stack;
  question.split = candidate.split;
  question.cards = cards;
  question.host = candidate.offload ? &*candidate.offload : nullptr;
  question.version = context.workload.vllm.version;
  return question;
}

std::optional<Rates> Speedometer::at(const FormatContext& context, const Candidate& candidate,
                                     std::int64_t sequences, bool prompts) {
  if (!candidate.holds || is_unsupported(candidate)) return std::nullopt;
  const auto cards = card_shares(candidate);
  const auto lengths = lengths_of(context);
  auto question = this->question(context, candidate, cards);
  question.input = lengths.input;
  question.output = lengths.output;
  question.sequences = sequences;
  question.prompts_in_throughput = prompts;
  return estimate(question);
}

std::optional<std::array<BatchTime, batch_ways>> Speedometer::work_off(const FormatContext& context,
                                                                       const Candidate& candidate) {
  if (!candidate.holds || is_unsupported(candidate)) return std::nullopt;
  const auto cards = card_shares(candidate);
  const auto question = this->question(context, candidate, cards);
  return llmfit::work_off(batch_question(context, candidate, question));
}

void add_rates(const FormatContext& context, Candidate& candidate) {
  const auto& load = context.request.load;
  candidate.rates =
      context.speeds.at(context, candidate, context.workload.sequences, load.names_lengths());
  if (!candidate.rates || !candidate.cost.usd_per_hour) return;
  candidate.cost.usd_per_million_tokens = cost::usd_per_million(
      *candidate.cost.usd_per_hour, candidate.rates->throughput.value, context.request.utilisation);
}

}  // namespace llmfit::search
