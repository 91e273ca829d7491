// SPDX-License-Identifier: MIT
#include "model/gguf_cursor.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "base/text.hpp"
#include "base/utf8.hpp"

namespace llmfit::model {
namespace {

/// A header is read in one to some dozen of these.
constexpr std::size_t window_size = std::size_t{1} << 17U;
constexpr std::size_t length_size = sizeof(std::uint64_t);

std::uint64_t decode(const char* bytes, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    value |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return value;
}

std::uint64_t decode_length(const char* bytes) {
  std::uint64_t length = 0;
  std::memcpy(&length, bytes, length_size);
  if constexpr (std::endian::native == std::endian::big) length = __builtin_bswap64(length);
  return length;
}

/// Bytes of the texts that lie whole within `size`, at most `count`; those left stay in `count`.
/// The inner loop of reading a vocabulary.
std::size_t hop(const char* bytes, std::size_t size, std::uint64_t& count) {
  std::size_t at = 0;
  while (count > 0 && size - at >= length_size) {
    const auto length = decode_length(bytes + at);
    if (length > size - at - length_size) break;
    at += length_size + static_cast<std::size_t>(length);
    --count;
  }
  return at;
}

}  // namespace

std::string place_of(const std::string& path, std::uint64_t byte) {
  return path + " at byte " + std::to_string(byte);
}

std::string quoted(std::string_view name) { return "'" + base::printable(name) + "'"; }

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto point = base::decode(text, at);
    if (!point.valid) return false;
    at += point.length;
  }
  return true;
}

GgufCursor::GgufCursor(FileBytes& file, std::string path)
    : file_(file), path_(std::move(path)), size_(file.size()), window_(window_size) {}

void GgufCursor::fail(std::uint64_t where, std::string message, std::string hint, ErrorCode code) {
  if (error_) return;
  if (hint.empty()) hint = damaged_hint;
  error_ = Error{code, std::move(message), std::move(hint), place_of(path_, where)};
  end_ = at_;
}

void GgufCursor::cut_short(std::string_view what) {
  fail(offset(), "the file ends within " + std::string(what),
       "it is cut short or damaged: download or convert it again");
}

bool GgufCursor::need(std::size_t bytes, std::string_view what) {
  if (end_ - at_ >= bytes) return true;
  if (error_) return false;
  start_ += std::exchange(at_, 0);
  end_ = 0;
  if (size_ - start_ < bytes) {
    cut_short(what);
    return false;
  }
  const auto wanted =
      static_cast<std::size_t>(std::min<std::uint64_t>(window_size, size_ - start_));
  const auto got = file_.read(start_, {window_.data(), wanted});
  if (!got) {
    error_ = got.error();
    return false;
  }
  end_ = std::min(*got, wanted);
  if (end_ < bytes) cut_short(what);
  return end_ >= bytes;
}

std::uint64_t GgufCursor::little_endian(std::size_t bytes, std::string_view what) {
  if (!need(bytes, what)) return 0;
  const auto value = decode(window_.data() + at_, bytes);
  at_ += bytes;
  return value;
}

std::string GgufCursor::text(std::uint64_t limit, std::string_view what) {
  const auto where = offset();
  const auto length = number<std::uint64_t>(what);
  if (length > limit && length <= size_ - offset()) {
    fail(where, std::string(what) + " is " + std::to_string(length) +
                    " bytes long, more than the format allows");
  }
  return bytes(length, what);
}

std::string GgufCursor::bytes(std::uint64_t count, std::string_view what) {
  std::string result;
  if (ok() && count > size_ - offset()) cut_short(what);
  while (ok() && count > 0) {
    if (!need(1, what)) break;
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(count, end_ - at_));
    result.append(window_.data() + at_, part);
    at_ += part;
    count -= part;
  }
  return ok() ? result : std::string();
}

void GgufCursor::skip(std::uint64_t bytes, std::string_view what) {
  if (error_) return;
  if (bytes > size_ - offset()) {
    cut_short(what);
  } else if (bytes <= end_ - at_) {
    at_ += static_cast<std::size_t>(bytes);
  } else {
    start_ = offset() + bytes;
    at_ = end_ = 0;
  }
}

void GgufCursor::skip_texts(std::uint64_t count, std::string_view what) {
  while (ok()) {
    at_ += hop(window_.data() + at_, end_ - at_, count);
    if (count == 0) return;
    skip(number<std::uint64_t>(what), what);
    --count;
  }
}

}  // namespace llmfit::model
