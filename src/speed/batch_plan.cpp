// SPDX-License-Identifier: MIT
#include <algorithm>

#include "llmfit/batch.hpp"
#include "speed/packing.hpp"

namespace llmfit {
namespace {

/// What BERT and its kin were made for, and what servers with fixed shapes are built for.
constexpr std::int64_t usual_slot = 512;

BatchTokens in_slots(std::int64_t slots, std::int64_t slot) { return {slots, slots * slot, 0, 1}; }

void compare(std::array<BatchTokens, batch_ways>& ways, std::int64_t tokens) {
  const auto padded = static_cast<double>(ways.front().computed);
  for (auto& way : ways) {
    const auto computed = static_cast<double>(way.computed);
    if (way.computed <= 0) continue;
    way.waste = 1 - static_cast<double>(tokens) / computed;
    way.speed_up = padded / computed;
  }
}

std::int64_t slot_of(const BatchJob& job, std::int64_t context) {
  const auto own = job.answers.empty() ? usual_slot : job.lengths.longest();
  const auto room = std::max<std::int64_t>(context - job.answers.longest(), 1);
  return std::min(job.slot.value_or(own), room);
}

}  // namespace

std::string_view to_string(BatchWay way) {
  switch (way) {
    case BatchWay::padded:
      return "padded";
    case BatchWay::packed:
      return "packed";
    case BatchWay::continuous:
      break;
  }
  return "continuous";
}

BatchPlan plan_batch(const BatchJob& job, std::int64_t context) {
  BatchPlan plan;
  plan.slot = slot_of(job, context);
  plan.prompts = job.lengths.cut(plan.slot);
  plan.answers = job.answers;
  plan.within_hours = job.within_hours;
  for (const auto& one : job.lengths.counts()) {
    if (one.tokens > plan.slot) plan.cut_sequences += one.sequences;
  }
  const auto tokens = plan.prompts.tokens();
  plan.cut_tokens = job.lengths.tokens() - tokens;
  plan.ways = {in_slots(plan.prompts.sequences(), plan.slot),
               in_slots(speed::packed_slots(plan.prompts, plan.slot), plan.slot),
               {0, tokens, 0, 1}};
  compare(plan.ways, tokens);
  return plan;
}

}  // namespace llmfit
