// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/gguf_cursor.hpp"

namespace llmfit::model {

/// Of the values of a GGUF file, those that say something about the model: whole numbers, short
/// texts and short lists of whole numbers. The tokenizer and all others are only known to be there.
class GgufMetadata {
 public:
  [[nodiscard]] bool has(std::string_view key) const;
  /// Absent where there is none or it is of another kind.
  [[nodiscard]] std::optional<std::int64_t> number(std::string_view key) const;
  [[nodiscard]] std::optional<std::string_view> text(std::string_view key) const;
  /// Null where there is none or it is of another kind.
  [[nodiscard]] const std::vector<std::int64_t>* numbers(std::string_view key) const;

  /// Reads `count` keys with their values. Faults stay in the cursor.
  void read(GgufCursor& cursor, std::uint64_t count);

 private:
  struct Skipped {};
  using Value = std::variant<Skipped, std::int64_t, std::string, std::vector<std::int64_t>>;

  static Value read_value(GgufCursor& cursor, std::uint32_t type, const std::string& key);
  static Value read_list(GgufCursor& cursor, const std::string& key);

  std::map<std::string, Value, std::less<>> values_;
};

}  // namespace llmfit::model
