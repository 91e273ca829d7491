// SPDX-License-Identifier: MIT
#include "render/speed_line.hpp"

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

std::string speed_line(const FitView& view) {
  const auto* rates = first_rates(view);
  if (rates == nullptr) return {};
  std::string load = rates->generates
                         ? "one sequence alone, a prompt of " + base::grouped(rates->input) +
                               " tokens and an answer of " + base::grouped(rates->output)
                         : "one text of " + base::grouped(rates->input) + " tokens";
  return "tok/s: of " + load + "; likely: where nine of ten measurements lie.";
}

}  // namespace llmfit::render
