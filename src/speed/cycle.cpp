// SPDX-License-Identifier: MIT
#include "speed/cycle.hpp"

#include <algorithm>
#include <cmath>

namespace llmfit::speed {
namespace {

constexpr double most_busy = 0.95;

}  // namespace

double Cycle::total() const { return further * step + prompts; }

double Cycle::others() const { return prompts * (sequences - 1) / sequences; }

double Cycle::busy() const { return std::min(others() / total(), most_busy); }

double Cycle::evenly() const { return (step + prompt) / (1 - busy()); }

double Cycle::at_once() const { return step + prompt + others() / 2; }

double Cycle::first_token() const {
  if (sequences <= 1) return prompt;
  if (further <= 0) return prompts;
  return std::min(std::sqrt(evenly() * at_once()), prompts);
}

double Cycle::output_token() const {
  if (further <= 0) return step;
  return std::max(step, (total() - first_token()) / further);
}

}  // namespace llmfit::speed
