// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "catalog/json_text.hpp"
#include "catalog/pattern.hpp"

namespace llmfit::catalog {

/// The types of JSON Schema, as bits of `SchemaNode::types`.
struct TypeWord {
  std::string_view word;
  unsigned bit;
  std::string_view phrase;
};

inline constexpr std::array<TypeWord, 7> type_words = {{
    {"object", 1, "an object"},
    {"array", 2, "an array"},
    {"string", 4, "a string"},
    {"integer", 8, "a whole number"},
    {"number", 8 | 16, "a number"},
    {"boolean", 32, "true or false"},
    {"null", 64, "null"},
}};

/// One (sub)schema. Pointers lead to nodes of the same `Schema`.
struct SchemaNode {
  unsigned types = 0;  ///< 0: any
  std::vector<std::pair<std::string, const SchemaNode*>> properties;
  std::vector<std::string> required;
  const SchemaNode* additional = nullptr;  ///< for keys that `properties` does not name
  bool closed = false;                     ///< no other keys
  const SchemaNode* items = nullptr;
  std::vector<Json> allowed;  ///< enum or const; empty: any
  std::optional<double> minimum;
  std::optional<double> exclusive_minimum;
  std::optional<double> maximum;
  std::size_t min_length = 0;
  std::size_t min_items = 0;
  std::size_t min_properties = 0;
  bool unique_items = false;
  std::optional<Pattern> pattern;
  std::string pattern_text;
  std::vector<const SchemaNode*> any_of;
  const SchemaNode* reference = nullptr;
  std::string description;
};

}  // namespace llmfit::catalog
