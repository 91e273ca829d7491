// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace llmfit::base {

/// What was worked out for texts that stay where they are in memory, found by their address: a
/// model's layers repeat the same few names hundreds of times.
template <class Value>
class TextMemo {
 public:
  /// The value for a text; `make` works it out where it is not known.
  template <class Make>
  const Value& of(std::string_view text, Make make) {
    const auto address = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(text.data()));
    constexpr std::uint64_t spread = 0x9E3779B97F4A7C15;  // 2^64 over the golden ratio
    auto& entry = entries_[static_cast<std::size_t>(((address + text.size()) * spread) >> 57)];
    if (entry.at != text.data() || entry.length != text.size()) {
      entry = {text.data(), text.size(), make(text)};
    }
    return entry.value;
  }

 private:
  struct Entry {
    const char* at = nullptr;
    std::size_t length = 0;
    Value value{};
  };
  std::array<Entry, 128> entries_;
};

}  // namespace llmfit::base
