// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

namespace llmfit::sizing::llama_cpp {

/// How the three parts of a block are added up: the residual x, attention a, feed-forward f.
enum class Residual {
  sequential,      ///< h = a + x, then f(h) + h
  into_attention,  ///< a + f(n) + x, both parts read the same norm
  into_ffn,        ///< f(n) + a + x
  into_ffn_late,   ///< f(n) + x + a
  two_norms,       ///< f(norm(x)) + x + a
};

/// What a graph of one architecture does differently from most others (llama.cpp v0.5.0:
/// src/models/*.cpp), where it changes which tensors live at the same time.
enum GraphTrait : std::uint32_t {
  no_rope = 1U << 0,             ///< positions are learnt, linear biases, or none
  rope_windowed_only = 1U << 1,  ///< layers that see everything have no positions
  fourth_unrotated = 1U << 2,    ///< every fourth layer has no positions
  rope_before_norm = 1U << 3,    ///< queries and keys are normed after their rotation
  clamped_qkv = 1U << 4,         ///< the joint projection is clamped into a second tensor
  gate_in_queries = 1U << 5,     ///< the query projection holds a gate for the output as well
  scales_queries = 1U << 6,      ///< by their position, an input of its own
  attention_joins = 1U << 7,     ///< x + a instead of a + x
  ffn_joins = 1U << 8,           ///< h + f instead of f + h
  raw_weights = 1U << 9,         ///< the router's weights are not made to add up to one
  late_softmax = 1U << 10,       ///< the router's softmax is over the chosen experts alone
  scaled_weights = 1U << 11,     ///< the router's weights are scaled afterwards
  weights_before = 1U << 12,     ///< the router's weights go into the experts, not on their outputs
  picks_at_end = 1U << 13,       ///< tokens with outputs are picked after the last block
  picks_after_norm = 1U << 14,   ///< … after the final norm, whose result is an output itself
  embeds_first = 1U << 15,       ///< embeddings are scaled before states are gathered
  norms_embedding = 1U << 16,    ///< embeddings pass through a norm before the first block
  assumed = 1U << 17,            ///< from a relative: never compared with the engine
  four_positions = 1U << 19,     ///< of every token: time, height, width and one more
  gate_beside = 1U << 20,        ///< a projection of its own gates attention's output
  several_streams = 1U << 18,    ///< residual streams that are predicted from one of them
};

struct GraphHabits {
  std::string_view architecture;
  Residual residual = Residual::sequential;
  std::uint32_t traits = 0;
};

/// The habits of an architecture; those of a plain decoder, without a name, where nothing is known.
const GraphHabits& graph_habits_of(std::string_view architecture);

constexpr bool has(const GraphHabits& habits, GraphTrait trait) {
  return (habits.traits & trait) != 0;
}

}  // namespace llmfit::sizing::llama_cpp
