// SPDX-License-Identifier: MIT
#include "search/support.hpp"

#include <algorithm>

#include "search/hardware.hpp"

namespace llmfit::search {
namespace {

bool contains(std::span<const std::string_view> words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// "gfx1*" is every target that begins so.
bool matches(std::string_view pattern, std::string_view name) {
  if (!pattern.ends_with('*')) return pattern == name;
  return name.starts_with(pattern.substr(0, pattern.size() - 1));
}

bool matches_any(std::span<const std::string_view> patterns, const GpuRecord& gpu) {
  return std::any_of(patterns.begin(), patterns.end(), [&](std::string_view pattern) {
    return matches(pattern, gpu.gfx_target) || matches(pattern, gpu.architecture);
  });
}

bool holds(const CardRule& rule, const GpuRecord& gpu) {
  return rule.vendor == gpu.vendor && (rule.targets.empty() || matches_any(rule.targets, gpu));
}

bool has_rule(const CardSupport& support, std::string_view vendor) {
  return std::any_of(support.rules.begin(), support.rules.end(),
                     [&](const CardRule& rule) { return rule.vendor == vendor; });
}

std::string_view kind_word(ModelKind kind) {
  switch (kind) {
    case ModelKind::decoder:
      return "decoder";
    case ModelKind::encoder:
      return "encoder";
    case ModelKind::encoder_decoder:
      break;
  }
  return "encoder-decoder";
}

}  // namespace

CardSupport support_of(const EngineRecord& engine) {
  return {engine.vendors, engine.min_compute_capability, engine.cards};
}

CardSupport support_of(const Format& format) {
  return {format.vendors, format.min_compute_capability, format.cards};
}

CardSupport support_of_cache(const EngineRecord& engine, const Workload& workload) {
  if (engine.cache_types.empty()) return {};
  for (const auto& type : engine.cache_types) {
    const bool used =
        layout(workload.cache_k).name == type.type || layout(workload.cache_v).name == type.type;
    if (used) return type.cards;
  }
  return {};
}

const CardRule* rule_of(const CardSupport& support, const GpuRecord& gpu) {
  const auto found = std::find_if(support.rules.begin(), support.rules.end(),
                                  [&](const CardRule& rule) { return holds(rule, gpu); });
  return found == support.rules.end() ? nullptr : &*found;
}

Obstacle obstacle(const CardSupport& support, const GpuRecord& gpu) {
  if (!support.vendors.empty() && !contains(support.vendors, gpu.vendor)) return Obstacle::vendor;
  const bool too_old = support.min_compute_capability && gpu.compute_capability &&
                       *gpu.compute_capability < *support.min_compute_capability;
  if (too_old) return Obstacle::capability;
  const bool other = has_rule(support, gpu.vendor) && rule_of(support, gpu) == nullptr;
  return other ? Obstacle::target : Obstacle::none;
}

bool is_native(const CardRule& rule, const GpuRecord& gpu) {
  if (rule.native_compute_capability && gpu.compute_capability) {
    return *gpu.compute_capability >= *rule.native_compute_capability;
  }
  return rule.native_targets.empty() || matches_any(rule.native_targets, gpu);
}

std::string_view target_name(const GpuRecord& gpu) {
  return gpu.gfx_target.empty() ? gpu.architecture : gpu.gfx_target;
}

std::string targets_text(const CardSupport& support, const GpuRecord& gpu) {
  std::string text;
  for (const auto& rule : support.rules) {
    if (rule.vendor != gpu.vendor) continue;
    for (const auto target : rule.targets) text.append(text.empty() ? "" : ", ").append(target);
  }
  return text;
}

std::optional<std::string> model_obstacle(const EngineRecord& engine, const Model& model) {
  if (model.known_by_size_only || engine.engine == Engine::params) return std::nullopt;
  if (engine.engine == Engine::llama_cpp) {
    if (model.runs_on_llama_cpp) return std::nullopt;
    return "it has no implementation of this architecture";
  }
  const auto kind = kind_word(model.arch.kind);
  for (const auto& entry : engine.models_not_run) {
    const bool listed = contains(entry.models, kind) ||
                        (model.architecture && contains(entry.models, *model.architecture));
    if (listed) return std::string(entry.because);
  }
  return std::nullopt;
}

bool runs_on(const EngineRecord& engine, const Format& format, const Workload& workload,
             const GpuRecord& gpu) {
  return engine_runs_on(engine, gpu) && format_runs_on(format, gpu) &&
         obstacle(support_of_cache(engine, workload), gpu) == Obstacle::none;
}

}  // namespace llmfit::search
