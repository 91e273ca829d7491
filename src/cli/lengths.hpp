// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "cli/environment.hpp"
#include "llmfit/batch.hpp"

namespace llmfit::cli {

/// "64" or "8..64": the shortest and the longest length.
struct LengthRange {
  std::int64_t low = 0;
  std::int64_t high = 0;
};
/// Absent: it is no range of whole numbers from `least` to the longest sequence of a job.
std::optional<LengthRange> parse_range(std::string_view typed, std::int64_t least);

/// Reads lengths piece by piece: one a line, or a length and how many sequences have it, with
/// blanks or a comma between; blank lines and what follows a # are passed over. Keeps different
/// lengths only, so that a file of any size takes little memory.
class LengthReader {
 public:
  explicit LengthReader(std::string path) : path_(std::move(path)) {}

  /// False: a fault was found, nothing more is wanted.
  bool feed(std::string_view bytes);
  /// Errors: invalid_file with the line, or because nothing was in it.
  Result<LengthHistogram> finish();

 private:
  void end_line();
  void fail_line(const std::string& what);

  std::string path_;
  std::string line_;
  std::string fault_;
  std::int64_t number_ = 1;
  std::int64_t sequences_ = 0;
  bool comment_ = false;
  std::unordered_map<std::int64_t, std::int64_t> counts_;
};

/// The file's lengths, or standard input's where it is "-". Errors: unreadable_file, invalid_file.
Result<LengthHistogram> read_lengths(const std::string& path, const Environment& environment);

}  // namespace llmfit::cli
