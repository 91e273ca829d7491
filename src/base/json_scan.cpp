// SPDX-License-Identifier: MIT
#include "base/json_scan.hpp"

#include <charconv>

#include "base/utf8.hpp"

namespace llmfit::base {
namespace {

constexpr std::size_t depth_limit = 64;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

void append_utf8(std::string& text, std::uint32_t point) {
  const auto put = [&text](std::uint32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (point < 0x80) return put(point);
  if (point < 0x800) {
    put(0xC0 | (point >> 6));
  } else if (point < 0x10000) {
    put(0xE0 | (point >> 12));
    put(0x80 | ((point >> 6) & 0x3F));
  } else {
    put(0xF0 | (point >> 18));
    put(0x80 | ((point >> 12) & 0x3F));
    put(0x80 | ((point >> 6) & 0x3F));
  }
  put(0x80 | (point & 0x3F));
}

}  // namespace

void JsonScan::fail(std::size_t offset, std::string message) {
  if (!fault_) fault_ = JsonFault{offset, std::move(message)};
}

void JsonScan::space() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c != ' ' && c != '\n' && c != '\r' && c != '\t') return;
    ++at_;
  }
}

bool JsonScan::take(char wanted) {
  if (fault_ || at_ >= text_.size() || text_[at_] != wanted) return false;
  ++at_;
  return true;
}

bool JsonScan::expect(char wanted, const char* message) {
  if (take(wanted)) return true;
  fail(at_, at_ < text_.size() ? message : "the text ends too early");
  return false;
}

JsonScan::Kind JsonScan::kind() {
  space();
  if (fault_ || at_ >= text_.size()) return Kind::none;
  switch (text_[at_]) {
    case '{':
      return Kind::object;
    case '[':
      return Kind::array;
    case '"':
      return Kind::string;
    case 't':
    case 'f':
      return Kind::boolean;
    case 'n':
      return Kind::null;
    default:
      return is_digit(text_[at_]) ||
                     std::string_view("-NI").find(text_[at_]) != std::string_view::npos
                 ? Kind::number
                 : Kind::none;
  }
}

bool JsonScan::enter(char bracket) {
  space();
  if (!expect(bracket, bracket == '{' ? "an object is expected" : "an array is expected")) {
    return false;
  }
  if (fresh_.size() == depth_limit) {
    fail(at_ - 1, "nested deeper than 64 levels");
    return false;
  }
  fresh_.push_back(true);
  return true;
}

bool JsonScan::next(char closing) {
  if (fault_) return false;
  space();
  const bool first = fresh_.back();
  fresh_.back() = false;
  if (take(closing)) {
    fresh_.pop_back();
    return false;
  }
  return first || expect(',', closing == '}' ? "',' or '}' is expected" : "',' or ']' is expected");
}

bool JsonScan::next_key(std::string& key) {
  if (!next('}')) return false;
  key = string();
  space();
  return expect(':', "':' is expected");
}

std::string JsonScan::string() {
  std::string text;
  space();
  read_string(&text);
  return text;
}

void JsonScan::read_string(std::string* into) {
  if (!expect('"', "a string is expected")) return;
  while (!fault_) {
    const auto from = at_;
    while (at_ < text_.size() && text_[at_] >= ' ' && text_[at_] < 0x7F && text_[at_] != '"' &&
           text_[at_] != '\\') {
      ++at_;
    }
    if (into != nullptr) into->append(text_, from, at_ - from);
    if (take('"')) return;
    read_character(into);
  }
}

/// One character that is not plain ASCII.
void JsonScan::read_character(std::string* into) {
  if (at_ >= text_.size()) return fail(at_, "the text ends within a string");
  if (take('\\')) return read_escape(into);
  if (static_cast<unsigned char>(text_[at_]) < 0x20) {
    return fail(at_, "control character in a string");
  }
  const auto point = decode(text_, at_);
  if (!point.valid) return fail(at_, "invalid UTF-8");
  if (into != nullptr) into->append(text_, at_, point.length);
  at_ += point.length;
}

std::uint32_t JsonScan::read_hex() {
  std::uint32_t value = 0;
  const auto* const from = text_.data() + at_;
  if (text_.size() - at_ < 4 || std::from_chars(from, from + 4, value, 16).ptr != from + 4) {
    fail(at_, "four hexadecimal digits are expected");
    return 0;
  }
  at_ += 4;
  return value;
}

void JsonScan::read_escape(std::string* into) {
  static constexpr std::string_view letters = "\"\\/bfnrt";
  static constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
  const auto start = at_ - 1;
  std::uint32_t point = 0;
  if (take('u')) {
    point = read_hex();
    if (point >= 0xD800 && point < 0xDC00 && take('\\') && take('u')) {
      const auto low = read_hex();
      point = low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00)
                                            : 0xD800;
    }
  } else {
    const auto found = at_ < text_.size() ? letters.find(text_[at_]) : letters.npos;
    if (found == letters.npos) return fail(start, "unknown escape in a string");
    point = static_cast<unsigned char>(meanings[found]);
    ++at_;
  }
  if (point >= 0xD800 && point < 0xE000) return fail(start, "half a surrogate pair in a string");
  if (into != nullptr && !fault_) append_utf8(*into, point);
}

bool JsonScan::digits() {
  const auto from = at_;
  while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
  return at_ > from;
}

std::string_view JsonScan::number() {
  space();
  const auto from = at_;
  if (literal("NaN") || literal("Infinity") || literal("-Infinity")) {
    return text_.substr(from, at_ - from);  // Python's json writes them
  }
  take('-');
  bool valid = take('0') || digits();
  if (valid && take('.')) valid = digits();
  if (valid && (take('e') || take('E'))) {
    if (!take('+')) take('-');
    valid = digits();
  }
  if (!valid) fail(from, "a number is expected");
  return fault_ ? std::string_view{} : text_.substr(from, at_ - from);
}

std::optional<std::uint64_t> JsonScan::natural() {
  space();
  const auto from = at_;
  const auto written = number();
  std::uint64_t value = 0;
  const auto* const end = written.data() + written.size();
  const auto [stop, error] = std::from_chars(written.data(), end, value);
  if (fault_) return std::nullopt;
  if (error == std::errc{} && stop == end) return value;
  fail(from, "a whole number below 2^64 is expected");
  return std::nullopt;
}

bool JsonScan::literal(std::string_view word) {
  if (text_.substr(at_, word.size()) != word) return false;
  at_ += word.size();
  return true;
}

bool JsonScan::boolean() {
  space();
  if (!fault_ && literal("true")) return true;
  if (!fault_ && !literal("false")) fail(at_, "true or false is expected");
  return false;
}

void JsonScan::null() {
  space();
  if (!fault_ && !literal("null")) fail(at_, "null is expected");
}

void JsonScan::skip_one() {
  switch (kind()) {
    case Kind::string:
      return read_string(nullptr);
    case Kind::number:
      number();
      return;
    case Kind::boolean:
      boolean();
      return;
    case Kind::null:
      return null();
    default:
      fail(at_, at_ < text_.size() ? "a value is expected" : "the text ends too early");
  }
}

void JsonScan::skip() {
  std::string key;
  const auto what = kind();
  if (what == Kind::object && enter_object()) {
    while (next_key(key)) skip();
  } else if (what == Kind::array && enter_array()) {
    while (next_item()) skip();
  } else {
    skip_one();
  }
}

bool JsonScan::at_end() {
  space();
  if (!fault_ && at_ < text_.size()) fail(at_, "nothing may follow the value");
  return !fault_;
}

}  // namespace llmfit::base
