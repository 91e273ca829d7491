// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "llmfit/read_model.hpp"

namespace llmfit::model {

/// Reads a little-endian file from front to back through a window. The first fault sticks: what is
/// read after it is zero or empty, and `error` tells what it was.
class GgufCursor {
 public:
  GgufCursor(FileBytes& file, std::string path);

  [[nodiscard]] bool ok() const { return !error_; }
  [[nodiscard]] const Error& error() const { return *error_; }
  [[nodiscard]] std::uint64_t offset() const { return start_ + at_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }

  /// A whole number of `Number`'s width. `what` names it where the file ends before it.
  template <class Number>
  Number number(std::string_view what) {
    return static_cast<Number>(little_endian(sizeof(Number), what));
  }
  /// A text after its length. Longer than `limit` bytes is a fault.
  std::string text(std::uint64_t limit, std::string_view what);
  /// So many bytes; no more memory than the file backs.
  std::string bytes(std::uint64_t count, std::string_view what);
  void skip(std::uint64_t bytes, std::string_view what);
  /// Hops over texts without looking into them.
  void skip_texts(std::uint64_t count, std::string_view what);

  /// A fault at the byte `where`, unless there was one before.
  void fail(std::uint64_t where, std::string message, std::string hint = {},
            ErrorCode code = ErrorCode::invalid_file);

 private:
  std::uint64_t little_endian(std::size_t bytes, std::string_view what);
  /// Whether `bytes` lie ahead in the window; moves it where they do not yet.
  bool need(std::size_t bytes, std::string_view what);
  void cut_short(std::string_view what);

  FileBytes& file_;
  std::string path_;
  std::uint64_t size_;
  std::vector<char> window_;
  std::uint64_t start_ = 0;  ///< of the window in the file
  std::size_t at_ = 0;       ///< in the window
  std::size_t end_ = 0;      ///< of what the window holds
  std::optional<Error> error_;
};

/// "model.gguf at byte 24"
std::string place_of(const std::string& path, std::uint64_t byte);
/// A name from the file as an error shows it.
std::string quoted(std::string_view name);
bool is_utf8(std::string_view text);

inline constexpr std::string_view damaged_hint =
    "the file is damaged or no GGUF model: download or convert it again";

}  // namespace llmfit::model
