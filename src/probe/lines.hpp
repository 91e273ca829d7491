// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "llmfit/units.hpp"

namespace llmfit::probe {

/// A text of lines `name SEPARATOR value`, looked up by name.
class Lines {
 public:
  Lines(std::string_view text, char separator);

  /// The first line of that name; absent where there is none.
  [[nodiscard]] std::optional<std::string_view> text(std::string_view name) const;
  /// A whole number at the start of the value, in what base C writes it (0x…).
  [[nodiscard]] std::optional<std::int64_t> whole(std::string_view name) const;
  [[nodiscard]] std::optional<Bytes> bytes(std::string_view name) const;

 private:
  struct Line {
    std::string_view name;
    std::string_view value;
  };
  std::vector<Line> lines_;
};

/// The first line without the blanks around it, fit to be shown and of a bounded length.
std::string first_line(std::string_view text);

/// A number of bytes alone in a file.
std::optional<Bytes> bytes_in(std::string_view text);

/// A whole number, decimal or after 0x.
std::optional<std::int64_t> any_whole(std::string_view text);

/// More than any machine has, or nothing at all: a driver that talks nonsense.
bool is_plausible(Bytes memory);

/// "23.68 GiB", rounded down; "unknown".
std::string gib_text(std::optional<Bytes> bytes);

}  // namespace llmfit::probe
