// SPDX-License-Identifier: MIT
#include "catalog/pattern.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>

#include "base/numbers.hpp"

namespace llmfit::catalog {
namespace {

constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();
constexpr std::int64_t most_repeats = 1000;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::vector<PatternSequence> alternatives() {
    std::vector<PatternSequence> all(1);
    while (valid_ && !done() && text_[at_] != ')') {
      if (take('|')) {
        all.emplace_back();
      } else {
        all.back().push_back(piece());
      }
    }
    return all;
  }

  [[nodiscard]] bool valid() const { return valid_; }
  [[nodiscard]] bool done() const { return at_ == text_.size(); }

 private:
  bool take(char c) {
    if (done() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  char next() {
    if (done()) valid_ = false;
    return valid_ ? text_[at_++] : '\0';
  }

  void require(bool condition) { valid_ = valid_ && condition; }

  PatternPiece piece() {
    PatternPiece result;
    if (take('(')) {
      result.alternatives = alternatives();
      require(take(')'));
    } else if (take('[')) {
      read_class(result.chars);
    } else {
      require(std::string_view("\\.^$*+?{}").find(text_[at_]) == std::string_view::npos);
      result.chars.set(static_cast<unsigned char>(next()));
    }
    read_repeats(result);
    return result;
  }

  /// After the `[`. A `-` at the end stands for itself.
  void read_class(std::bitset<256>& chars) {
    require(!take('^'));
    while (valid_ && !take(']')) {
      const auto first = static_cast<unsigned char>(next());
      const bool range = at_ + 1 < text_.size() && text_[at_] == '-' && text_[at_ + 1] != ']';
      if (range) ++at_;
      const auto last = range ? static_cast<unsigned char>(next()) : first;
      require(first != '\\' && first <= last);
      for (unsigned c = first; valid_ && c <= last; ++c) chars.set(c);
    }
  }

  void read_repeats(PatternPiece& piece) {
    if (take('?')) {
      piece.least = 0;
    } else if (take('*')) {
      piece.least = 0;
      piece.most = no_limit;
    } else if (take('+')) {
      piece.most = no_limit;
    } else if (take('{')) {
      const auto end = std::min(text_.find('}', at_), text_.size());
      const auto count = base::parse_int(text_.substr(at_, end - at_));
      require(end < text_.size() && count && *count >= 0 && *count <= most_repeats);
      if (!valid_) return;
      piece.least = piece.most = static_cast<std::size_t>(*count);
      at_ = end + 1;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool valid_ = true;
};

/// Where a match can have come to in the text.
using Places = std::set<std::size_t>;

Places after(const std::vector<PatternSequence>& alternatives, std::string_view text,
             const Places& from);

Places after_once(const PatternPiece& piece, std::string_view text, const Places& from) {
  if (!piece.alternatives.empty()) return after(piece.alternatives, text, from);
  Places reached;
  for (const auto place : from) {
    const bool fits = place < text.size() && piece.chars[static_cast<unsigned char>(text[place])];
    if (fits) reached.insert(reached.end(), place + 1);
  }
  return reached;
}

Places after(const PatternPiece& piece, std::string_view text, const Places& from) {
  Places reached = piece.least == 0 ? from : Places{};
  Places front = from;
  for (std::size_t i = 1; i <= piece.most && !front.empty(); ++i) {
    front = after_once(piece, text, front);
    if (i < piece.least) continue;
    // Only what is new can lead on, so that this ends.
    Places fresh;
    for (const auto place : front) {
      if (reached.insert(place).second) fresh.insert(fresh.end(), place);
    }
    front = std::move(fresh);
  }
  return reached;
}

Places after(const std::vector<PatternSequence>& alternatives, std::string_view text,
             const Places& from) {
  Places reached;
  for (const auto& sequence : alternatives) {
    Places places = from;
    for (const auto& piece : sequence) places = after(piece, text, places);
    reached.insert(places.begin(), places.end());
  }
  return reached;
}

}  // namespace

std::optional<Pattern> Pattern::parse(std::string_view expression) {
  if (expression.size() < 2 || !expression.starts_with('^') || !expression.ends_with('$')) {
    return std::nullopt;
  }
  Parser parser(expression.substr(1, expression.size() - 2));
  Pattern pattern;
  pattern.alternatives_ = parser.alternatives();
  if (!parser.valid() || !parser.done() || pattern.alternatives_.size() > 1) return std::nullopt;
  return pattern;
}

bool Pattern::matches(std::string_view text) const {
  return after(alternatives_, text, {0}).contains(text.size());
}

}  // namespace llmfit::catalog
