// SPDX-License-Identifier: MIT
#include "search/speed_notes.hpp"

#include <algorithm>

namespace llmfit::search {
namespace {

template <class Test>
bool any_candidate(const FitResult& result, Test test) {
  return std::any_of(result.formats.begin(), result.formats.end(), [&](const FormatResult& one) {
    return std::any_of(one.candidates.begin(), one.candidates.end(), test);
  });
}

std::string engines_of(const FitResult& result) {
  std::vector<Engine> engines;
  std::string names;
  for (const auto& one : result.formats) {
    const auto engine = one.choice.engine;
    if (std::find(engines.begin(), engines.end(), engine) != engines.end()) continue;
    engines.push_back(engine);
    names.append(names.empty() ? "" : ", ").append(to_string(engine));
  }
  return names;
}

/// Host memory alone where somebody asks for it (elsewhere it is one row among many), or what
/// llama.cpp computes there; vLLM copies it to the card, whose link is known.
bool rests_on_host(const FitRequest& request, const FitResult& result) {
  const auto& named = request.hardware.alternatives;
  const bool asked = request.hardware.local ||
                     std::any_of(named.begin(), named.end(),
                                 [](const CardChoice& choice) { return choice.variants.empty(); });
  return std::any_of(result.formats.begin(), result.formats.end(), [&](const FormatResult& one) {
    const bool computes = one.choice.engine == Engine::llama_cpp;
    return std::any_of(one.candidates.begin(), one.candidates.end(), [&](const Candidate& set) {
      if (!set.rates) return false;
      return set.gpus.empty() ? asked : computes && set.rates->step.host > 0;
    });
  });
}

}  // namespace

std::vector<Note> speed_notes(const Question& question, const FitResult& result) {
  std::vector<Note> notes;
  const auto& request = question.request;
  const bool known =
      any_candidate(result, [](const Candidate& candidate) { return candidate.rates.has_value(); });
  const bool holds = any_candidate(result, [](const Candidate& one) { return one.holds; });
  if (request.sort == Sort::fastest && holds && !known) {
    notes.push_back({NoteCode::speed_unknown, {engines_of(result)}});
  }
  if (!known) return notes;
  const auto& name = question.model.name;
  if (question.model.arch.kind == ModelKind::encoder) {
    notes.push_back({NoteCode::speed_encodes, {name}});
  }
  if (const auto& draft = request.add_ons.draft) {
    notes.push_back({NoteCode::speed_without_draft, {name, draft->name}});
  }
  if (rests_on_host(request, result)) notes.push_back({NoteCode::speed_host_assumed, {}});
  return notes;
}

}  // namespace llmfit::search
