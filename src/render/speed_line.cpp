// SPDX-License-Identifier: MIT
#include "render/speed_line.hpp"

#include "base/numbers.hpp"

namespace llmfit::render {
namespace {

const Rates* first_rates(const FitView& view) {
  for (const auto& format : view.result.formats) {
    for (const auto& candidate : format.candidates) {
      if (candidate.rates) return &*candidate.rates;
    }
  }
  return nullptr;
}

}  // namespace

std::string speed_line(const FitView& view) {
  const auto* rates = first_rates(view);
  if (rates == nullptr) return {};
  const auto band = "; nine of ten measurements lie in the likely range.";
  if (!rates->generates) {
    return "tok/s is of one text of " + base::grouped(rates->input) + " tokens" + band;
  }
  return "tok/s is of one sequence alone, a prompt of " + base::grouped(rates->input) +
         " tokens and an answer of " + base::grouped(rates->output) + band;
}

}  // namespace llmfit::render
