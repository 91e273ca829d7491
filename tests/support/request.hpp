// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "catch.hpp"
#include "cli/model.hpp"
#include "cli/request.hpp"
#include "support/cli.hpp"

namespace llmfit::test {

/// What the program makes of a command line, before it answers.
inline Result<FitRequest> request_of(std::string_view line) {
  const auto& catalog = Catalog::builtin();
  const auto arguments = arguments_of(line);
  const auto model = cli::choose_model(arguments, catalog, FakeEnvironment());
  REQUIRE(model.has_value());
  return cli::make_request(arguments, catalog, *model, "2026-11-21");
}

}  // namespace llmfit::test
