// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace llmfit::catalog {

/// `text` as a std::string_view literal of C++, in pieces of a line where it is long.
std::string cpp_literal(std::string_view text);

/// A braced initialiser with designators; members that keep their default are left out.
class Initialiser {
 public:
  void text(std::string_view member, std::string_view value);
  void number(std::string_view member, std::int64_t value, std::int64_t otherwise = 0);
  void number(std::string_view member, const std::optional<std::int64_t>& value);
  void number(std::string_view member, const std::optional<std::int32_t>& value);
  void real(std::string_view member, const std::optional<double>& value);
  void flag(std::string_view member, bool value, bool otherwise = false);
  /// An expression as it is; empty: the default.
  void expression(std::string_view member, std::string_view value);

  [[nodiscard]] std::string str() const { return "{" + body_ + "}"; }

 private:
  std::string body_;
};

/// "{1, 2, 3}".
template <class Number>
std::string cpp_list(std::span<const Number> numbers) {
  std::string out = "{";
  for (const auto number : numbers) {
    out.append(out.size() > 1 ? ", " : "").append(std::to_string(number));
  }
  return out + "}";
}

std::string cpp_list(std::span<const std::string_view> texts);

}  // namespace llmfit::catalog
