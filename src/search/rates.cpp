// SPDX-License-Identifier: MIT
#include "search/rates.hpp"

#include <algorithm>

#include "search/format_search.hpp"
#include "search/token_costs.hpp"

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

std::optional<Rates> Speedometer::at(const FormatContext& context, const Candidate& candidate,
                                     std::int64_t sequences, bool prompts) {
  if (!candidate.holds || is_unsupported(candidate)) return std::nullopt;
  const auto& format = *context.choice.format;
  if (!work_) work_ = work_of(context.model, context.weights, format, context.workload);
  const auto cards = card_shares(candidate);
  const auto lengths = lengths_of(context);
  SpeedQuestion question{*work_, format, context.engine};
  question.stack = context.request.load.stack;
  question.split = candidate.split;
  question.cards = cards;
  question.host = candidate.offload ? &*candidate.offload : nullptr;
  question.input = lengths.input;
  question.output = lengths.output;
  question.sequences = sequences;
  question.prompts_in_throughput = prompts;
  question.version = context.workload.vllm.version;
  return estimate(question);
}

void add_rates(const FormatContext& context, Candidate& candidate) {
  const auto& load = context.request.load;
  candidate.rates =
      context.speeds.at(context, candidate, context.workload.sequences, load.names_lengths());
  add_token_costs(context, candidate);
}

}  // namespace llmfit::search
