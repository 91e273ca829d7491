// SPDX-License-Identifier: MIT
#include <algorithm>

#include "base/numbers.hpp"
#include "search/hardware.hpp"
#include "search/support.hpp"

namespace llmfit::search {
namespace {

using base::Round;

std::string capability(const std::optional<std::int32_t>& number) {
  return base::capability_text(number.value_or(0));
}

std::string joined(std::span<const std::string_view> words) {
  std::string text;
  for (const auto word : words) text.append(text.empty() ? "" : ", ").append(word);
  return text;
}

/// The first card of a set that something stands against.
const GpuRecord* stopped_by(const CardSupport& support, const Candidate& candidate) {
  for (const auto& part : candidate.gpus) {
    if (obstacle(support, *part.gpu) != Obstacle::none) return part.gpu;
  }
  return nullptr;
}

Note engine_note(const EngineRecord& engine, const GpuRecord& gpu) {
  const std::string name(to_string(engine.engine));
  const auto support = support_of(engine);
  const std::string card(gpu.name);
  switch (obstacle(support, gpu)) {
    case Obstacle::capability:
      return {NoteCode::engine_needs_newer_card,
              {name, capability(support.min_compute_capability), card,
               capability(gpu.compute_capability)}};
    case Obstacle::target:
      return {NoteCode::engine_needs_target,
              {name, targets_text(support, gpu), card, std::string(target_name(gpu))}};
    case Obstacle::vendor:
    case Obstacle::none:
      break;
  }
  return {NoteCode::engine_unsupported, {name, card}};
}

/// Of a format or of a type of the cache, as `what` calls it.
Note part_note(const std::string& engine, const std::string& what, const CardSupport& support,
               const GpuRecord& gpu) {
  const std::string card(gpu.name);
  switch (obstacle(support, gpu)) {
    case Obstacle::vendor:
      return {NoteCode::format_needs_vendor, {engine, what, joined(support.vendors), card}};
    case Obstacle::target:
      return {NoteCode::format_needs_target,
              {engine, what, targets_text(support, gpu), card, std::string(target_name(gpu))}};
    case Obstacle::capability:
    case Obstacle::none:
      break;
  }
  return {
      NoteCode::format_needs_newer_card,
      {what, capability(support.min_compute_capability), card, capability(gpu.compute_capability)}};
}

std::string cache_name(const Workload& workload) { return kv_type_name(workload) + " KV cache"; }

Note cause(const EngineRecord& engine, const Model& model, const FormatResult& one,
           const Candidate& candidate) {
  const std::string name(to_string(engine.engine));
  if (const auto* gpu = stopped_by(support_of(engine), candidate)) return engine_note(engine, *gpu);
  if (const auto why = model_obstacle(engine, model)) {
    return {NoteCode::engine_lacks_model, {name, model.name, *why}};
  }
  const auto format = support_of(*one.choice.format);
  if (const auto* gpu = stopped_by(format, candidate)) {
    return part_note(name, std::string(one.choice.format->id), format, *gpu);
  }
  const auto cache = support_of_cache(engine, *one.workload);
  if (const auto* gpu = stopped_by(cache, candidate)) {
    return part_note(name, cache_name(*one.workload), cache, *gpu);
  }
  return {NoteCode::engine_unsupported, {name, describe(candidate.gpus)}};
}

Note memory_note(const Candidate& candidate, const DevicePlacement& device) {
  return {candidate.holds ? NoteCode::memory_would_hold : NoteCode::memory_would_not_hold,
          {describe(candidate.gpus), base::gib_text(device.load.total(), Round::up),
           base::gib_text(device.load.total() + device.headroom, Round::down)}};
}

void add_native(std::vector<Note>& notes, const std::string& what, const CardSupport& support,
                const GpuRecord& gpu) {
  const auto* rule = rule_of(support, gpu);
  if (rule == nullptr || rule->otherwise.empty() || is_native(*rule, gpu)) return;
  notes.push_back(
      {NoteCode::not_native, {what, std::string(gpu.name), std::string(rule->otherwise)}});
}

}  // namespace

std::vector<Note> support_notes(const Catalog& catalog, const Model& model, const FormatResult& one,
                                const Candidate& candidate) {
  if (!one.choice.format || !one.workload) return {};
  std::vector<Note> notes{cause(catalog.engine(one.choice.engine), model, one, candidate)};
  if (const auto* device = tightest(candidate)) notes.push_back(memory_note(candidate, *device));
  return notes;
}

std::vector<Note> native_notes(const Catalog& catalog, const FormatResult& one,
                               const Candidate& candidate) {
  std::vector<Note> notes;
  if (!one.choice.format || !one.workload) return notes;
  const auto& engine = catalog.engine(one.choice.engine);
  for (const auto& part : candidate.gpus) {
    const auto& gpu = *part.gpu;
    add_native(notes, std::string(one.choice.format->id), support_of(*one.choice.format), gpu);
    add_native(notes, cache_name(*one.workload), support_of_cache(engine, *one.workload), gpu);
    const auto* rule = rule_of(support_of(engine), gpu);
    const bool packaged = rule == nullptr || !rule->packaged_compute_capability ||
                          !gpu.compute_capability ||
                          *gpu.compute_capability >= *rule->packaged_compute_capability;
    if (packaged) continue;
    notes.push_back(
        {NoteCode::own_build,
         {std::string(to_string(engine.engine)), capability(rule->packaged_compute_capability),
          std::string(gpu.name), capability(gpu.compute_capability)}});
  }
  return notes;
}

}  // namespace llmfit::search
