// SPDX-License-Identifier: MIT
#include "render/sum.hpp"

#include <algorithm>
#include <numeric>

namespace llmfit::render {
namespace {

constexpr std::int64_t gib_bytes = std::int64_t{1} << 30;

/// A part in steps of 10^-digits GiB: whole ones, and what is left over in 2^-30 steps.
struct Steps {
  std::size_t row = 0;
  std::int64_t whole = 0;
  std::int64_t rest = 0;
};

Steps in_steps(std::size_t row, Bytes bytes, std::int64_t scale) {
  const auto count = std::max<std::int64_t>(bytes.count(), 0);
  const auto fraction = count % gib_bytes * scale;
  return {row, count / gib_bytes * scale + fraction / gib_bytes, fraction % gib_bytes};
}

Bytes total_of(const Bars& bars) {
  Bytes total;
  for (const auto& bar : bars.rows) total += bar.bytes.value_or(Bytes{});
  return total;
}

/// Small sums get a third decimal, so that their parts do not all read 0.00.
int digits_for(Bytes total) { return total < gib(1) ? 3 : 2; }

/// Largest remainder: the steps that the rounded-up total has over the parts' whole steps go to
/// the parts that lost most.
void spread(std::vector<Steps>& parts, std::int64_t total) {
  auto missing = std::accumulate(parts.begin(), parts.end(), total,
                                 [](std::int64_t left, const Steps& p) { return left - p.whole; });
  std::stable_sort(parts.begin(), parts.end(),
                   [](const Steps& a, const Steps& b) { return a.rest > b.rest; });
  for (auto& part : parts) {
    if (missing-- <= 0) break;
    ++part.whole;
  }
}

}  // namespace

PrintedSum printed_sum(const Bars& bars) {
  const Bytes total = total_of(bars);
  const int digits = digits_for(total);
  const std::int64_t scale = digits == 3 ? 1000 : 100;
  const auto exact = in_steps(0, total, scale);
  const auto total_steps = exact.whole + (exact.rest > 0 ? 1 : 0);

  std::vector<Steps> parts;
  for (std::size_t row = 0; row < bars.rows.size(); ++row) {
    if (bars.rows[row].bytes) parts.push_back(in_steps(row, *bars.rows[row].bytes, scale));
  }
  spread(parts, total_steps);

  PrintedSum sum{std::vector<std::optional<std::int64_t>>(bars.rows.size()), total_steps, digits};
  for (const auto& part : parts) sum.parts[part.row] = part.whole;
  return sum;
}

double in_gib(const PrintedSum& sum, std::int64_t steps) {
  return static_cast<double>(steps) / (sum.digits == 3 ? 1000 : 100);
}

std::string steps_text(const PrintedSum& sum, std::optional<std::int64_t> steps) {
  if (!steps) return "-";
  std::string text = std::to_string(*steps);
  const auto places = static_cast<std::size_t>(sum.digits);
  if (text.size() <= places) text.insert(0, places + 1 - text.size(), '0');
  return text.insert(text.size() - places, 1, '.');
}

std::vector<double> bar_shares(const Bars& bars) {
  std::int64_t largest = 1;
  for (const auto& bar : bars.rows)
    largest = std::max(largest, bar.bytes.value_or(Bytes{}).count());
  std::vector<double> shares;
  for (const auto& bar : bars.rows) {
    const auto count = bar.bytes.value_or(Bytes{}).count();
    shares.push_back(static_cast<double>(std::max<std::int64_t>(count, 0)) /
                     static_cast<double>(largest));
  }
  return shares;
}

}  // namespace llmfit::render
