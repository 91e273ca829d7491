// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "llmfit/batch.hpp"

namespace llmfit {
namespace {

/// More different lengths would change nothing that one can see.
constexpr std::int64_t most_lengths = 4096;

/// As many of `wanted` as `seen` are of `all`.
std::int64_t share_of(std::int64_t wanted, std::int64_t seen, std::int64_t all) {
  if (seen == all || wanted == all) return seen == all ? wanted : seen;
  const double product = static_cast<double>(wanted) * static_cast<double>(seen);
  return std::llround(product / static_cast<double>(all));
}

}  // namespace

LengthHistogram::LengthHistogram(std::vector<LengthCount> counts) : counts_(std::move(counts)) {
  std::erase_if(counts_,
                [](const LengthCount& one) { return one.sequences < 1 || one.tokens < 1; });
  std::sort(counts_.begin(), counts_.end(),
            [](const auto& a, const auto& b) { return a.tokens < b.tokens; });
  std::size_t kept = 0;
  for (const auto one : counts_) {
    if (kept > 0 && counts_[kept - 1].tokens == one.tokens) {
      counts_[kept - 1].sequences += one.sequences;
    } else {
      counts_[kept++] = one;
    }
  }
  counts_.resize(kept);
}

LengthHistogram LengthHistogram::uniform(std::int64_t low, std::int64_t high,
                                         std::int64_t sequences) {
  const auto lengths = std::min(high - low + 1, most_lengths);
  const double step =
      lengths > 1 ? static_cast<double>(high - low) / static_cast<double>(lengths - 1) : 0;
  std::vector<LengthCount> counts;
  counts.reserve(static_cast<std::size_t>(lengths));
  for (std::int64_t i = 0; i < lengths; ++i) {
    counts.push_back({low + std::llround(static_cast<double>(i) * step), 1});
  }
  return LengthHistogram(std::move(counts)).scaled(sequences);
}

std::int64_t LengthHistogram::sequences() const {
  std::int64_t sum = 0;
  for (const auto& one : counts_) sum += one.sequences;
  return sum;
}

std::int64_t LengthHistogram::tokens() const {
  std::int64_t sum = 0;
  for (const auto& one : counts_) sum += one.sequences * one.tokens;
  return sum;
}

std::int64_t LengthHistogram::shortest() const {
  return counts_.empty() ? 0 : counts_.front().tokens;
}

std::int64_t LengthHistogram::longest() const {
  return counts_.empty() ? 0 : counts_.back().tokens;
}

double LengthHistogram::mean() const {
  if (counts_.empty()) return 0;
  return static_cast<double>(tokens()) / static_cast<double>(sequences());
}

LengthHistogram LengthHistogram::scaled(std::int64_t wanted) const {
  const auto all = sequences();
  std::vector<LengthCount> counts;
  counts.reserve(counts_.size());
  std::int64_t seen = 0;
  std::int64_t given = 0;
  for (const auto& one : counts_) {
    seen += one.sequences;
    const auto reached = share_of(wanted, seen, all);
    counts.push_back({one.tokens, reached - given});
    given = reached;
  }
  return LengthHistogram(std::move(counts));
}

LengthHistogram LengthHistogram::cut(std::int64_t most) const {
  auto counts = counts_;
  for (auto& one : counts) one.tokens = std::min(one.tokens, most);
  return LengthHistogram(std::move(counts));
}

double LengthHistogram::expected_longest(double drawn) const {
  const auto all = static_cast<double>(sequences());
  double expected = 0;
  double before = 0;
  std::int64_t seen = 0;
  for (const auto& one : counts_) {
    seen += one.sequences;
    const double below = std::pow(static_cast<double>(seen) / all, drawn);
    expected += static_cast<double>(one.tokens) * (below - before);
    before = below;
  }
  return expected;
}

}  // namespace llmfit
