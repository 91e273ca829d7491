// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <span>
#include <string_view>

#include "catch.hpp"
#include "llmfit/support.hpp"

namespace llmfit::test {

inline bool same_words(std::span<const std::string_view> a, std::span<const std::string_view> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

inline void check_same(std::span<const CardRule> built, std::span<const CardRule> read) {
  REQUIRE(built.size() == read.size());
  for (std::size_t i = 0; i < built.size(); ++i) {
    CHECK(built[i].vendor == read[i].vendor);
    CHECK(same_words(built[i].targets, read[i].targets));
    CHECK(built[i].packaged_compute_capability == read[i].packaged_compute_capability);
    CHECK(built[i].native_compute_capability == read[i].native_compute_capability);
    CHECK(same_words(built[i].native_targets, read[i].native_targets));
    CHECK(built[i].otherwise == read[i].otherwise);
  }
}

inline void check_same(std::span<const CacheSupport> built, std::span<const CacheSupport> read) {
  REQUIRE(built.size() == read.size());
  for (std::size_t i = 0; i < built.size(); ++i) {
    CHECK(built[i].type == read[i].type);
    CHECK(same_words(built[i].cards.vendors, read[i].cards.vendors));
    CHECK(built[i].cards.min_compute_capability == read[i].cards.min_compute_capability);
    check_same(built[i].cards.rules, read[i].cards.rules);
  }
}

}  // namespace llmfit::test
