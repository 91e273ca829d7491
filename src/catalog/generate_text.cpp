// SPDX-License-Identifier: MIT
#include "catalog/generate_text.hpp"

#include "base/numbers.hpp"

namespace llmfit::catalog {
namespace {

constexpr std::size_t piece_length = 100;

/// Octal escapes end after three digits, so what follows cannot become part of them; `?` is escaped
/// because of trigraphs.
void append_char(std::string& out, char c) {
  if (c == '"' || c == '\\' || c == '?') {
    out.push_back('\\');
    out.push_back(c);
  } else if (c == '\n') {
    out += "\\n";
  } else if (c >= ' ' && c < 127) {
    out.push_back(c);
  } else {
    const auto byte = static_cast<unsigned char>(c);
    for (const unsigned shift : {6U, 3U, 0U}) {
      if (shift == 6U) out.push_back('\\');
      out.push_back(static_cast<char>('0' + ((byte >> shift) & 7U)));
    }
  }
}

}  // namespace

std::string cpp_literal(std::string_view text) {
  std::string out = "\"";
  std::size_t start = 0;
  char last = ' ';
  for (const char c : text) {
    if (last == '\n' || out.size() - start > piece_length) {
      out += "\"\n    \"";
      start = out.size();
    }
    append_char(out, c);
    last = c;
  }
  return out + "\"sv";
}

std::string cpp_list(std::span<const std::string_view> texts) {
  std::string out = "{";
  for (const auto text : texts) out.append(out.size() > 1 ? ", " : "").append(cpp_literal(text));
  return out + "}";
}

void Initialiser::expression(std::string_view member, std::string_view value) {
  if (value.empty()) return;
  body_.append(body_.empty() ? "." : ",\n   .").append(member).append(" = ").append(value);
}

void Initialiser::text(std::string_view member, std::string_view value) {
  if (!value.empty()) expression(member, cpp_literal(value));
}

void Initialiser::number(std::string_view member, std::int64_t value, std::int64_t otherwise) {
  if (value != otherwise) expression(member, std::to_string(value));
}

void Initialiser::number(std::string_view member, const std::optional<std::int64_t>& value) {
  if (value) expression(member, std::to_string(*value));
}

void Initialiser::number(std::string_view member, const std::optional<std::int32_t>& value) {
  if (value) expression(member, std::to_string(*value));
}

void Initialiser::real(std::string_view member, const std::optional<double>& value) {
  if (!value) return;
  auto text = base::shortest(*value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  expression(member, text);
}

void Initialiser::flag(std::string_view member, bool value, bool otherwise) {
  if (value != otherwise) expression(member, value ? "true" : "false");
}

}  // namespace llmfit::catalog
