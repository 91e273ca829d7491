// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/gguf_metadata.hpp"

namespace llmfit::model {

/// A tensor's dimension as a model's: what is larger than any sticks at 2^31 - 1.
std::int32_t narrow(std::int64_t width);

/// A dimension that a file gives once or for each layer.
struct PerLayer {
  std::int32_t all = 0;
  std::vector<std::int32_t> by_layer;  ///< empty: all layers alike

  [[nodiscard]] std::int32_t of(std::size_t layer) const {
    return layer < by_layer.size() ? by_layer[layer] : all;
  }
};

/// The dimensions of an architecture, under its own prefix: "llama.block_count". What is negative
/// or beyond 2^31 is a fault; the first one sticks.
class GgufDims {
 public:
  GgufDims(const GgufMetadata& metadata, std::string_view architecture);

  [[nodiscard]] std::string_view architecture() const { return architecture_; }
  /// Absent where the file does not say.
  std::optional<std::int32_t> find(std::string_view key);
  std::int32_t get(std::string_view key, std::int32_t otherwise = 0) {
    return find(key).value_or(otherwise);
  }
  /// Whether the file has such a key, of whatever kind.
  [[nodiscard]] bool has(std::string_view key) const { return metadata_.has(full(key)); }
  /// Its absence is a fault.
  std::int32_t require(std::string_view key);
  /// A list that is too short for the layers is a fault.
  std::optional<PerLayer> find_by_layer(std::string_view key, std::size_t layers);
  PerLayer get_by_layer(std::string_view key, std::size_t layers, const PerLayer& otherwise = {}) {
    return find_by_layer(key, layers).value_or(otherwise);
  }

  [[nodiscard]] const std::optional<std::string>& fault() const { return fault_; }
  void fail(std::string message);

 private:
  [[nodiscard]] std::string full(std::string_view key) const;
  std::int32_t checked(std::string_view key, std::int64_t value);

  const GgufMetadata& metadata_;
  std::string architecture_;
  std::optional<std::string> fault_;
};

}  // namespace llmfit::model
