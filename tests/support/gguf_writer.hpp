// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace llmfit::test {

/// Types of GGUF tensors, as far as the tests write them.
struct GgmlType {
  std::uint32_t id;
  std::int64_t elements;
  std::int64_t bytes;
};
inline constexpr GgmlType ggml_f32{0, 1, 4};
inline constexpr GgmlType ggml_f16{1, 1, 2};
inline constexpr GgmlType ggml_q8_0{8, 32, 34};
inline constexpr GgmlType ggml_q4_k{12, 256, 144};
inline constexpr GgmlType ggml_q6_k{14, 256, 210};

/// Writes the header of a GGUF file; the data after it are left to the reader of the file.
class GgufWriter {
 public:
  std::uint32_t version = 3;
  std::int64_t alignment = 32;
  std::int64_t more_keys = 0;     ///< claimed beside those that are there
  std::int64_t more_tensors = 0;  ///< the same of tensors

  GgufWriter& number(std::string_view key, std::int64_t value) {
    const bool narrow = value >= 0 && value <= 0xFFFFFFFF;  // the type that llama.cpp asks for
    begin(key, narrow ? 4 : 11);
    put(keys_, static_cast<std::uint64_t>(value), narrow ? 4 : 8);
    return *this;
  }
  GgufWriter& text(std::string_view key, std::string_view value) {
    begin(key, 8);
    put_text(keys_, value);
    return *this;
  }
  GgufWriter& numbers(std::string_view key, const std::vector<std::int32_t>& values) {
    begin_list(key, 5, values.size());
    for (const auto value : values) put(keys_, static_cast<std::uint32_t>(value), 4);
    return *this;
  }
  GgufWriter& texts(std::string_view key, const std::vector<std::string>& values) {
    begin_list(key, 8, values.size());
    for (const auto& value : values) put_text(keys_, value);
    return *this;
  }
  /// A value of any kind, byte by byte.
  GgufWriter& raw(std::string_view key, std::uint32_t type, std::string_view bytes) {
    begin(key, type);
    keys_ += bytes;
    return *this;
  }
  /// A tensor whose data follow those of the one before.
  GgufWriter& tensor(std::string_view name, const std::vector<std::int64_t>& shape,
                     GgmlType type = ggml_f32) {
    std::int64_t bytes = shape[0] / type.elements * type.bytes;
    for (std::size_t i = 1; i < shape.size(); ++i) bytes *= shape[i];
    tensor_at(name, shape, type.id, data_bytes_);
    data_bytes_ += (bytes + alignment - 1) / alignment * alignment;
    return *this;
  }
  GgufWriter& tensor_at(std::string_view name, const std::vector<std::int64_t>& shape,
                        std::uint32_t type, std::int64_t offset) {
    put_text(tensors_, name);
    put(tensors_, shape.size(), 4);
    for (const auto size : shape) put(tensors_, static_cast<std::uint64_t>(size), 8);
    put(tensors_, type, 4);
    put(tensors_, static_cast<std::uint64_t>(offset), 8);
    ++tensor_count_;
    return *this;
  }

  /// All before the data, padded.
  [[nodiscard]] std::string header() const {
    std::string bytes = "GGUF";
    put(bytes, version, 4);
    put(bytes, static_cast<std::uint64_t>(tensor_count_ + more_tensors), 8);
    put(bytes, static_cast<std::uint64_t>(key_count_ + more_keys), 8);
    bytes += keys_ + tensors_;
    const auto step = static_cast<std::size_t>(alignment);
    bytes.resize((bytes.size() + step - 1) / step * step);
    return bytes;
  }
  [[nodiscard]] std::int64_t data_bytes() const { return data_bytes_; }
  /// A small file, its data zero.
  [[nodiscard]] std::string file() const {
    return header() + std::string(static_cast<std::size_t>(data_bytes_), '\0');
  }

  static void put(std::string& out, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xFFU));
  }
  static void put_text(std::string& out, std::string_view text) {
    put(out, text.size(), 8);
    out += text;
  }

 private:
  void begin(std::string_view key, std::uint32_t type) {
    put_text(keys_, key);
    put(keys_, type, 4);
    ++key_count_;
  }
  void begin_list(std::string_view key, std::uint32_t type, std::size_t count) {
    begin(key, 9);
    put(keys_, type, 4);
    put(keys_, count, 8);
  }

  std::string keys_;
  std::string tensors_;
  std::int64_t key_count_ = 0;
  std::int64_t tensor_count_ = 0;
  std::int64_t data_bytes_ = 0;
};

/// The smallest llama: two blocks of 64 elements, a vocabulary of 32.
inline GgufWriter small_llama(GgmlType type = ggml_f16) {
  GgufWriter writer;
  writer.text("general.architecture", "llama").text("general.name", "Small Llama");
  writer.number("llama.block_count", 2).number("llama.embedding_length", 64);
  writer.number("llama.context_length", 2048).number("llama.feed_forward_length", 128);
  writer.number("llama.attention.head_count", 4).number("llama.attention.head_count_kv", 2);
  writer.tensor("token_embd.weight", {64, 32}, type).tensor("output_norm.weight", {64});
  writer.tensor("output.weight", {64, 32}, type);
  for (const std::string block : {"blk.0.", "blk.1."}) {
    writer.tensor(block + "attn_norm.weight", {64}).tensor(block + "ffn_norm.weight", {64});
    writer.tensor(block + "attn_q.weight", {64, 64}, type);
    writer.tensor(block + "attn_k.weight", {64, 32}, type);
    writer.tensor(block + "attn_v.weight", {64, 32}, type);
    writer.tensor(block + "attn_output.weight", {64, 64}, type);
    writer.tensor(block + "ffn_gate.weight", {64, 128}, type);
    writer.tensor(block + "ffn_up.weight", {64, 128}, type);
    writer.tensor(block + "ffn_down.weight", {128, 64}, type);
  }
  return writer;
}

}  // namespace llmfit::test
