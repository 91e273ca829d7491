// SPDX-License-Identifier: MIT
#include <limits>
#include <string>
#include <vector>

#include "base/names.hpp"
#include "base/numbers.hpp"
#include "base/text.hpp"
#include "catch.hpp"
#include "llmfit/units.hpp"

using namespace llmfit;
using namespace llmfit::base;

TEST_CASE("a quantity that overflows sticks instead of wrapping", "[units]") {
  const auto most = Bytes::max();
  CHECK((gib(1) + gib(1)) == gib(2));
  CHECK((most + Bytes{1}).overflowed());
  CHECK((most - Bytes{1}).overflowed());
  CHECK((Bytes{1} * std::numeric_limits<std::int64_t>::max() * 2).overflowed());
  CHECK((Bytes{-3} * std::numeric_limits<std::int64_t>::max() * 2) == Bytes::min());
  CHECK((Bytes{5} - Bytes{7}).count() == -2);
  CHECK_FALSE((Bytes{5} - Bytes{7}).overflowed());
}

TEST_CASE("padding rounds up to a multiple and leaves multiples alone", "[units]") {
  CHECK(pad(Bytes{1}, 128) == Bytes{128});
  CHECK(pad(Bytes{128}, 128) == Bytes{128});
  CHECK(pad(Bytes{0}, 32) == Bytes{0});
}

TEST_CASE("names fold over case, spaces, dashes, slashes and idle dots", "[names]") {
  struct Row {
    std::string typed;
    std::string folded;
  };
  const auto row = GENERATE(Row{"Llama 2 13B", "llama213b"}, Row{"llama2-13b", "llama213b"},
                            Row{"meta-llama/Llama-2-13b-hf", "metallamallama213bhf"},
                            Row{"phi_3.5-mini", "phi3.5mini"}, Row{"qwen2.5.", "qwen2.5"},
                            Row{"v.1", "v1"}, Row{"", ""});
  CHECK(fold_name(row.typed) == row.folded);
}

TEST_CASE("edit distance counts inserts, deletes, replacements and swaps", "[names]") {
  CHECK(edit_distance("llama", "llama", 3) == 0);
  CHECK(edit_distance("lama", "llama", 3) == 1);
  CHECK(edit_distance("lalma", "llama", 3) == 1);
  CHECK(edit_distance("bert", "gpt", 2) == 3);  // stops just above its limit
}

TEST_CASE("a typo finds its near names, nonsense finds none", "[names]") {
  const std::vector<std::string_view> names = {"llama2-7b", "llama2-13b", "mistral-7b", "t4"};
  CHECK(nearest("lama2-13b", names).front() == "llama2-13b");
  CHECK(nearest("zzzzzzzz", names).empty());
  CHECK(nearest("", names).empty());
  CHECK(did_you_mean(std::vector<std::string_view>{"a", "b", "c"}) ==
        "did you mean 'a', 'b' or 'c'?");
}

TEST_CASE("what is needed rounds up, what is there rounds down", "[numbers]") {
  CHECK(gib_text(gib(1) + Bytes{1}, Round::up) == "1.01");
  CHECK(gib_text(gib(2) - Bytes{1}, Round::down) == "1.99");
  CHECK(gib_text(gib(10), Round::up, 1) == "10.0");
  CHECK(gib_text(Bytes{0}, Round::up) == "0.00");
}

TEST_CASE("numbers print the same everywhere", "[numbers]") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1234567) == "1,234,567");
  CHECK(grouped(-1234) == "-1,234");
  CHECK(fixed(0.526, 2) == "0.53");
  CHECK(shortest(24.0) == "24");
  CHECK(usd_text(1.1) == "$1.10");
  CHECK(usd_text(0.00005182) == "$0.0000518");
  CHECK(usd_text(0.0271) == "$0.0271");
  CHECK(usd_text(0.5) == "$0.50");
  CHECK(usd_text(0) == "$0.00");
  CHECK(usd_text(30000) == "$30,000");
  CHECK(usd_text(9.5e14) == "$950,000,000,000,000");
  CHECK(usd_text(1.2e20) == "$1.2e+20");
  CHECK(usd_text(1e300) == "$1.0e+300");
}

TEST_CASE("compute capabilities are written with a dot", "[numbers]") {
  CHECK(capability_text(86) == "8.6");
  CHECK(capability_text(120) == "12.0");
}

TEST_CASE("token counts know k and m, and refuse the rest", "[numbers]") {
  CHECK(parse_tokens("8k") == 8192);
  CHECK(parse_tokens("128K") == 131072);
  CHECK(parse_tokens("1m") == 1048576);
  CHECK(parse_tokens("4096") == 4096);
  for (const auto* bad :
       {"", "0", "-5", "4096x", "k", "1e99k", "4 096", "0x10", "99999999999999999999"}) {
    INFO(bad);
    CHECK_FALSE(parse_tokens(bad).has_value());
  }
}

TEST_CASE("parameter counts are decimal", "[numbers]") {
  CHECK(parse_parameters("13b") == 13000000000);
  CHECK(parse_parameters("13e9") == 13000000000);
  CHECK(parse_parameters("7.5B") == 7500000000);
  CHECK(parse_parameters("560m") == 560000000);
  CHECK(parse_parameters("1t") == 1000000000000);
  for (const auto* bad : {"", "b", "nan", "inf", "-1b", "13bb", "1e30", "0"}) {
    INFO(bad);
    CHECK_FALSE(parse_parameters(bad).has_value());
  }
}

TEST_CASE("display width counts columns, not bytes", "[text]") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("×") == 1);
  CHECK(display_width("模型") == 4);
  CHECK(display_width("\xff\xfe") == 2);
  CHECK(elide("abcdef", 4, true) == "a...");
  CHECK(elide("abcdef", 4, false) == "abc…");
  CHECK(elide("abc", 3, true) == "abc");
}

TEST_CASE("text is wrapped at spaces and control bytes become visible", "[text]") {
  CHECK(wrap("one two three", 7) == std::vector<std::string>{"one two", "three"});
  CHECK(wrap("incomprehensible", 4) == std::vector<std::string>{"incomprehensible"});
  CHECK(printable("a\x1b[31mb\n") == "a\\x1b[31mb\\x0a");
  CHECK(printable("\xc3\x28") == "\\xc3(");
  CHECK(printable("é") == "é");
}
