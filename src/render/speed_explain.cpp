// SPDX-License-Identifier: MIT
#include "render/speed_explain.hpp"

#include <algorithm>
#include <string>

#include "base/numbers.hpp"
#include "render/fit_explain.hpp"
#include "render/speed_columns.hpp"

namespace llmfit::render {
namespace {

using Shape = JsonWriter::Shape;

std::string load_text(const SpeedExplanation& told) {
  if (told.step.empty()) return "a text of " + base::grouped(told.input) + " tokens, alone";
  return "a prompt of " + base::grouped(told.input) + " tokens and an answer of " +
         base::grouped(told.output) +
         (told.load.empty() ? ", one sequence alone" : ", one sequence alone, and several at once");
}

std::string constants_text(const SpeedExplanation& told) {
  const std::string stack(told.stack);
  if (told.generation.empty()) return stack + " on a host of which nothing is known";
  if (told.generation == "any")
    return stack + " on cards of no known generation: the middle of all";
  const auto cards = stack + " on " + std::string(told.generation) + " cards, ";
  if (told.measured_cards == 0) return cards + "taken from related ones: none was measured";
  return cards + base::grouped(told.measured_cards) +
         (told.measured_cards == 1 ? " of them measured" : " different ones measured");
}

std::string band_text(const Rate& band) {
  return "nine of ten measurements lie between " + base::fixed(band.low, 2) + " and " +
         base::fixed(band.high, 2) + " times the estimate";
}

std::string milliseconds(double seconds) { return human(rate_cell(seconds * 1e3)) + " ms"; }

/// "a x b" as people read it.
std::string with_times(std::string_view formula) {
  std::string text(formula);
  for (auto at = text.find(" x "); at != std::string::npos; at = text.find(" x ", at)) {
    text.replace(at, 3, " × ");
  }
  return text;
}

/// A figure, its formula, the formula with its inputs' values, and where it comes from.
std::string told_text(std::string text, std::string_view formula, const std::vector<Input>& inputs,
                      std::string_view source) {
  if (formula.empty()) return text.append(": ").append(source);
  Term term;
  term.formula = formula;
  term.inputs = inputs;
  text.append(" = ").append(with_times(formula));
  if (const auto values = with_values(term); !values.empty()) text.append(" = ").append(values);
  return text.append("; ").append(source);
}

std::string term_text(const SpeedTerm& told) {
  return told_text(milliseconds(told.seconds), told.formula, told.inputs, told.source);
}

Section load_section(const SpeedExplanation& told) {
  Pairs pairs;
  for (const auto& term : told.load) {
    pairs.rows.push_back(
        {std::string(term.name),
         Text{told_text(human(rate_cell(term.value)) + " " + std::string(term.unit), term.formula,
                        term.inputs, term.source)}});
  }
  return {"speed: " + base::grouped(told.sequences) + " requests in flight on one copy",
          std::move(pairs)};
}

/// "dense GB, layers: the model in this format; peak GB/s: the vendor's figure"
std::string sources_text(const std::vector<SpeedTerm>& terms) {
  std::vector<std::pair<std::string_view, std::vector<std::string_view>>> sources;
  for (const auto& term : terms) {
    if (term.name == "total") continue;
    for (const auto& input : term.inputs) {
      auto at = std::find_if(sources.begin(), sources.end(),
                             [&](const auto& one) { return one.first == input.source; });
      if (at == sources.end()) at = sources.insert(sources.end(), {input.source, {}});
      auto& names = at->second;
      if (std::find(names.begin(), names.end(), input.name) == names.end()) {
        names.push_back(input.name);
      }
    }
  }
  std::string text;
  for (const auto& [source, names] : sources) {
    text += text.empty() ? "" : "; ";
    for (const auto& name : names) text.append(&name == names.data() ? "" : ", ").append(name);
    text.append(": ").append(source);
  }
  return text;
}

Section terms_section(std::string heading, const std::vector<SpeedTerm>& terms, const Rate& band) {
  Pairs pairs;
  for (const auto& term : terms) {
    pairs.rows.push_back({std::string(term.name), Text{term_text(term)}});
  }
  pairs.rows.push_back({"inputs", Text{sources_text(terms)}});
  pairs.rows.push_back({"band", Text{band_text(band)}});
  return {std::move(heading), std::move(pairs)};
}

void write_told(JsonWriter& json, std::string_view formula, const std::vector<Input>& inputs,
                std::string_view source) {
  json.text_field("formula", formula);
  json.key("inputs");
  json.array();
  for (const auto& input : inputs) {
    json.object(Shape::line);
    json.field("name", input.name);
    json.field("value", base::without_noise(input.value));
    json.field("source", input.source);
    json.end();
  }
  json.end();
  json.text_field("source", source);
}

void write_terms(JsonWriter& json, std::string_view key, const std::vector<SpeedTerm>& terms) {
  json.key(key);
  json.array();
  for (const auto& term : terms) {
    json.object();
    json.field("name", term.name);
    json.field("seconds", term.seconds);
    write_told(json, term.formula, term.inputs, term.source);
    json.end();
  }
  json.end();
}

void write_load(JsonWriter& json, const SpeedExplanation& told) {
  json.key("load");
  if (told.load.empty()) return json.value(nullptr);
  json.array();
  for (const auto& term : told.load) {
    json.object();
    json.field("name", term.name);
    json.field("value", base::without_noise(term.value));
    json.field("unit", term.unit);
    write_told(json, term.formula, term.inputs, term.source);
    json.end();
  }
  json.end();
}

void write_factors(JsonWriter& json, std::string_view key, const Rate& band) {
  json.key(key);
  json.array(Shape::line);
  json.value(base::without_noise(band.low));
  json.value(base::without_noise(band.high));
  json.end();
}

}  // namespace

std::vector<Section> speed_sections(const SpeedExplanation& told) {
  Pairs pairs;
  pairs.rows.push_back({"for", Text{load_text(told)}});
  pairs.rows.push_back({"constants", Text{constants_text(told)}});
  if (!told.alike) {
    pairs.rows.push_back({"cards", Text{"unlike ones: the milliseconds are summed over all, the "
                                        "values are those of the first"}});
  }
  std::vector<Section> sections{{"speed of the first configuration", std::move(pairs)}};
  if (!told.step.empty()) {
    sections.push_back(terms_section("speed: one token", told.step, told.step_band));
  }
  sections.push_back(terms_section("speed: the prompt", told.prompt, told.prompt_band));
  if (!told.load.empty()) sections.push_back(load_section(told));
  return sections;
}

void write_speed(JsonWriter& json, const std::optional<SpeedExplanation>& told) {
  json.key("speed");
  if (!told) return json.value(nullptr);
  json.object();
  json.field("stack", told->stack);
  json.text_field("generation", told->generation);
  json.field("measured_cards", told->measured_cards);
  json.field("input_tokens", told->input);
  json.field("output_tokens", told->output);
  write_terms(json, "step", told->step);
  write_terms(json, "prompt", told->prompt);
  write_load(json, *told);
  write_factors(json, "decode_band", told->step_band);
  write_factors(json, "prefill_band", told->prompt_band);
  json.end();
}

}  // namespace llmfit::render
