// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "render/cell.hpp"

using namespace llmfit;
using namespace llmfit::render;

TEST_CASE("a cell is rounded for people and exact for programs", "[render]") {
  struct Case {
    Cell cell;
    std::string human;
    std::string raw;
  };
  const Case cases[] = {
      {Unknown{}, "-", ""},
      {Text{"T4 16GB"}, "T4 16GB", "T4 16GB"},
      {Id{"rtx-3090"}, "rtx-3090", "rtx-3090"},
      {Count{1234567}, "1,234,567", "1234567"},
      {Count{0}, "0", "0"},
      {Parameters{13015864320}, "13.0 B", "13015864320"},
      {Parameters{8030261248}, "8.03 B", "8030261248"},
      {Parameters{175000000000}, "175 B", "175000000000"},
      {Parameters{1000000000000}, "1.00 T", "1000000000000"},
      {Parameters{999999999}, "1.00 B", "999999999"},
      {Parameters{109482240}, "109 M", "109482240"},
      {Parameters{12}, "12", "12"},
      {Usd{0.526}, "0.53", "0.526"},
      {Usd{0}, "0.00", "0"},
      {Usd{0.0042}, "0.0042", "0.0042"},
      {Usd{0.00005182}, "0.0000518", "5.182e-05"},
      {Usd{0.02714}, "0.0271", "0.02714"},
      {Usd{0.3}, "0.30", "0.3"},
      {Usd{0.2286, 3}, "0.229", "0.2286"},
      {Usd{25000}, "25,000", "25000"},
      {Number{4.8295, 2}, "4.83", "4.8295"},
      {Date{"2026-07"}, "2026-07", "2026-07"},
      {Verdict{true, "ok"}, "ok", "true"},
      {Verdict{false, "no: out of memory"}, "no: out of memory", "false"},
  };
  for (const auto& it : cases) {
    CHECK(human(it.cell) == it.human);
    CHECK(raw(it.cell) == it.raw);
  }
}

TEST_CASE("what is needed rounds up and what is there rounds down", "[render]") {
  const Bytes bytes = gib(10) + Bytes{1};
  CHECK(human(needed_cell(bytes)) == "10.1");
  CHECK(human(available_cell(bytes)) == "10.0");
  CHECK(human(needed_cell(gib(10))) == "10.0");
  CHECK(raw(needed_cell(bytes)) == raw(available_cell(bytes)));
  CHECK(raw(needed_cell(bytes)) == "10737418241");
}

TEST_CASE("an absent value is unknown, not nothing", "[render]") {
  CHECK(is_unknown(needed_cell(std::nullopt)));
  CHECK(is_unknown(usd_cell(std::nullopt)));
  CHECK(is_unknown(count_cell(std::nullopt)));
  CHECK(is_unknown(text_cell("")));
  CHECK(is_unknown(date_cell("")));
  CHECK_FALSE(is_unknown(count_cell(0)));
}
