// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmfit::base {

/// What is wrong with a text, and the byte it stands at.
struct JsonFault {
  std::size_t offset = 0;
  std::string message;
};

/// Reads JSON value by value without building anything, for headers of many megabytes that come
/// from anybody. Strict: one value, UTF-8, at most 64 levels. After the first fault every call
/// answers with nothing.
class JsonScan {
 public:
  explicit JsonScan(std::string_view text) : text_(text) {}

  enum class Kind { object, array, string, number, boolean, null, none };

  /// Kind of the value that comes next; `none` after a fault or at the end.
  Kind kind();
  /// Goes into an object; then each `true` of `next_key` stands before a value to be read.
  bool enter_object() { return enter('{'); }
  bool next_key(std::string& key);
  bool enter_array() { return enter('['); }
  bool next_item() { return next(']'); }

  /// The value that comes next, which must be of that kind.
  std::string string();
  std::string_view number();  ///< as written
  std::optional<std::uint64_t> natural();
  bool boolean();
  void null();
  /// Any value, with all that is in it.
  void skip();
  /// Whether nothing but space follows; a fault where something does.
  bool at_end();

  /// Notes a fault of the reader's own, at `offset`.
  void fail(std::size_t offset, std::string message);
  [[nodiscard]] const std::optional<JsonFault>& fault() const { return fault_; }
  [[nodiscard]] std::size_t offset() const { return at_; }

 private:
  bool enter(char bracket);
  bool next(char closing);
  bool take(char wanted);
  bool literal(std::string_view word);
  void space();
  bool expect(char wanted, const char* message);
  void read_string(std::string* into);
  void read_escape(std::string* into);
  std::uint32_t read_hex();
  void read_character(std::string* into);
  bool digits();
  void skip_one();

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<bool> fresh_;  ///< one an open bracket: nothing was read in it yet
  std::optional<JsonFault> fault_;
};

}  // namespace llmfit::base
