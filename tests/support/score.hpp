// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace llmfit::test {

/// How far predictions are from the truth, collected row by row and printed as a line of a table
/// with every outlier below it.
class Score {
 public:
  /// Misses above `tolerance`, a share, are outliers.
  Score(std::string what, double tolerance) : what_(std::move(what)), tolerance_(tolerance) {}

  void add(const std::string& row, std::int64_t predicted, std::int64_t truth) {
    const auto miss = std::abs(static_cast<double>(predicted - truth)) / static_cast<double>(truth);
    misses_.push_back(miss);
    if (miss > tolerance_) outliers_.push_back(row + ": " + percent(miss));
  }

  [[nodiscard]] std::size_t rows() const { return misses_.size(); }
  [[nodiscard]] std::size_t outliers() const { return outliers_.size(); }
  [[nodiscard]] std::size_t exact() const {
    return static_cast<std::size_t>(std::count(misses_.begin(), misses_.end(), 0.0));
  }

  /// The miss, a share, that `percent` per cent of the rows do not exceed.
  [[nodiscard]] double quantile(std::size_t percent) const {
    auto sorted = misses_;
    std::sort(sorted.begin(), sorted.end());
    return sorted.empty() ? 0 : sorted[(sorted.size() - 1) * percent / 100];
  }

  void print() const {
    auto sorted = misses_;
    std::sort(sorted.begin(), sorted.end());
    const auto at = [&](std::size_t part) {
      return sorted.empty() ? percent(0) : percent(sorted[(sorted.size() - 1) * part / 100]);
    };
    std::printf("%-36s %6zu rows %6zu exact  median %s  p90 %s  worst %s\n", what_.c_str(), rows(),
                exact(), at(50).c_str(), at(90).c_str(), at(100).c_str());
    for (const auto& outlier : outliers_) std::printf("    %s\n", outlier.c_str());
  }

 private:
  static std::string percent(double share) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4f %%", 100 * share);
    return text;
  }

  std::string what_;
  double tolerance_;
  std::vector<double> misses_;
  std::vector<std::string> outliers_;
};

}  // namespace llmfit::test
