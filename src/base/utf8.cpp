// SPDX-License-Identifier: MIT
#include "base/utf8.hpp"

namespace llmfit::base {
namespace {

std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

bool is_overlong_or_surrogate(char32_t value, std::size_t length) {
  if (length == 3 && value < 0x800) return true;
  if (length == 4 && (value < 0x10000 || value > 0x10FFFF)) return true;
  return value >= 0xD800 && value <= 0xDFFF;
}

}  // namespace

CodePoint decode(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = sequence_length(lead);
  if (length == 0 || at + length > text.size()) return {};
  if (length == 1) return {lead, 1, true};
  char32_t value = lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[at + i]);
    if ((next & 0xC0U) != 0x80U) return {};
    value = (value << 6U) | (next & 0x3FU);
  }
  if (is_overlong_or_surrogate(value, length)) return {};
  return {value, length, true};
}

}  // namespace llmfit::base
