// SPDX-License-Identifier: MIT
#include "llmfit/file_size.hpp"

#include <algorithm>
#include <array>

#include "sizing/widths.hpp"

namespace llmfit {
namespace {

/// A tokenizer is known by the rows of its embedding; where several have as many, by the beginning
/// of the architecture's name.
struct Tokenizer {
  std::int64_t rows_low;
  std::int64_t rows_high;
  std::string_view architecture;
  std::int64_t kilobytes;  ///< 1000 bytes
};

// What published GGUF files hold beside their tensors, the table of tensors taken off: the
// difference between the sizes that repositories of ggml-org, lmstudio-community, bartowski,
// unsloth and the publishers list and the tensors' bytes.
constexpr auto tokenizers = std::to_array<Tokenizer>({
    {30522, 30528, "bert", 350},
    {30522, 30528, "nomic", 740},
    {32000, 32768, "", 720},     // SentencePiece of Llama 2, Mistral, Phi-3
    {49152, 51200, "", 1770},    // GPT-2 and StarCoder kind
    {100256, 100352, "", 3530},  // cl100k
    {102400, 102400, "", 4180},
    {128256, 128256, "", 7810},  // Llama 3: two merges a token
    {131072, 131072, "", 7860},  // Tekken: two merges a token
    {151643, 152064, "", 5930},  // Qwen 2 and 3
    {166144, 166144, "", 3950},  // SentencePiece
    {196608, 196608, "", 8650},
    {200064, 201088, "", 8220},   // o200k
    {202048, 202048, "", 13050},  // Llama 4: two merges a token
    {250112, 250112, "", 11550},
    {256000, 262208, "gemma", 6400},  // SentencePiece
    {256000, 262144, "", 10900},      // Cohere
});

/// Rows of other tokenizers take between 22 bytes (SentencePiece) and 65 (two merges a token).
constexpr std::int64_t row_low = 22;
constexpr std::int64_t row_usual = 41;
constexpr std::int64_t row_high = 65;
constexpr std::int64_t known_band_percent = 8;

/// Keys that describe the model, a chat template among them.
constexpr Bytes description{6000};

std::string_view architecture_of(const Model& model) {
  return model.architecture ? std::string_view(*model.architecture) : std::string_view{};
}

sizing::Estimate tokenizer_bytes(const Model& model) {
  const auto rows = model.arch.vocab_size;
  const auto architecture = architecture_of(model);
  for (const auto& known : tokenizers) {
    if (rows < known.rows_low || rows > known.rows_high) continue;
    if (!architecture.starts_with(known.architecture)) continue;
    const auto bytes = Bytes{1000} * known.kilobytes;
    return sizing::with_band(bytes, known_band_percent, known_band_percent);
  }
  return {Bytes{rows} * row_low, Bytes{rows} * row_usual, Bytes{rows} * row_high};
}

/// Letters of `tensor_name`, without writing it.
std::int64_t name_length(const Model& model, const Tensor& tensor) {
  static constexpr std::int64_t endings[] = {7, 5, 6, 0};  // ".weight", ".bias", ".scale", ""
  auto length = static_cast<std::int64_t>(tensor.stem.size()) +
                endings[static_cast<std::size_t>(tensor.suffix)];
  if (tensor.layer < 0) return length;
  int block = tensor.layer;
  if (const auto& stacks = model.arch.encoder_decoder) {
    length += 4;  // "enc." or "dec."
    if (block >= stacks->encoder_layers) block -= stacks->encoder_layers;
  }
  for (length += 6; block >= 10; block /= 10) ++length;  // "blk.", a digit and "."
  return length;
}

/// One entry of the table: length and name, number of dimensions and each, type, offset (GGUF
/// specification, version 3).
Bytes table_bytes(const Model& model) {
  Bytes sum;
  for (const auto& tensor : model.tensors) {
    std::int64_t dimensions = 1;
    for (std::int64_t i = 1; i < 4; ++i) {
      if (tensor.shape[static_cast<std::size_t>(i)] > 1) dimensions = i + 1;
    }
    const auto name = name_length(model, tensor);
    sum += Bytes{8 + name + 4 + 8 * dimensions + 4 + 8};
  }
  return sum;
}

}  // namespace

std::optional<FileSize> file_size(const Model& model, const Weights& weights,
                                  const Format& format) {
  if (format.engine != Engine::llama_cpp) return std::nullopt;
  if (model.file && model.source == ModelSource::gguf) {
    const auto metadata = model.file->metadata_bytes;
    return FileSize{weights.tensor_bytes, metadata, metadata, metadata, weights.basis};
  }
  if (model.arch.vocab_size == 0) return std::nullopt;
  const auto tokenizer = tokenizer_bytes(model);
  const auto rest = table_bytes(model) + description;
  return FileSize{weights.tensor_bytes, tokenizer.bytes + rest, tokenizer.low + rest,
                  tokenizer.high + rest, Basis::estimate};
}

}  // namespace llmfit
