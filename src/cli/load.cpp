// SPDX-License-Identifier: MIT
#include "cli/load.hpp"

#include <algorithm>
#include <string>

#include "base/numbers.hpp"
#include "cli/errors.hpp"
#include "cli/values.hpp"

namespace llmfit::cli {
namespace {

/// No model sees more; sums of two stay far below the largest number.
constexpr std::int64_t most_tokens = std::int64_t{1} << 40;

Result<std::optional<std::int64_t>> length(const Arguments& arguments, Option option) {
  const auto typed = arguments.value(option);
  if (typed.find("..") != std::string_view::npos) {
    return bad_value(option, typed, "one number of tokens; a range is for --batch-job");
  }
  auto value = tokens(arguments, option);
  if (!value || !*value || **value <= most_tokens) return value;
  return bad_value(option, arguments.value(option),
                   "at most " + base::grouped(most_tokens) + " tokens");
}

std::string sum_text(const LoadRequest& load) {
  if (!load.output_tokens) return base::grouped(*load.input_tokens) + " tokens of a prompt";
  if (!load.input_tokens) return base::grouped(*load.output_tokens) + " tokens of an answer";
  return base::grouped(*load.input_tokens) + " + " + base::grouped(*load.output_tokens) +
         " tokens of a prompt and its answer";
}

bool has_stack(const EngineRecord& engine, std::string_view stack) {
  return std::any_of(engine.speed.begin(), engine.speed.end(),
                     [&](const SpeedRules& rules) { return rules.stack == stack; });
}

std::string stacks_of(const EngineRecord& engine) {
  std::string names;
  for (const auto& rules : engine.speed) {
    names.append(names.empty() ? "" : ", ").append(rules.stack);
  }
  return names;
}

/// A setting of the engine that stands in for --context.
bool sets_context(const WorkloadRequest& workload) {
  return std::any_of(workload.settings.begin(), workload.settings.end(), [](const Setting& one) {
    return one.flag == "ctx-size" || one.flag == "max-model-len";
  });
}

/// The engine that the stack stands beside; null: none.
const EngineRecord* engine_of(const Catalog& catalog, std::string_view stack) {
  for (const auto& engine : catalog.engines()) {
    if (has_stack(engine, stack)) return &engine;
  }
  return nullptr;
}

}  // namespace

bool names_context(const WorkloadRequest& workload) {
  const auto& settings = workload.settings;
  return workload.context ||
         std::any_of(settings.begin(), settings.end(), [](const Setting& setting) {
           return setting.flag == "ctx-size" || setting.flag == "max-model-len";
         });
}

Result<void> read_lengths(LoadRequest& load, WorkloadRequest& workload, const Arguments& arguments,
                          const Model* model) {
  if (arguments.has(Option::batch_job)) return {};  // a job has lengths of its own
  const auto input = length(arguments, Option::input_tokens);
  if (!input) return pass(input);
  const auto output = length(arguments, Option::output_tokens);
  if (!output) return pass(output);
  load.input_tokens = *input;
  load.output_tokens = *output;
  if (!load.names_lengths() || sets_context(workload)) return {};
  const bool encodes = model != nullptr && model->arch.kind == ModelKind::encoder;
  const auto answer = encodes ? 0 : output->value_or(0);
  const auto needed = input->value_or(0) + answer;
  if (!names_context(workload) && input->has_value() && (encodes || output->has_value())) {
    workload.context = needed;
  }
  if (!workload.context && names_context(workload)) return {};  // the engine's own flag decides
  // One length alone: beside it the usual other has to find room in the usual context.
  const auto usual = model != nullptr ? default_context(*model) : std::int64_t{4096};
  if (workload.context.value_or(usual) >= needed) return {};
  if (!workload.context) {
    workload.context = needed + (*input ? usual_output_tokens : usual_input_tokens);
    return {};
  }
  return fail(
      ErrorCode::usage,
      "a context of " + base::grouped(*workload.context) + " does not hold " + sum_text(load),
      "leave out --context, and it is their sum",
      "--context " + std::string(arguments.value(Option::context)));
}

Result<void> read_stack(LoadRequest& load, const Arguments& arguments, const Catalog& catalog,
                        const std::vector<Engine>& engines) {
  load.stack = arguments.value(Option::stack);
  if (load.stack.empty() || engines.empty()) return {};
  const bool known = std::any_of(engines.begin(), engines.end(), [&](Engine engine) {
    return has_stack(catalog.engine(engine), load.stack);
  });
  if (known) return {};
  const auto& first = catalog.engine(engines.front());
  const auto* meant = engine_of(catalog, load.stack);
  auto stacks = stacks_of(first);
  const std::string name(to_string(first.engine));
  std::string hint = stacks.empty() ? "the speed of " + name + " is not known; leave out --stack"
                                    : "of " + name + " the speed is known for " + stacks;
  if (meant != nullptr) {
    hint.append("; ")
        .append(load.stack)
        .append(" needs --engine ")
        .append(to_string(meant->engine));
  }
  return fail(ErrorCode::usage, load.stack + " does not serve what " + name + " holds",
              std::move(hint), "--stack " + load.stack);
}

Result<void> read_load(FitRequest& request, const Arguments& arguments, const Catalog& catalog,
                       const Model& model) {
  std::vector<Engine> engines;
  for (const auto& choice : request.formats) engines.push_back(choice.engine);
  auto lengths = read_lengths(request.load, request.workload, arguments, &model);
  if (!lengths) return lengths;
  return read_stack(request.load, arguments, catalog, engines);
}

}  // namespace llmfit::cli
