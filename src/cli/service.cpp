// SPDX-License-Identifier: MIT
#include "cli/service.hpp"

#include <algorithm>

#include "base/numbers.hpp"
#include "base/text.hpp"
#include "cli/errors.hpp"
#include "cli/load.hpp"
#include "cli/values.hpp"

namespace llmfit::cli {
namespace {

/// More than all people; above it counts of copies would not be exact.
constexpr std::int64_t most_users = 10'000'000'000;
constexpr double most_requests = 1e9;
constexpr double least_requests = 1e-6;  ///< one in eleven days
constexpr double longest_wait = 86'400;  ///< a day

/// "0.5", "0.5s", "500ms"
Result<std::optional<double>> seconds(const Arguments& arguments, Option option) {
  if (!arguments.has(option)) return std::nullopt;
  const auto typed = arguments.value(option);
  auto text = base::lower(typed);
  double unit = 1;
  if (text.ends_with("ms")) {
    text.resize(text.size() - 2);
    unit = 1e-3;
  } else if (text.ends_with('s')) {
    text.pop_back();
  }
  const auto number = base::parse_number(text);
  if (number && *number > 0 && *number * unit <= longest_wait) return *number * unit;
  return bad_value(option, typed, "seconds above 0, at most a day, such as 0.5 or 500ms");
}

Result<std::optional<double>> rate(const Arguments& arguments) {
  if (!arguments.has(Option::requests_per_second)) return std::nullopt;
  const auto typed = arguments.value(Option::requests_per_second);
  const auto number = base::parse_number(typed);
  if (number && *number >= least_requests && *number <= most_requests) return number;
  return bad_value(Option::requests_per_second, typed,
                   "requests a second from 0.000001 to a billion, such as 2.5");
}

}  // namespace

Result<void> read_service(FitRequest& request, const Arguments& arguments, const Model& model) {
  auto& load = request.load;
  const auto users = whole_number(arguments, Option::users, 1, most_users);
  if (!users) return pass(users);
  load.users = *users;
  const auto requests = rate(arguments);
  if (!requests) return pass(requests);
  load.requests_per_second = *requests;
  const auto first = seconds(arguments, Option::ttft);
  if (!first) return pass(first);
  load.ttft = *first;
  const auto next = seconds(arguments, Option::tpot);
  if (!next) return pass(next);
  load.tpot = *next;
  load.one_copy = arguments.command->id == Command::check;
  if (!load.serves() || names_context(request.workload)) return {};
  const bool encodes = model.arch.kind == ModelKind::encoder;
  const auto answer = encodes ? 0 : load.output_tokens.value_or(usual_output_tokens);
  const auto sum = load.input_tokens.value_or(usual_input_tokens) + answer;
  const bool usual = !load.input_tokens && !load.output_tokens && model.context_length;
  request.workload.context = usual ? std::min(sum, model.context_length->count()) : sum;
  return {};
}

}  // namespace llmfit::cli
