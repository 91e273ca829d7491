// SPDX-License-Identifier: MIT
#include "search/note_words.hpp"

#include <algorithm>

#include "base/date.hpp"

namespace llmfit::search {

std::string some_of(const std::vector<std::string_view>& names) {
  constexpr std::size_t most = 3;
  const auto shown = std::min(names.size(), most);
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) text.append(i == 0 ? "" : ", ").append(names[i]);
  const auto others = names.size() - shown;
  if (others == 0) return text;
  return text + " and " + std::to_string(others) + (others == 1 ? " other" : " others");
}

bool is_old(std::string_view as_of, std::string_view today) {
  const auto then = base::parse_date(as_of);
  const auto now = base::parse_date(today);
  return then && now && base::days_of(*now) - base::days_of(*then) > old_days;
}

}  // namespace llmfit::search
