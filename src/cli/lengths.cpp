// SPDX-License-Identifier: MIT
#include "cli/lengths.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/numbers.hpp"
#include "base/text.hpp"
#include "cli/errors.hpp"

namespace llmfit::cli {
namespace {

/// Two numbers and blanks between them are shorter.
constexpr std::size_t longest_line = 128;
/// Tokens of texts differ by less; more would only fill memory.
constexpr std::size_t most_lengths = 1 << 18;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == ','; }

/// The words of a line: at most three, so that a third is seen.
std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  std::size_t at = 0;
  while (at < line.size() && words.size() < 3) {
    while (at < line.size() && is_blank(line[at])) ++at;
    const auto begin = at;
    while (at < line.size() && !is_blank(line[at])) ++at;
    if (at > begin) words.push_back(line.substr(begin, at - begin));
  }
  return words;
}

std::optional<std::int64_t> whole(std::string_view word, std::int64_t most) {
  const auto number = base::parse_int(word);
  return number && *number >= 1 && *number <= most ? number : std::nullopt;
}

/// As everywhere, 8k is 8192; unlike there, 0 is a length too.
std::optional<std::int64_t> tokens_of(std::string_view word) {
  return word == "0" ? std::optional<std::int64_t>(0) : base::parse_tokens(word);
}

std::string quoted(std::string_view word) {
  constexpr std::size_t enough = 24;
  const bool cut = word.size() > enough;
  return "'" + base::printable(word.substr(0, enough)) + (cut ? "...'" : "'");
}

std::string up_to(std::int64_t most) { return "a whole number from 1 to " + base::grouped(most); }

}  // namespace

std::optional<LengthRange> parse_range(std::string_view typed, std::int64_t least) {
  const auto dots = typed.find("..");
  const auto low = tokens_of(typed.substr(0, dots));
  const auto high = dots == std::string_view::npos ? low : tokens_of(typed.substr(dots + 2));
  if (!low || !high || *low < least || *high < *low || *high > longest_batch_sequence) {
    return std::nullopt;
  }
  return LengthRange{*low, *high};
}

bool LengthReader::feed(std::string_view bytes) {
  while (!bytes.empty() && fault_.empty()) {
    const auto end = std::min(bytes.find('\n'), bytes.size());
    auto part = bytes.substr(0, end);
    if (const auto hash = part.find('#'); hash != std::string_view::npos && !comment_) {
      line_.append(part.substr(0, std::min(hash, longest_line + 1)));
      comment_ = true;
    } else if (!comment_) {
      line_.append(part.substr(0, longest_line + 1));
    }
    if (line_.size() > longest_line) fail_line("the line is too long for a length and a count");
    if (end == bytes.size()) break;
    end_line();
    bytes.remove_prefix(end + 1);
  }
  return fault_.empty();
}

void LengthReader::fail_line(const std::string& what) {
  if (fault_.empty()) fault_ = base::printable(path_) + ":" + std::to_string(number_) + ": " + what;
}

void LengthReader::end_line() {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (number_ == 1 && line_.starts_with(byte_order_mark)) line_.erase(0, byte_order_mark.size());
  const auto words = words_of(line_);
  if (!words.empty() && fault_.empty()) {
    const auto tokens = whole(words[0], longest_batch_sequence);
    const auto count = words.size() > 1 ? whole(words[1], most_batch_sequences) : std::int64_t{1};
    if (words.size() > 2) {
      fail_line("more than a length and a count");
    } else if (!tokens) {
      fail_line(quoted(words[0]) + " is no length: " + up_to(longest_batch_sequence));
    } else if (!count) {
      fail_line(quoted(words[1]) + " is no count: " + up_to(most_batch_sequences));
    } else if (sequences_ > most_batch_sequences - *count) {
      fail_line("more than " + base::grouped(most_batch_sequences) + " sequences");
    } else {
      sequences_ += *count;
      counts_[*tokens] += *count;
      if (counts_.size() > most_lengths) {
        fail_line("more than " + base::grouped(most_lengths) + " different lengths; round them up");
      }
    }
  }
  line_.clear();
  comment_ = false;
  ++number_;
}

Result<LengthHistogram> LengthReader::finish() {
  if (fault_.empty()) end_line();
  const auto* const hint = "one length a line, or a length and a count: 37 1200";
  if (!fault_.empty()) {
    return fail(ErrorCode::invalid_file, "no valid file of lengths", hint, fault_);
  }
  if (counts_.empty()) {
    return fail(ErrorCode::invalid_file, "no length stands in the file", hint,
                base::printable(path_));
  }
  std::vector<LengthCount> counts;
  counts.reserve(counts_.size());
  for (const auto& [tokens, sequences] : counts_) counts.push_back({tokens, sequences});
  return LengthHistogram(std::move(counts));
}

Result<LengthHistogram> read_lengths(const std::string& path, const Environment& environment) {
  LengthReader reader(path == "-" ? "standard input" : path);
  auto done = environment.stream(path, [&](std::string_view bytes) { return reader.feed(bytes); });
  if (!done) {
    auto error = std::move(done.error());
    if (error.hint.empty()) error.hint = "--lengths takes a plain file, or - for standard input";
    return tl::unexpected<Error>(std::move(error));
  }
  return reader.finish();
}

}  // namespace llmfit::cli
