// SPDX-License-Identifier: MIT
#include "model/gguf_metadata.hpp"

#include <array>
#include <limits>

namespace llmfit::model {
namespace {

// Real files have some dozen keys, and at most a number for each layer of a thousand.
constexpr std::uint64_t most_keys = std::uint64_t{1} << 16U;
constexpr std::uint64_t longest_key = 65535;
constexpr std::uint64_t longest_text = 4096;
constexpr std::uint64_t longest_list = std::uint64_t{1} << 14U;
constexpr std::uint64_t most_texts = std::uint64_t{1} << 24U;
constexpr int deepest_list = 4;

// Value types of the format (ggml: docs/gguf.md).
constexpr std::uint32_t text_type = 8;
constexpr std::uint32_t list_type = 9;
struct NumberType {
  std::uint64_t bytes;
  bool whole;
  bool is_signed;
};
constexpr std::array<NumberType, 13> number_types = {{
    {1, true, false},   // uint8
    {1, true, true},    // int8
    {2, true, false},   // uint16
    {2, true, true},    // int16
    {4, true, false},   // uint32
    {4, true, true},    // int32
    {4, false, false},  // float32
    {1, true, false},   // bool
    {0, false, false},  // text
    {0, false, false},  // list
    {8, true, false},   // uint64
    {8, true, true},    // int64
    {8, false, false},  // float64
}};

const NumberType* number_type(std::uint32_t type) {
  if (type >= number_types.size() || number_types[type].bytes == 0) return nullptr;
  return &number_types[type];
}

/// What is larger than any dimension sticks at the largest number.
std::int64_t read_whole(GgufCursor& cursor, const NumberType& type, std::string_view what) {
  switch (type.bytes) {
    case 1: {
      const auto value = cursor.number<std::uint8_t>(what);
      return type.is_signed ? static_cast<std::int8_t>(value) : value;
    }
    case 2: {
      const auto value = cursor.number<std::uint16_t>(what);
      return type.is_signed ? static_cast<std::int16_t>(value) : value;
    }
    case 4: {
      const auto value = cursor.number<std::uint32_t>(what);
      return type.is_signed ? static_cast<std::int32_t>(value) : std::int64_t{value};
    }
    default: {
      const auto value = cursor.number<std::uint64_t>(what);
      constexpr auto most = std::numeric_limits<std::int64_t>::max();
      if (!type.is_signed && value > std::uint64_t{most}) return most;
      return static_cast<std::int64_t>(value);
    }
  }
}

bool describes_model(std::string_view key) { return !key.starts_with("tokenizer."); }

void refuse_type(GgufCursor& cursor, std::uint64_t where, std::uint32_t type,
                 std::string_view what) {
  cursor.fail(where,
              std::string(what) + " has a value of the unknown type " + std::to_string(type));
}

void skip_list(GgufCursor& cursor, std::string_view what, int depth);

void skip_items(GgufCursor& cursor, std::uint32_t type, std::uint64_t count, std::string_view what,
                int depth) {
  const auto where = cursor.offset();
  if (const auto* number = number_type(type)) {
    const auto left = cursor.size() - where;
    cursor.skip(count > left / number->bytes ? left + 1 : count * number->bytes, what);
  } else if (type == text_type || type == list_type) {
    if (count > most_texts) {
      cursor.fail(where, std::string(what) + " claims " + std::to_string(count) + " entries");
      return;
    }
    if (type == text_type) return cursor.skip_texts(count, what);
    for (; count > 0 && cursor.ok(); --count) skip_list(cursor, what, depth + 1);
  } else {
    refuse_type(cursor, where, type, what);
  }
}

void skip_list(GgufCursor& cursor, std::string_view what, int depth) {
  if (depth > deepest_list) {
    cursor.fail(cursor.offset(), std::string(what) + " nests lists more than " +
                                     std::to_string(deepest_list) + " deep");
    return;
  }
  const auto type = cursor.number<std::uint32_t>(what);
  const auto count = cursor.number<std::uint64_t>(what);
  if (cursor.ok()) skip_items(cursor, type, count, what, depth);
}

std::string read_key(GgufCursor& cursor) {
  const auto where = cursor.offset();
  auto key = cursor.text(longest_key, "the name of a key");
  if (!cursor.ok()) return {};
  if (key.empty()) cursor.fail(where, "a key without a name");
  if (!is_utf8(key)) cursor.fail(where, "the key " + quoted(key) + " is not valid UTF-8");
  return key;
}

}  // namespace

GgufMetadata::Value GgufMetadata::read_list(GgufCursor& cursor, const std::string& key) {
  const auto type = cursor.number<std::uint32_t>(key);
  const auto count = cursor.number<std::uint64_t>(key);
  if (!cursor.ok()) return Skipped{};
  const auto* number = number_type(type);
  if (number == nullptr || !number->whole || count > longest_list || !describes_model(key)) {
    skip_items(cursor, type, count, quoted(key), 1);
    return Skipped{};
  }
  std::vector<std::int64_t> numbers;
  for (std::uint64_t i = 0; i < count && cursor.ok(); ++i) {
    numbers.push_back(read_whole(cursor, *number, key));
  }
  return numbers;
}

GgufMetadata::Value GgufMetadata::read_value(GgufCursor& cursor, std::uint32_t type,
                                             const std::string& key) {
  if (type == list_type) return read_list(cursor, key);
  if (const auto* number = number_type(type)) {
    if (number->whole) return read_whole(cursor, *number, key);
    cursor.skip(number->bytes, key);
    return Skipped{};
  }
  const auto where = cursor.offset();
  if (type != text_type) {
    refuse_type(cursor, where, type, quoted(key));
    return Skipped{};
  }
  const auto length = cursor.number<std::uint64_t>(key);
  if (!describes_model(key) || length > longest_text) {
    cursor.skip(length, quoted(key));
    return Skipped{};
  }
  auto text = cursor.bytes(length, key);
  if (!is_utf8(text)) cursor.fail(where, "the value of " + quoted(key) + " is not valid UTF-8");
  return text;
}

void GgufMetadata::read(GgufCursor& cursor, std::uint64_t count) {
  if (count > most_keys) {
    cursor.fail(cursor.offset(), "the header claims " + std::to_string(count) + " keys");
  }
  for (; count > 0 && cursor.ok(); --count) {
    const auto where = cursor.offset();
    auto key = read_key(cursor);
    const auto type = cursor.number<std::uint32_t>("the type of a value");
    if (!cursor.ok()) return;
    auto value = read_value(cursor, type, key);
    const auto [at, is_new] = values_.emplace(std::move(key), std::move(value));
    if (!is_new) cursor.fail(where, "the key " + quoted(at->first) + " occurs twice");
  }
}

bool GgufMetadata::has(std::string_view key) const { return values_.find(key) != values_.end(); }

std::optional<std::int64_t> GgufMetadata::number(std::string_view key) const {
  const auto found = values_.find(key);
  if (found == values_.end()) return std::nullopt;
  const auto* value = std::get_if<std::int64_t>(&found->second);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

std::optional<std::string_view> GgufMetadata::text(std::string_view key) const {
  const auto found = values_.find(key);
  if (found == values_.end()) return std::nullopt;
  const auto* value = std::get_if<std::string>(&found->second);
  return value == nullptr ? std::nullopt : std::optional<std::string_view>(*value);
}

const std::vector<std::int64_t>* GgufMetadata::numbers(std::string_view key) const {
  const auto found = values_.find(key);
  return found == values_.end() ? nullptr : std::get_if<std::vector<std::int64_t>>(&found->second);
}

}  // namespace llmfit::model
