// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <memory_resource>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace llmfit::catalog {

/// Owns what the views of records read at run time point at; nothing is freed before all is.
class Arena {
 public:
  std::string_view keep(std::string_view text) {
    if (text.empty()) return {};
    auto* copy = static_cast<char*>(memory_.allocate(text.size(), 1));
    std::copy(text.begin(), text.end(), copy);
    return {copy, text.size()};
  }

  template <class Item>
  std::span<const Item> keep(const std::vector<Item>& items) {
    static_assert(std::is_trivially_destructible_v<Item>, "an arena calls no destructors");
    if (items.empty()) return {};
    auto* copy = static_cast<Item*>(memory_.allocate(items.size() * sizeof(Item), alignof(Item)));
    std::uninitialized_copy(items.begin(), items.end(), copy);
    return {copy, items.size()};
  }

 private:
  std::pmr::monotonic_buffer_resource memory_;
};

}  // namespace llmfit::catalog
