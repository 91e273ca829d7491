// SPDX-License-Identifier: MIT
#include "support/request.hpp"

using namespace llmfit;
using namespace llmfit::cli;
using namespace llmfit::test;

TEST_CASE("machines are rented on one term, on demand unless another is named", "[cli]") {
  struct Row {
    std::string options;
    RentalTerm term;
  };
  const auto row = GENERATE(Row{"", RentalTerm::on_demand}, Row{" --spot", RentalTerm::spot},
                            Row{" --reserved 1y", RentalTerm::reserved_1y},
                            Row{" --reserved 3y", RentalTerm::reserved_3y});
  const auto request = request_of("llama3.1-8b" + row.options);
  REQUIRE(request.has_value());
  CHECK(request->offers.term == row.term);
  const auto both = request_of("llama3.1-8b --spot --reserved 1y");
  REQUIRE_FALSE(both.has_value());
  CHECK(both.error().code == ErrorCode::usage);
}

TEST_CASE("a utilisation is a share of the time, also in percent", "[cli]") {
  CHECK(request_of("llama3.1-8b")->utilisation == 1);
  CHECK(request_of("llama3.1-8b --utilisation 0.3")->utilisation == 0.3);
  CHECK(request_of("llama3.1-8b --utilisation 30%")->utilisation == 0.3);
  CHECK(request_of("llama3.1-8b --utilisation 100%")->utilisation == 1);
  CHECK(request_of("llama3.1-8b --utilisation 0.0001")->utilisation == 0.0001);
  for (const auto* wrong :
       {"0", "1e-20", "1e-300", "0.00009", "0.009%", "1.1", "101%", "-0.5", "nan", "%", "busy"}) {
    INFO(wrong);
    const auto request = request_of(std::string("llama3.1-8b --utilisation=") + wrong);
    REQUIRE_FALSE(request.has_value());
    CHECK(request.error().code == ErrorCode::invalid_value);
  }
}

TEST_CASE("hosted APIs are read where costs or one of them is asked for", "[cli]") {
  CHECK(request_of("llama3.1-8b")->apis.prices.empty());
  const auto same = request_of("llama3.1-8b --costs");
  REQUIRE(same.has_value());
  CHECK(same->apis.prices.size() > 5);
  const auto named = request_of("llama3.1-8b --api gpt-4o-mini");
  REQUIRE(named.has_value());
  REQUIRE_FALSE(named->apis.prices.empty());
  for (const auto& price : named->apis.prices) CHECK(price.model.find("gpt-4o-mini") == 0);
  const auto unknown = request_of("llama3.1-8b --api nowhere/nothing");
  REQUIRE_FALSE(unknown.has_value());
  CHECK(unknown.error().code == ErrorCode::unknown_model);
}
