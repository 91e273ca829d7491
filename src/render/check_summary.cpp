// SPDX-License-Identifier: MIT
#include "render/check_summary.hpp"

#include <algorithm>
#include <array>

#include "base/numbers.hpp"
#include "render/figure.hpp"
#include "render/fit_rules.hpp"

namespace llmfit::render {
namespace {

/// Notes that say why something is a no; the others stand beside a yes too.
constexpr auto reasons = std::to_array<NoteCode>({
    NoteCode::out_of_memory,
    NoteCode::share_not_free,
    NoteCode::host_too_small,
    NoteCode::engine_unsupported,
    NoteCode::engine_needs_newer_card,
    NoteCode::engine_needs_target,
    NoteCode::engine_lacks_model,
    NoteCode::format_unsupported,
    NoteCode::format_needs_newer_card,
    NoteCode::format_needs_vendor,
    NoteCode::format_needs_target,
    NoteCode::not_divisible,
    NoteCode::over_budget,
    NoteCode::context_exceeds_model,
    NoteCode::limit_month,
    NoteCode::limit_context,
    NoteCode::limit_context_of_model,
    NoteCode::limit_sequences,
    NoteCode::limit_headroom,
    NoteCode::limit_sla,
    NoteCode::limit_ttft,
    NoteCode::limit_tpot,
    NoteCode::limit_users,
    NoteCode::limit_requests,
    NoteCode::limit_unknown,
    NoteCode::license_forbids,
    NoteCode::license_unknown,
});

std::string hardware_text(const Candidate& candidate) {
  const double count = card_count(candidate);
  if (candidate.gpus.size() != 1 || count == 1) return card_name(candidate);
  return base::shortest(count) + " × " + card_name(candidate);
}

void add_candidate(CheckSummary& summary, const Candidate& candidate) {
  summary.hardware = hardware_text(candidate);
  if (candidate.gpus.size() == 1) summary.gpu = candidate.gpus.front().gpu->id;
  summary.gpu_count = card_count(candidate);
  summary.verdict = verdict_words(candidate);
  summary.by_limit = candidate.by_limit;
  summary.reason = candidate.reason;
  if (const auto* device = tightest(candidate)) {
    summary.needed = device->load.total();
    summary.usable = device->usable;
    summary.headroom = device->headroom;
  }
  summary.max_context = candidate.max_context;
  summary.max_sequences = candidate.max_sequences;
  summary.cost = candidate.cost;
  summary.owning = candidate.owning;
  summary.energy = candidate.energy;
  summary.limits = candidate.limits;
}

std::string made_up_name(const CheckSummary& summary) {
  auto name = summary.model + " " + summary.quantization;
  return summary.hardware.empty() ? name : name + " on " + summary.hardware;
}

}  // namespace

CheckSummary summarize(const FitView& view, std::string name) {
  CheckSummary summary;
  const auto& format = view.result.formats.front();
  summary.fits = view.verdict.value_or(format.any_fits);
  summary.model = view.model.id.empty() ? view.model.name : view.model.id;
  summary.quantization = format_id(format);
  summary.engine = to_string(format.choice.engine);
  if (const auto* workload = shared_workload(view)) {
    summary.context = workload->context;
    summary.sequences = workload->sequences;
  }
  if (const auto* candidate = deciding(format)) add_candidate(summary, *candidate);
  if (summary.verdict.empty()) summary.verdict = summary.fits ? "ok" : "no";
  summary.commercial = view.request.limits.commercial;
  if (view.model.license) summary.commercial_use = view.model.license->commercial_use;
  summary.notes = view.result.notes;
  summary.name = name.empty() ? made_up_name(summary) : std::move(name);
  return summary;
}

std::vector<std::string> why_not(const CheckSummary& check) {
  std::vector<std::string> sentences;
  if (check.fits) return sentences;
  for (const auto& note : check.notes) {
    const bool tells = std::find(reasons.begin(), reasons.end(), note.code) != reasons.end();
    if (tells) sentences.push_back(text(note));
  }
  if (!sentences.empty()) return sentences;
  std::string words(check.reason ? to_string(*check.reason) : "no");
  std::replace(words.begin(), words.end(), '_', ' ');
  return {check.hardware + ": " + words + "."};
}

std::string measure_text(const CheckSummary& check) {
  std::string text;
  if (check.needed && check.usable) {
    text = "needs " + base::gib_text(*check.needed, base::Round::up) + " of " +
           base::gib_text(*check.usable, base::Round::down) + " GiB on " + check.hardware;
  }
  if (const auto price = check.cost.usd_per_hour) {
    text.append(text.empty() ? "" : ", ").append(base::usd_text(*price)).append(" an hour");
  }
  if (check.owning && check.owning->usd_per_hour) {
    text.append(text.empty() ? "" : ", ").append("owned ");
    text.append(dollars(*check.owning->usd_per_hour)).append(" an hour");
  }
  return text;
}

std::string_view verdict_text(const CheckSummary& check) {
  if (check.fits) return "fits";
  const bool forbidden = !check.reason && check.commercial;
  return check.by_limit || forbidden ? "breaks a limit" : "does not fit";
}

}  // namespace llmfit::render
