// SPDX-License-Identifier: MIT
#include "cli/load.hpp"

#include "cli/errors.hpp"
#include "cli/values.hpp"

namespace llmfit::cli {

Result<void> read_load(FitRequest& request, const Arguments& arguments) {
  auto& load = request.load;
  const auto input = tokens(arguments, Option::input_tokens);
  if (!input) return pass(input);
  load.input_tokens = *input;
  const auto output = tokens(arguments, Option::output_tokens);
  if (!output) return pass(output);
  load.output_tokens = *output;
  load.stack = arguments.value(Option::stack);
  return {};
}

}  // namespace llmfit::cli
