// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "logs/compare.hpp"
#include "logs/places.hpp"
#include "sizing/engine_llama_cpp.hpp"

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

/// Backends align tensors differently, and CUDA pads quantized rows: at most so much was seen
/// between the engine's plans for CPU, CUDA and Vulkan.
inline constexpr double weights_thousandths = 1;

/// The batch that the engine computes its buffers for.
sizing::llama_cpp::Batch planned_batch(const Sheet& sheet);
/// A compute buffer with the band in which the engine's own plans lie.
Band compute_band(const sizing::CacheRule& rule, Bytes bytes);

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
