// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "llmfit/units.hpp"

namespace llmfit::render {

/// Writes JSON text piece by piece, in the order it is told: a document of a report costs a tenth
/// of what building and dumping a tree does. Two spaces a level; a `line` object or array stands on
/// one line. Invalid UTF-8 becomes U+FFFD; numbers that JSON lacks become null.
class JsonWriter {
 public:
  enum class Shape { block, line };

  void object(Shape shape = Shape::block) { open('{', shape); }
  void array(Shape shape = Shape::block) { open('[', shape); }
  void end();
  /// Names the next value; only inside an object.
  void key(std::string_view name);

  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(const std::string& text) { value(std::string_view(text)); }
  void value(bool yes);
  void value(std::int64_t number);
  void value(std::int32_t number) { value(std::int64_t{number}); }
  void value(double number);
  void value(std::nullptr_t);
  template <class Unit>
  void value(Quantity<Unit> quantity) {
    value(quantity.count());
  }
  template <class T>
  void value(const std::optional<T>& maybe) {
    maybe ? value(*maybe) : value(nullptr);
  }
  /// A value that is JSON text already.
  void raw(std::string_view json);

  template <class T>
  void field(std::string_view name, const T& content) {
    key(name);
    value(content);
  }
  /// Empty text is null.
  void text_field(std::string_view name, std::string_view text);

  /// The finished text, with a line break at its end.
  [[nodiscard]] std::string take();

 private:
  struct Level {
    char close;
    bool line;
    bool empty;
  };

  void open(char bracket, Shape shape);
  void next();
  void line_break();
  void quoted(std::string_view text);

  std::string out_;
  std::vector<Level> levels_;
  bool after_key_ = false;
};

}  // namespace llmfit::render
