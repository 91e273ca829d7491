// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "llmfit/engine.hpp"
#include "llmfit/support.hpp"
#include "llmfit/units.hpp"

namespace llmfit {

/// How elements are stored: in blocks along a tensor's row. Plain types are blocks of one.
enum class TensorType {
  f32,
  f16,
  bf16,
  q4_0,
  q4_1,
  q5_0,
  q5_1,
  q8_0,
  q2_k,
  q3_k,
  q4_k,
  q5_k,
  q6_k,
  iq1_s,
  iq1_m,
  iq2_xxs,
  iq2_xs,
  iq2_s,
  iq3_xxs,
  iq3_s,
  iq4_nl,
  iq4_xs,
  tq1_0,
  tq2_0,
  mxfp4,
  nvfp4,
  fp8,
  int8,
};

/// `bytes` per block of `elements`.
struct TypeLayout {
  TensorType type;
  std::string_view name;
  std::int32_t elements;
  std::int32_t bytes;
};

const TypeLayout& layout(TensorType type);
std::optional<TensorType> tensor_type_from(std::string_view name);

/// Bytes of one row of `length` elements; a row that does not divide by the block is rounded up.
Bytes row_bytes(TensorType type, std::int64_t length);

/// How a served format packs a matrix: `millibits` an element, and what groups of elements, inputs
/// and the matrix as a whole carry beside them.
struct Scheme {
  std::int32_t millibits = 0;    ///< payload of an element, thousandths of a bit
  std::int32_t group = 0;        ///< inputs that share a scale; 0: a whole row, -1: no groups
  std::int32_t group_rows = 1;   ///< outputs that share it too (blocks)
  bool flat = false;             ///< groups run through the whole matrix, across its rows
  std::int32_t scale_bits = 0;   ///< scale of a group, and its offset where that is not packed
  std::int32_t zero_bits = 0;    ///< packed zero point of a group
  std::int32_t outer_group = 0;  ///< scales that share a scale of their own, 0: none do
  std::int32_t outer_bits = 0;
  std::int32_t input_bytes = 0;          ///< for each input of a matrix: its group, or its scale
  bool order_dropped = false;            ///< the file has `input_bytes`, the device does not
  std::int32_t matrix_bytes = 0;         ///< for each matrix: global scales, code tables
  std::int32_t head_millibits = 0;       ///< of the output matrix; 0: it stays in 16 bits
  std::int32_t embedding_millibits = 0;  ///< of the embedding; 0: it stays in 16 bits
  bool experts_only = false;             ///< routed experts and nothing else

  friend bool operator==(const Scheme&, const Scheme&) = default;
};

enum class QualityMetric { perplexity_increase, score_loss, kl_divergence };

/// A published figure of what a format costs in quality, against the same model in 16 bits.
struct QualityFigure {
  QualityMetric metric = QualityMetric::perplexity_increase;
  double value = 0;        ///< per cent; KL divergence: nats
  std::string_view model;  ///< on which it was measured
};

/// One quantization format of one engine, under the engine's own name. Views into the catalog.
struct Format {
  std::string_view id;  ///< "q4_k_m", "awq", "nf4"
  std::string_view name;
  Engine engine = Engine::llama_cpp;
  std::string_view family;            ///< "q4", "fp16" …; empty when it belongs to none
  TensorType type = TensorType::f16;  ///< of most matrices
  std::optional<Scheme> scheme;       ///< of matrices under served formats below 16 bits
  bool as_stored = false;             ///< every tensor as its file has it
  bool imatrix = false;            ///< engine llama.cpp: types as an importance matrix changes them
  double bytes_per_parameter = 0;  ///< engine `params` only
  std::optional<std::int32_t>
      min_compute_capability;                 ///< 75 is 7.5; absent: runs on all the engine runs on
  std::span<const std::string_view> vendors;  ///< that it runs on, of its engine's; empty: all
  std::span<const CardRule> cards;            ///< what is particular about the cards of one
  std::string_view summary;                   ///< what it is, one line
  std::span<const QualityFigure> quality;     ///< empty: no figure was published
  std::string_view json;                      ///< the record as the catalog has it
};

/// Bits of a weight in the format's main type or scheme, without what each row or matrix carries.
double nominal_bits(const Format& format);

}  // namespace llmfit
