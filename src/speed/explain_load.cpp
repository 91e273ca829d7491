// SPDX-License-Identifier: MIT
#include "speed/explain_load.hpp"

#include <algorithm>

#include "speed/cycle.hpp"

namespace llmfit::speed {
namespace {

constexpr double milli = 1e-3;
constexpr std::string_view above = "ms, above";
constexpr std::string_view from_load = "the load";

/// The waiting of one request, in milliseconds.
class LoadTerms {
 public:
  LoadTerms(const SpeedQuestion& question, const Rates& rates)
      : ranks_(std::max(question.split.data, 1)),
        asked_(static_cast<double>(question.sequences)),
        output_(static_cast<double>(std::max<std::int64_t>(question.output, 1))),
        cycle_{rates.loaded_prompts, rates.prompt.total, rates.loaded_step, output_ - 1,
               std::max(asked_ / ranks_, 1.0)},
        throughput_(rates.throughput.value) {}

  std::vector<LoadTerm> take() {
    parts();
    if (cycle_.sequences > 1 && cycle_.further > 0) waits();
    first_token();
    if (cycle_.further > 0) token();
    add("throughput", throughput_, "tok/s", "requests x answer tokens / request x 1000",
        {{"requests", asked_, from_load},
         {"answer tokens", output_, from_load},
         {"request", ms(cycle_.total()), above}},
        "of one copy, the time of prompts included");
    return std::move(terms_);
  }

 private:
  static double ms(double seconds) { return seconds / milli; }

  void add(std::string_view name, double value, std::string_view unit, std::string_view formula,
           std::vector<Input> inputs, std::string_view source) {
    terms_.push_back({name, value, unit, formula, std::move(inputs), source});
  }

  void parts() {
    add("step", ms(cycle_.step), "ms", {}, {},
        "one token for each, as above with the bytes and multiplications of all");
    add("prompts", ms(cycle_.prompts), "ms", {}, {}, "a prompt of each, worked off together");
    add("request", ms(cycle_.total()), "ms", "further tokens x step + prompts",
        {{"further tokens", cycle_.further, from_load},
         {"step", ms(cycle_.step), above},
         {"prompts", ms(cycle_.prompts), above}},
        "from its arrival to its last token; the prompt makes the first one");
  }

  void waits() {
    add("first, evenly", ms(cycle_.evenly()), "ms", "(step + prompt alone) / (1 - share busy)",
        {{"step", ms(cycle_.step), above},
         {"prompt alone", ms(cycle_.prompt), above},
         {"share busy", cycle_.busy(), "time in which others' prompts are worked off"}},
        "the first token of requests that come evenly");
    add("first, at once", ms(cycle_.at_once()), "ms", "step + prompt alone + other prompts / 2",
        {{"step", ms(cycle_.step), above},
         {"prompt alone", ms(cycle_.prompt), above},
         {"other prompts", ms(cycle_.others()), above}},
        "the first token of requests that come all at once");
  }

  void first_token() {
    const double value = ms(cycle_.first_token());
    if (cycle_.sequences <= 1 || cycle_.further <= 0) {
      return add("first token", value, "ms", "prompts", {{"prompts", value, above}},
                 "nothing else is waited for");
    }
    add("first token", value, "ms", "min((evenly x at once)^0.5, prompts)",
        {{"evenly", ms(cycle_.evenly()), above},
         {"at once", ms(cycle_.at_once()), above},
         {"prompts", ms(cycle_.prompts), above}},
        "between the two; nobody waits for more than all prompts");
  }

  void token() {
    add("token", ms(cycle_.output_token()), "ms", "(request - first token) / further tokens",
        {{"request", ms(cycle_.total()), above},
         {"first token", ms(cycle_.first_token()), above},
         {"further tokens", cycle_.further, from_load}},
        "what a request takes beside its first token, its other tokens share");
  }

  double ranks_;
  double asked_;
  double output_;
  Cycle cycle_;
  double throughput_;
  std::vector<LoadTerm> terms_;
};

}  // namespace

std::vector<LoadTerm> explain_load(const SpeedQuestion& question, const Rates& rates) {
  return LoadTerms(question, rates).take();
}

}  // namespace llmfit::speed
