// SPDX-License-Identifier: MIT
#include "render/speed_line.hpp"

#include <algorithm>

#include "base/numbers.hpp"

namespace llmfit::render {

const Rates* first_rates(const FitView& view) {
  for (const auto& format : view.result.formats) {
    for (const auto& candidate : format.candidates) {
      if (candidate.rates) return &*candidate.rates;
    }
  }
  return nullptr;
}

std::string speed_line(const Rates* rates, std::string_view stack) {
  if (rates == nullptr) return {};
  std::string text = "tok/s: of one sequence alone, a prompt of ";
  if (!rates->generates) {
    text = "tok/s: of one text of " + base::grouped(rates->input) + " tokens";
  } else {
    text +=
        base::grouped(rates->input) + " tokens and an answer of " + base::grouped(rates->output);
  }
  if (!stack.empty()) text.append(", under ").append(stack);
  return text + "; likely: where nine of ten measurements lie.";
}

std::string token_price_line(const FitView& view) {
  const auto& load = view.request.load;
  const bool priced = std::any_of(
      view.result.formats.begin(), view.result.formats.end(), [](const FormatResult& format) {
        return std::any_of(format.candidates.begin(), format.candidates.end(),
                           [](const Candidate& candidate) {
                             return candidate.cost.usd_per_million_tokens && candidate.rates &&
                                    candidate.rates->generates;
                           });
      });
  if (!priced) return {};
  return load.names_lengths() || load.serves()
             ? " $/M tokens: of answers, with the time of their prompts."
             : " $/M tokens: of answers, without the time of their prompts.";
}

}  // namespace llmfit::render
