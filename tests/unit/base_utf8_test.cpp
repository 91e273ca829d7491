// SPDX-License-Identifier: MIT
#include <string_view>

#include "base/utf8.hpp"
#include "catch.hpp"

using namespace llmfit::base;

TEST_CASE("well-formed UTF-8 is decoded", "[utf8]") {
  struct Row {
    std::string_view text;
    char32_t value;
  };
  for (const Row& row : {Row{"a", 'a'}, Row{"\xC3\xA9", 0xE9}, Row{"\xE2\x82\xAC", 0x20AC},
                         Row{"\xF0\x9F\x98\x80", 0x1F600}, Row{"\xF4\x8F\xBF\xBF", 0x10FFFF}}) {
    const auto point = decode(row.text, 0);
    CHECK(point.valid);
    CHECK(point.value == row.value);
    CHECK(point.length == row.text.size());
  }
  CHECK(decode("x\xC3\xA9", 1).value == 0xE9);
}

TEST_CASE("a byte that begins no character is one byte long", "[utf8]") {
  for (const std::string_view bad :
       {"\x80", "\xC0\x80", "\xC3", "\xC3(", "\xE0\x80\x80", "\xED\xA0\x80", "\xE2\x82",
        "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xFF"}) {
    const auto point = decode(bad, 0);
    CHECK_FALSE(point.valid);
    CHECK(point.length == 1);
  }
}
