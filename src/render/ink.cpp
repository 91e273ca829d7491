// SPDX-License-Identifier: MIT
#include "render/ink.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "base/utf8.hpp"

namespace llmfit::render {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 26> ascii_forms{{
    {"·", "-"},      {"×", "x"},  {"…", "..."},    {"–", "-"},   {"—", "-"},  {"−", "-"},
    {"±", "+/-"},    {"≤", "<="}, {"≥", ">="},     {"≈", "~"},   {"→", "->"}, {"÷", "/"},
    {"⌈", "ceil("},  {"⌉", ")"},  {"⌊", "floor("}, {"⌋", ")"},   {"‘", "'"},  {"’", "'"},
    {"“", "\""},     {"”", "\""}, {"µ", "u"},      {"Σ", "sum"}, {"²", "^2"}, {"³", "^3"},
    {"\u00a0", " "}, {"é", "e"},
}};

std::string_view ascii_form(std::string_view sequence) {
  for (const auto& [from, to] : ascii_forms) {
    if (from == sequence) return to;
  }
  return "?";
}

bool is_beyond_ascii(char c) { return static_cast<unsigned char>(c) >= 0x80; }

std::string to_ascii(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto rest = text.substr(i);
    const auto plain = static_cast<std::size_t>(
        std::find_if(rest.begin(), rest.end(), is_beyond_ascii) - rest.begin());
    result += rest.substr(0, plain);
    i += plain;
    if (i == text.size()) break;
    const auto length = base::decode(text, i).length;
    const auto sequence = text.substr(i, length);
    result += length == 1 ? sequence : ascii_form(sequence);
    i += length;
  }
  return result;
}

std::string_view escape(Tone tone) {
  switch (tone) {
    case Tone::plain:
      return {};
    case Tone::title:
    case Tone::heading:
      return "\x1b[1m";
    case Tone::good:
      return "\x1b[32m";
    case Tone::bad:
      return "\x1b[31m";
    case Tone::bar:
      return "\x1b[36m";
    case Tone::dim:
      return "\x1b[2m";
    case Tone::warning:
      return "\x1b[33m";
  }
  return {};
}

}  // namespace

std::string Ink::text(std::string_view utf8) const {
  auto shown = base::printable(utf8);
  return unicode_ ? shown : to_ascii(shown);
}

std::string Ink::paint(Tone tone, std::string_view shown) const {
  const auto code = colour_ && !shown.empty() ? escape(tone) : std::string_view{};
  if (code.empty()) return std::string(shown);
  return std::string(code).append(shown).append("\x1b[0m");
}

}  // namespace llmfit::render
