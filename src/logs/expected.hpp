// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "logs/compare.hpp"
#include "logs/places.hpp"

/// What llama.cpp should put where, by the library's own rules.
namespace llmfit::logs {

/// What a device should hold of each kind.
struct Expected {
  std::optional<Band> weights;
  std::optional<Band> cache;
  std::optional<Band> window_cache;  ///< absent: the model has no windows, or they are in `cache`
  std::optional<Band> state;
  std::optional<Band> compute;
};

/// Everything on the cards: one takes all, several share by layers.
std::vector<Expected> on_cards(Sheet& sheet, const std::vector<std::string>& names);
/// The last blocks on one card, the others on the host.
Expected part_on_card(const Sheet& sheet);
Expected on_host(const Sheet& sheet, Offload offload, std::size_t card_count);
/// Cache and state of the whole model, wherever they are.
Expected of_whole(const Sheet& sheet);
/// Absent where the model is known by its size only.
std::optional<Band> output_buffer(const Sheet& sheet);

}  // namespace llmfit::logs
