// SPDX-License-Identifier: MIT
#include "search/batch_notes.hpp"

#include <algorithm>

#include "base/numbers.hpp"

namespace llmfit::search {
namespace {

std::string percent(std::int64_t part, std::int64_t all) {
  const double share = 100 * static_cast<double>(part) / static_cast<double>(std::max(all, part));
  return base::fixed(share, share < 10 ? 1 : 0);
}

}  // namespace

std::vector<Note> batch_notes(const Question& question, const FormatResult& one) {
  if (!one.batch) return {};
  const auto& plan = *one.batch;
  const auto sequences = plan.prompts.sequences();
  std::vector<Note> notes;
  if (plan.cut_sequences > 0) {
    notes.push_back(
        {NoteCode::batch_cut,
         {base::grouped(plan.cut_sequences), base::grouped(sequences), base::grouped(plan.slot),
          percent(plan.cut_tokens, plan.prompts.tokens() + plan.cut_tokens)}});
  }
  const bool timed = std::any_of(one.candidates.begin(), one.candidates.end(),
                                 [](const Candidate& candidate) { return candidate.batch; });
  if (!timed) return notes;
  if (plan.answers.empty() && question.model.arch.kind == ModelKind::encoder) {
    notes.push_back({NoteCode::batch_encoder, {}});
  }
  notes.push_back({NoteCode::batch_alone, {base::grouped(sequences)}});
  return notes;
}

}  // namespace llmfit::search
