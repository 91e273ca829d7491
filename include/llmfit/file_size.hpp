// SPDX-License-Identifier: MIT
#pragma once

#include "llmfit/format.hpp"
#include "llmfit/model.hpp"
#include "llmfit/sizing.hpp"

namespace llmfit {

/// What a GGUF file weighs: what one downloads. Exact terms have `low == bytes == high`.
struct FileSize {
  Bytes tensors;
  Bytes metadata;  ///< header, table of tensors, tokenizer
  Bytes metadata_low;
  Bytes metadata_high;
  Basis basis = Basis::estimate;

  [[nodiscard]] Bytes total() const { return tensors + metadata; }
};

/// The file of a model in a format of llama.cpp. The metadata is exact for a model that was read
/// from a GGUF file; else it is estimated from the number of tensors and the tokenizer that the
/// size of the vocabulary tells of. Absent for formats of other engines and for models whose
/// vocabulary is unknown.
std::optional<FileSize> file_size(const Model& model, const Weights& weights, const Format& format);

}  // namespace llmfit
