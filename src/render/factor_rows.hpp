// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "llmfit/fit.hpp"
#include "render/report.hpp"

namespace llmfit::render {

/// Adds the factors that a configuration's figures rest on, each once.
void add_factors(std::vector<Factor>& factors, const Candidate& candidate);

/// Every factor that the configurations rest on, once, in the order of its first use.
std::vector<Factor> used_factors(const FitResult& result);

/// Each factor with its place, date and source.
Section factor_section(const std::vector<Factor>& factors);

/// How a figure about money, power or water comes about.
struct CostFormula {
  std::string_view name;
  std::string_view formula;
  std::string_view source;
};
std::span<const CostFormula> cost_formulas();

Section formula_section();

}  // namespace llmfit::render
