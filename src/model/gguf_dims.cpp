// SPDX-License-Identifier: MIT
#include "model/gguf_dims.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace llmfit::model {

std::int32_t narrow(std::int64_t width) {
  return static_cast<std::int32_t>(
      std::clamp<std::int64_t>(width, 0, std::numeric_limits<std::int32_t>::max()));
}

GgufDims::GgufDims(const GgufMetadata& metadata, std::string_view architecture)
    : metadata_(metadata), architecture_(architecture) {}

std::string GgufDims::full(std::string_view key) const {
  std::string name;
  name.reserve(architecture_.size() + 1 + key.size());
  return name.append(architecture_).append(".").append(key);
}

void GgufDims::fail(std::string message) {
  if (!fault_) fault_ = std::move(message);
}

std::int32_t GgufDims::checked(std::string_view key, std::int64_t value) {
  if (value >= 0 && value <= std::numeric_limits<std::int32_t>::max()) {
    return static_cast<std::int32_t>(value);
  }
  fail(quoted(full(key)) + " cannot be " + std::to_string(value));
  return 0;
}

std::optional<std::int32_t> GgufDims::find(std::string_view key) {
  const auto value = metadata_.number(full(key));
  return value ? std::optional(checked(key, *value)) : std::nullopt;
}

std::int32_t GgufDims::require(std::string_view key) {
  const auto value = find(key);
  if (value && *value > 0) return *value;
  fail(value ? quoted(full(key)) + " is 0" : "the file does not tell " + quoted(full(key)));
  return 0;
}

std::optional<PerLayer> GgufDims::find_by_layer(std::string_view key, std::size_t layers) {
  PerLayer result;
  if (const auto value = find(key)) {
    result.all = *value;
    return result;
  }
  const auto* values = metadata_.numbers(full(key));
  if (values == nullptr) return std::nullopt;
  if (values->size() < layers) {
    fail(quoted(full(key)) + " has " + std::to_string(values->size()) + " entries for " +
         std::to_string(layers) + " layers");
  }
  result.by_layer.reserve(values->size());
  for (const auto value : *values) result.by_layer.push_back(checked(key, value));
  return result;
}

}  // namespace llmfit::model
