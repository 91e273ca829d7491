// SPDX-License-Identifier: MIT
#include "render/fit_explain.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "base/numbers.hpp"

namespace llmfit::render {
namespace {

std::string value_text(double value) {
  if (value == std::floor(value) && std::abs(value) < 1e15) {
    return base::grouped(static_cast<std::int64_t>(value));
  }
  return base::shortest(std::round(value * 1e4) / 1e4);
}

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// The input with the longest name that stands as whole words at `at`.
const Input* input_at(const Term& term, std::size_t at) {
  const auto formula = term.formula;
  if (at > 0 && is_word(formula[at - 1])) return nullptr;
  const Input* found = nullptr;
  for (const auto& input : term.inputs) {
    const auto end = at + input.name.size();
    if (input.name.empty() || !formula.substr(at).starts_with(input.name)) continue;
    if (end < formula.size() && is_word(formula[end])) continue;
    if (found == nullptr || input.name.size() > found->name.size()) found = &input;
  }
  return found;
}

std::string inputs_text(const Term& term) {
  std::string text;
  for (const auto& input : term.inputs) {
    text.append(text.empty() ? "" : "; ").append(input.name).append(" ");
    text.append(value_text(input.value)).append(" (").append(input.source).append(")");
  }
  return text;
}

std::string result_text(const Term& term) {
  return base::grouped(term.bytes.count()) + " bytes = " +
         base::gib_text(term.bytes, base::Round::up) + " GiB";
}

Section term_section(const Term& term) {
  Pairs pairs;
  pairs.rows.push_back({"formula", text_cell(term.formula)});
  if (const auto values = with_values(term); !values.empty()) {
    pairs.rows.push_back({"values", Text{values}});
  }
  if (!term.inputs.empty()) pairs.rows.push_back({"inputs", Text{inputs_text(term)}});
  pairs.rows.push_back({"result", Text{result_text(term) + ", " + basis_text(term)}});
  pairs.rows.push_back({"rule", text_cell(term.source)});
  return {std::string(to_string(term.kind)), std::move(pairs)};
}

std::string device_name(const ShownCapacity& shown) {
  if (shown.gpu == nullptr) return "host memory";
  const std::string name(shown.gpu->name);
  return shown.count < 1 ? base::shortest(shown.count) + " of " + name : name;
}

Section capacity_section(const std::vector<Candidate>& candidates) {
  Pairs pairs;
  for (const auto& shown : shown_capacities(candidates)) {
    auto text = base::gib_text(shown.capacity.usable, base::Round::down) + " GiB, ";
    text += shown.capacity.basis == Basis::exact ? "measured: " : "estimate: ";
    pairs.rows.push_back({device_name(shown), Text{text.append(shown.capacity.rule)}});
  }
  return {"usable memory", std::move(pairs)};
}

}  // namespace

std::string with_values(const Term& term) {
  std::string result;
  bool replaced = false;
  for (std::size_t at = 0; at < term.formula.size();) {
    const auto* input = input_at(term, at);
    if (input == nullptr) {
      result.push_back(term.formula[at++]);
      continue;
    }
    result += value_text(input->value);
    at += input->name.size();
    replaced = true;
  }
  return replaced ? result : std::string{};
}

std::string basis_text(const Term& term) {
  if (term.basis == Basis::exact) return "exact";
  if (term.low == term.high) return "estimate";
  return "estimate, " + base::gib_text(term.low, base::Round::down) + " to " +
         base::gib_text(term.high, base::Round::up) + " GiB";
}

std::vector<Section> explain(const FormatResult& format, std::size_t shown) {
  std::vector<Section> sections;
  if (format.footprint) {
    for (const auto& term : format.footprint->terms) sections.push_back(term_section(term));
  }
  auto candidates = format.candidates;
  candidates.resize(std::min(candidates.size(), shown));
  auto capacities = capacity_section(candidates);
  if (!std::get<Pairs>(capacities.body).rows.empty()) sections.push_back(std::move(capacities));
  return sections;
}

}  // namespace llmfit::render
