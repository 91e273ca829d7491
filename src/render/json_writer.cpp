// SPDX-License-Identifier: MIT
#include "render/json_writer.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "base/utf8.hpp"

namespace llmfit::render {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\' && byte != 0x7F;
}

void add_escaped(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\r':
      out += "\\r";
      return;
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(c);
  out.append("\\u00").push_back(hex_digits[byte >> 4U]);
  out.push_back(hex_digits[byte & 0xFU]);
}

}  // namespace

void JsonWriter::quoted(std::string_view text) {
  out_.push_back('"');
  for (std::size_t i = 0; i < text.size();) {
    const auto start = i;
    while (i < text.size() && is_plain(text[i])) ++i;
    out_.append(text.substr(start, i - start));
    if (i == text.size()) break;
    if (static_cast<unsigned char>(text[i]) < 0x80) {
      add_escaped(out_, text[i++]);
      continue;
    }
    const auto point = base::decode(text, i);
    out_ += point.valid ? text.substr(i, point.length) : std::string_view("\xEF\xBF\xBD");
    i += point.length;
  }
  out_.push_back('"');
}

void JsonWriter::line_break() {
  out_.push_back('\n');
  out_.append(levels_.size() * 2, ' ');
}

/// What stands between two values: nothing after a key, else a comma and the place for the next.
void JsonWriter::next() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (levels_.empty()) return;
  auto& level = levels_.back();
  if (!level.empty) out_.push_back(',');
  if (!level.line) {
    line_break();
  } else if (!level.empty) {
    out_.push_back(' ');
  }
  level.empty = false;
}

void JsonWriter::open(char bracket, Shape shape) {
  next();
  const bool in_line = !levels_.empty() && levels_.back().line;
  out_.push_back(bracket);
  levels_.push_back({bracket == '{' ? '}' : ']', in_line || shape == Shape::line, true});
}

void JsonWriter::end() {
  const auto level = levels_.back();
  levels_.pop_back();
  if (!level.line && !level.empty) line_break();
  out_.push_back(level.close);
}

void JsonWriter::key(std::string_view name) {
  next();
  quoted(name);
  out_ += ": ";
  after_key_ = true;
}

void JsonWriter::value(std::string_view text) {
  next();
  quoted(text);
}

void JsonWriter::value(bool yes) { raw(yes ? "true" : "false"); }

void JsonWriter::value(std::nullptr_t) { raw("null"); }

void JsonWriter::value(std::int64_t number) {
  std::array<char, 24> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  raw({buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data())});
}

void JsonWriter::value(double number) {
  if (!std::isfinite(number)) return value(nullptr);
  std::array<char, 40> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  raw({buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data())});
}

void JsonWriter::raw(std::string_view json) {
  next();
  out_ += json;
}

void JsonWriter::text_field(std::string_view name, std::string_view text) {
  key(name);
  text.empty() ? value(nullptr) : value(text);
}

std::string JsonWriter::take() {
  out_.push_back('\n');
  return std::move(out_);
}

}  // namespace llmfit::render
