// SPDX-License-Identifier: MIT
#include "base/names.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace llmfit::base {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

char lower_char(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool between_digits(std::string_view text, std::size_t i) {
  return i > 0 && i + 1 < text.size() && is_digit(text[i - 1]) && is_digit(text[i + 1]);
}

struct Near {
  std::size_t distance;
  std::size_t length;
  std::string_view name;
};

}  // namespace

std::string fold_name(std::string_view name) {
  std::string folded;
  folded.reserve(name.size());
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (c == ' ' || c == '-' || c == '_' || c == '/') continue;
    if (c == '.' && !between_digits(name, i)) continue;
    folded.push_back(lower_char(c));
  }
  return folded;
}

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
  const auto longer = std::max(a.size(), b.size());
  if (longer - std::min(a.size(), b.size()) > limit) return limit + 1;
  // Three rows of the dynamic programme: a swap looks two rows back.
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    if (*std::min_element(row.begin(), row.end()) > limit) return limit + 1;
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

std::vector<std::string_view> nearest(std::string_view typed,
                                      std::span<const std::string_view> names, std::size_t count) {
  const std::string wanted = fold_name(typed);
  if (wanted.empty()) return {};
  const std::size_t limit = std::max<std::size_t>(1, wanted.size() / 3);
  std::vector<Near> found;
  for (const auto name : names) {
    const std::string folded = fold_name(name);
    // Somebody who types the start of a name means the shortest that goes on from there.
    if (wanted.size() >= 3 && folded.starts_with(wanted)) {
      found.push_back({0, folded.size(), name});
      continue;
    }
    const auto distance = edit_distance(wanted, folded, limit);
    if (distance <= limit) found.push_back({distance, 0, name});
  }
  std::stable_sort(found.begin(), found.end(), [](const Near& a, const Near& b) {
    return std::tie(a.distance, a.length) < std::tie(b.distance, b.length);
  });
  std::vector<std::string_view> result;
  for (const auto& near : found) {
    if (result.size() == count) break;
    if (std::find(result.begin(), result.end(), near.name) == result.end()) {
      result.push_back(near.name);
    }
  }
  return result;
}

std::string did_you_mean(std::span<const std::string_view> near_names) {
  if (near_names.empty()) return {};
  std::string text = "did you mean ";
  for (std::size_t i = 0; i < near_names.size(); ++i) {
    if (i > 0) text += i + 1 == near_names.size() ? " or " : ", ";
    text.append("'").append(near_names[i]).append("'");
  }
  return text + "?";
}

}  // namespace llmfit::base
