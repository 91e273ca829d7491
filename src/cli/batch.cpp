// SPDX-License-Identifier: MIT
#include "cli/batch.hpp"

#include <algorithm>

#include "base/numbers.hpp"
#include "cli/errors.hpp"
#include "cli/lengths.hpp"
#include "cli/load.hpp"
#include "cli/values.hpp"

namespace llmfit::cli {
namespace {

tl::unexpected<Error> needs(std::string_view option, std::string_view other) {
  return fail(ErrorCode::usage, std::string(option) + " needs " + std::string(other),
              "llmfit bert-base --batch-job 20M --lengths 8..64 --within 24", std::string(option));
}

/// Options of a job stand beside a job, and a job needs its lengths.
Result<bool> is_asked(const Arguments& arguments) {
  if (arguments.has(Option::batch_job)) {
    if (!arguments.has(Option::lengths)) return needs("--batch-job", "--lengths L");
    if (arguments.has(Option::reserved)) {
      return fail(ErrorCode::usage, "--batch-job and --reserved exclude each other",
                  "a job ends, and a commitment does not; leave one out", "--reserved");
    }
    return true;
  }
  for (const auto option : {Option::lengths, Option::slot, Option::within}) {
    if (arguments.has(option)) return needs(spec_of(option).name, "--batch-job N");
  }
  return false;
}

Result<std::int64_t> read_count(const Arguments& arguments) {
  const auto typed = arguments.value(Option::batch_job);
  const auto count = base::parse_parameters(typed);
  if (count && *count >= 1 && *count <= most_batch_sequences) return *count;
  return bad_value(Option::batch_job, typed,
                   "a number of sequences up to 1e12, such as 20M or 1.5e6");
}

Result<LengthHistogram> read_job_lengths(const Arguments& arguments, std::int64_t sequences,
                                         const Environment& environment) {
  const auto typed = std::string(arguments.value(Option::lengths));
  if (const auto range = parse_range(typed, 1)) {
    return LengthHistogram::uniform(range->low, range->high, sequences);
  }
  if (typed != "-" && !environment.exists(typed)) {
    return bad_value(Option::lengths, typed,
                     "tokens such as 36, a range such as 8..64, up to " +
                         base::grouped(longest_batch_sequence) +
                         ", or a file with one length a line (- is standard input)");
  }
  const auto lengths = read_lengths(typed, environment);
  if (!lengths) return pass(lengths);
  return lengths->scaled(sequences);
}

/// What a model writes; none for one that only reads, or where nothing is asked of it.
Result<LengthHistogram> read_answers(const Arguments& arguments, const Model& model,
                                     std::int64_t sequences) {
  const bool given = arguments.has(Option::output_tokens);
  const auto typed = arguments.value(Option::output_tokens);
  if (model.arch.kind == ModelKind::encoder) {
    if (!given || typed == "0") return LengthHistogram();
    return bad_value(Option::output_tokens, typed,
                     model.name + " only reads: it writes no answers");
  }
  if (!given) return LengthHistogram::uniform(usual_output_tokens, usual_output_tokens, sequences);
  const auto range = parse_range(typed, 0);
  if (!range) {
    return bad_value(Option::output_tokens, typed,
                     "tokens such as 128, or a range such as 16..256");
  }
  return LengthHistogram::uniform(range->low, range->high, sequences);
}

Result<std::optional<double>> read_within(const Arguments& arguments) {
  if (!arguments.has(Option::within)) return std::optional<double>();
  const auto typed = arguments.value(Option::within);
  const auto hours = base::parse_number(typed);
  constexpr double least = 1e-3;
  constexpr double most = 1e6;
  if (hours && *hours >= least && *hours <= most) return hours;
  return bad_value(Option::within, typed, "a number of hours from 0.001 to a million, such as 24");
}

/// Room for the longest sequence and its answer, as far as the model goes.
std::int64_t context_for(const BatchJob& job, const Model& model) {
  const auto longest = job.answers.empty() ? plan_batch(job, longest_context).slot
                                           : job.slot.value_or(job.lengths.longest());
  const auto wanted = longest + job.answers.longest();
  return model.context_length ? std::min(wanted, model.context_length->count()) : wanted;
}

}  // namespace

Result<void> read_batch(FitRequest& request, const Arguments& arguments, const Model& model,
                        const Environment& environment) {
  const auto asked = is_asked(arguments);
  if (!asked) return pass(asked);
  if (!*asked) return {};
  const auto sequences = read_count(arguments);
  if (!sequences) return pass(sequences);
  auto lengths = read_job_lengths(arguments, *sequences, environment);
  if (!lengths) return pass(lengths);
  auto answers = read_answers(arguments, model, *sequences);
  if (!answers) return pass(answers);
  const auto slot = tokens(arguments, Option::slot);
  if (!slot) return pass(slot);
  if (*slot && **slot > longest_batch_sequence) {
    return bad_value(Option::slot, arguments.value(Option::slot),
                     "at most " + base::grouped(longest_batch_sequence) + " tokens");
  }
  const auto within = read_within(arguments);
  if (!within) return pass(within);
  BatchJob job{std::move(*lengths), std::move(*answers), *slot, *within};
  if (!names_context(request.workload)) request.workload.context = context_for(job, model);
  request.load.batch = std::move(job);
  return {};
}

}  // namespace llmfit::cli
