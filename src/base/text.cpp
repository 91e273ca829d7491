// SPDX-License-Identifier: MIT
#include "base/text.hpp"

#include "base/utf8.hpp"

namespace llmfit::base {
namespace {

/// East Asian wide and emoji blocks; enough for model and card names.
bool is_wide(char32_t c) {
  return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
         (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
         (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD);
}

bool is_combining(char32_t c) { return (c >= 0x300 && c <= 0x36F) || c == 0x200D; }

std::size_t width_of(char32_t c) { return is_combining(c) ? 0 : is_wide(c) ? 2 : 1; }

/// Most of what is printed: one column a byte, nothing to decode.
bool is_plain(char c) { return c >= 0x20 && c < 0x7F; }

bool is_plain(std::string_view text) {
  for (const char c : text) {
    if (!is_plain(c)) return false;
  }
  return true;
}

void append_escaped(std::string& out, unsigned char byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  out.append("\\x").push_back(digits[byte >> 4U]);
  out.push_back(digits[byte & 0xFU]);
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (is_plain(text[i])) {
      ++width;
      ++i;
      continue;
    }
    const auto point = decode(text, i);
    width += point.valid ? width_of(point.value) : 1;
    i += point.length;
  }
  return width;
}

std::string elide(std::string_view text, std::size_t columns, bool ascii) {
  if (display_width(text) <= columns) return std::string(text);
  const std::string_view mark = ascii ? "..." : "…";
  const std::size_t mark_width = ascii ? 3 : 1;
  if (columns <= mark_width) return std::string(ascii ? mark.substr(0, columns) : mark);
  std::size_t width = 0;
  std::size_t i = 0;
  while (i < text.size()) {
    const auto point = decode(text, i);
    const auto next = point.valid ? width_of(point.value) : 1;
    if (width + next + mark_width > columns) break;
    width += next;
    i += point.length;
  }
  return std::string(text.substr(0, i)).append(mark);
}

std::vector<std::string> wrap(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines;
  std::string line;
  for (const auto& word : split(text, ' ')) {
    if (word.empty()) continue;
    if (!line.empty() && display_width(line) + 1 + display_width(word) > columns) {
      lines.push_back(std::move(line));
      line.clear();
    }
    if (!line.empty()) line.push_back(' ');
    line += word;
  }
  if (!line.empty() || lines.empty()) lines.push_back(std::move(line));
  return lines;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const auto at = text.find(separator);
    auto part = text.substr(0, at);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    parts.emplace_back(part);
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::string printable(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    const auto point = decode(text, i);
    const bool control =
        point.valid && (point.value < 0x20 || (point.value >= 0x7F && point.value < 0xA0));
    if (point.valid && !control) {
      result.append(text.substr(i, point.length));
    } else {
      for (std::size_t j = 0; j < point.length; ++j) {
        append_escaped(result, static_cast<unsigned char>(text[i + j]));
      }
    }
    i += point.length;
  }
  return result;
}

}  // namespace llmfit::base
