// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "llmfit/format.hpp"

namespace llmfit::sizing {

/// The matrices that the quantizer tells apart. Fused queries, keys and values count as `attn_v`,
/// dense, routed and shared feed-forward matrices are one part.
enum class Part {
  output,
  embedding,
  attn_q,
  attn_k,
  attn_v,
  attn_output,
  ffn_gate,
  ffn_up,
  ffn_down,
  other,
};

/// To which models a rule applies.
enum class Who { all, falcon, not_falcon, gqa4, gqa4_or_4_experts, eight_experts, not_8_experts };

/// To which of a model's matrices of that part a rule applies; n is their number.
enum class Which {
  all,
  first_two,
  first_four,
  first_eighth,     ///< i < n / 8
  first_sixteenth,  ///< i < n / 16
  more_bits,        ///< the first and the last eighth and every third between them
  middle,           ///< all but the first and the last eighth
};

/// Whether a rule needs an importance matrix, or its absence.
enum class Matrix { any, given, missing };

struct Rule {
  Part part;
  Who who;
  Which which;
  TensorType type;
  Matrix matrix = Matrix::any;
};

/// How a file type goes about it.
enum class Plan {
  plain,    ///< every matrix in the base type
  general,  ///< the rules, after those for eight experts and 70B models
  small,    ///< the rules alone: types of two bits and fewer
  experts,  ///< the base type, but mxfp4 for three-dimensional tensors
};

/// Which type each tensor of a file type gets.
struct Recipe {
  std::string_view id;  ///< the engine's name in lower case
  Plan plan;
  TensorType base;
  TensorType output;            ///< of the output matrix, or the embedding where that serves as one
  TensorType embedding;         ///< of an embedding beside an output matrix
  std::span<const Rule> rules;  ///< the first that applies decides
  std::int32_t typical_millibits;  ///< per element of a whole model, where only its size is known
};

/// The recipe of a llama.cpp file type; null when there is none of that name.
const Recipe* find_recipe(std::string_view id);

}  // namespace llmfit::sizing
