// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "catalog/generate_text.hpp"

namespace llmfit::catalog {

/// Names and defines the arrays that one record points at.
class Arrays {
 public:
  Arrays(std::string prefix, std::string& before) : prefix_(std::move(prefix)), before_(before) {}

  /// Defines a constant of `type` under `suffix` and gives its name.
  std::string define(std::string_view type, std::string_view suffix, std::string_view brackets,
                     const std::string& value) const {
    auto name = prefix_ + "_" + std::string(suffix);
    before_.append("constexpr ").append(type).append(" ").append(name).append(brackets);
    before_.append(" = ").append(value).append(";\n");
    return name;
  }

  /// The name of an array with these items; empty for none.
  template <class Item>
  std::string list(std::string_view type, std::string_view suffix,
                   std::span<const Item> items) const {
    return items.empty() ? "" : define(type, suffix, "[]", cpp_list(items));
  }

 private:
  std::string prefix_;
  std::string& before_;
};

}  // namespace llmfit::catalog
