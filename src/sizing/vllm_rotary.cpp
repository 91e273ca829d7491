// SPDX-License-Identifier: MIT
#include "sizing/vllm_rotary.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "sizing/widths.hpp"

namespace llmfit::sizing::vllm {
namespace {

constexpr std::int64_t dtype_bytes = 2;

/// What an architecture does differently from one table over whole heads.
struct Habit {
  std::string_view architecture;
  std::int64_t divisor;        ///< only such a part of a head is rotated
  bool own_for_windows;        ///< windowed layers rotate at another base
  std::int64_t length_factor;  ///< positions of the full layers are scaled by so much
};

/// gemma3 scales positions by 8 from 128K on: its table is eight times as long, which is the 0.57
/// GiB by which gemma-3-4b, 12b and 27b load more than their parameters.
constexpr std::array<Habit, 8> habits = {{{"gemma3", 1, true, 8},
                                          {"gemma3n", 1, true, 1},
                                          {"gemma4", 1, true, 1},
                                          {"glm4", 2, false, 1},
                                          {"glm4moe", 2, false, 1},
                                          {"qwen35", 4, false, 1},
                                          {"qwen35moe", 4, false, 1},
                                          {"qwen3next", 4, false, 1}}};
constexpr Habit usual{"", 1, false, 1};
constexpr std::int64_t scaled_from = 131072;  // the smallest gemma3 has 32K and no scaling

const Habit& habit_of(const Model& model) {
  const auto* found = &usual;
  for (const auto& habit : habits) {
    if (model.architecture && *model.architecture == habit.architecture) found = &habit;
  }
  return *found;
}

/// One way to rotate.
struct Table {
  std::int64_t width = 0;
  bool windowed = false;
};

std::int64_t rotated_width(const Model& model, const Layer& layer, const Habit& habit) {
  if (layer.kind == LayerKind::mla && model.arch.mla) return model.arch.mla->qk_rope_head_dim;
  return layer.head_dim / habit.divisor;
}

std::vector<Table> tables_of(const Model& model, const Habit& habit) {
  std::vector<Table> tables;
  for (const auto& layer : model.layers) {
    if (layer.heads == 0 || layer.head_dim == 0) continue;
    const Table table{rotated_width(model, layer, habit),
                      habit.own_for_windows && has_window(layer)};
    const auto same = [&](const Table& other) {
      return other.width == table.width && other.windowed == table.windowed;
    };
    if (std::none_of(tables.begin(), tables.end(), same)) tables.push_back(table);
  }
  return tables;
}

}  // namespace

Bytes rotary_tables(const Model& model) {
  const bool learned = model.arch.position_embeddings > 0;
  if (learned || !model.context_length || model.arch.kind != ModelKind::decoder) return Bytes{0};
  const auto& habit = habit_of(model);
  const auto length = model.context_length->count();
  Bytes sum;
  for (const auto& table : tables_of(model, habit)) {
    const bool scaled = !table.windowed && length >= scaled_from;
    sum += Bytes{dtype_bytes} * length * table.width * (scaled ? habit.length_factor : 1);
  }
  return sum;
}

}  // namespace llmfit::sizing::vllm
