// SPDX-License-Identifier: MIT
#include <array>

#include "catch.hpp"
#include "render/checks_report.hpp"

using namespace llmfit;
using namespace llmfit::render;

namespace {

CheckSummary check(std::string name, bool fits) {
  CheckSummary summary;
  summary.name = std::move(name);
  summary.fits = fits;
  summary.hardware = "T4";
  if (!fits) summary.reason = Reason::out_of_memory;
  return summary;
}

}  // namespace

TEST_CASE("GitHub's commands are escaped as its runner undoes it", "[checks]") {
  auto no = check("50%, a:b\nc", false);
  no.notes = {{NoteCode::out_of_memory, {"100%", "x", "2", "1"}},
              {NoteCode::limit_month, {"T4", "2", "1"}}};
  const std::array checks{no};
  const auto text = checks_github({checks, "ci/a,b.json", "1"});
  CHECK(text ==
        "::error file=ci/a%2Cb.json,title=50%25%2C a%3Ab\\x0ac does not fit::100%25 does not hold "
        "x: it needs 2 GiB on a device that has 1 GiB.%0AT4 costs $2 a month, over the limit of "
        "$1; raise --max-usd-month or try a smaller format.\n");
}

TEST_CASE("a yes is a notice, and its warnings are told", "[checks]") {
  auto yes = check("a", true);
  yes.needed = Bytes{std::int64_t{1} << 30};
  yes.usable = Bytes{std::int64_t{2} << 30};
  yes.notes = {{NoteCode::price_old, {"aws x", "2020"}}, {NoteCode::host_differs, {}}};
  const std::array checks{yes};
  const auto text = checks_github({checks, {}, "1"});
  CHECK(text ==
        "::notice title=a fits::needs 1.00 of 2.00 GiB on T4\n"
        "::warning title=a fits::The price of aws x is of 2020; ask the provider before you rely "
        "on it.\n");
}

TEST_CASE("a no without a note of its own still says why", "[checks]") {
  CHECK(why_not(check("a", false)) == std::vector<std::string>{"T4: out of memory."});
  CHECK(why_not(check("a", true)).empty());
}

TEST_CASE("what breaks a limit is told apart from what does not fit", "[checks]") {
  auto one = check("a", false);
  CHECK(verdict_text(one) == "does not fit");
  one.by_limit = true;
  CHECK(verdict_text(one) == "breaks a limit");
  one.by_limit = false;
  one.reason.reset();
  one.commercial = true;
  CHECK(verdict_text(one) == "breaks a limit");
  CHECK(verdict_text(check("a", true)) == "fits");
}
