// SPDX-License-Identifier: MIT
#include "model/gguf_windows.hpp"

#include <algorithm>
#include <array>

namespace llmfit::model {
namespace {

/// Architectures whose pattern the engine knows by itself.
struct WindowRule {
  std::string_view architecture;
  std::int32_t period = 0;   ///< one layer of so many sees everything
  std::int32_t absent = 0;   ///< tokens where the file does not say; 0: then there is no window
  std::int32_t fixed = 0;    ///< tokens whatever else the file says; 0: as it says
  bool whole_first = false;  ///< that layer is the first of its period, not the last
  std::size_t layers = 0;    ///< only models of so many layers, 0: all
  LayerKind kind = LayerKind::sliding;
};

// llama.cpp v0.5.0: what its loader and its caches do with files of these architectures.
constexpr auto rules = std::to_array<WindowRule>({
    {"afmoe", 4},
    {"cohere2", 4},
    {"cohere2moe", 4},
    {"exaone-moe", 4},
    {"exaone4", 4, 4096, 0, false, 64},
    {"gemma-embedding", 6},
    {"gemma2", 2, 4096},
    {"gemma3", 6},
    {"gemma3n", 5},
    {"gpt-oss", 2},
    {"llama4", 4, 8192, 8192, false, 0, LayerKind::chunked},
    {"mellum", 4},
    {"muse-glimmer", 4},
    {"olmo2", 4},
    {"plamo3", 8},
    {"smallthinker", 4, 0, 4096, true},
});

const WindowRule* rule_of(std::string_view architecture) {
  const auto* const found = std::find_if(
      rules.begin(), rules.end(),
      [architecture](const WindowRule& rule) { return rule.architecture == architecture; });
  return found == rules.end() ? nullptr : found;
}

}  // namespace

GgufWindows::GgufWindows(GgufDims& dims, std::size_t layers) {
  static constexpr WindowRule none{};
  const auto* const found = rule_of(dims.architecture());
  const auto& rule = found == nullptr ? none : *found;
  if (rule.layers != 0 && rule.layers != layers) return;
  tokens_ = dims.get("attention.sliding_window", rule.absent);
  if (tokens_ > 0 && rule.fixed > 0) tokens_ = rule.fixed;
  kind_ = rule.kind;
  period_ = rule.period;
  whole_first_ = rule.whole_first;
  const auto pattern = dims.find_by_layer("attention.sliding_window_pattern", layers);
  if (!pattern) return;
  period_ = pattern->all;
  by_layer_ = pattern->by_layer;
  by_layer_.resize(by_layer_.empty() ? 0 : layers);
}

bool GgufWindows::slides(std::size_t layer) const {
  if (tokens_ == 0) return false;
  if (!by_layer_.empty()) return by_layer_[layer] != 0;
  if (period_ == 0) return true;
  const auto place = layer % static_cast<std::size_t>(period_);
  return whole_first_ ? place != 0 : place + 1 < static_cast<std::size_t>(period_);
}

}  // namespace llmfit::model
