// SPDX-License-Identifier: MIT
#include "render/fit_explain.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include "base/numbers.hpp"
#include "render/speed_explain.hpp"
#include "render/split_text.hpp"
#include "render/vllm_explain.hpp"

namespace llmfit::render {
namespace {

std::string value_text(double value) {
  if (value == std::floor(value) && std::abs(value) < 1e15) {
    return base::grouped(static_cast<std::int64_t>(value));
  }
  // Four decimals, and of less than a tenth four digits: products are made of them.
  const double steps = value != 0 && std::abs(value) < 0.1
                           ? std::pow(10.0, 3 - std::floor(std::log10(std::abs(value))))
                           : 1e4;
  return base::shortest(std::round(value * steps) / steps);
}

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

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

/// Letters at the start of `text`.
std::size_t word_length(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && std::isalpha(static_cast<unsigned char>(text[length])) != 0) {
    ++length;
  }
  return length;
}

bool is_operation(std::string_view word) {
  constexpr std::array<std::string_view, 5> operations{"x", "max", "min", "ceil", "bytes"};
  return std::find(operations.begin(), operations.end(), word) != operations.end();
}

/// "a x b" as people read it.
std::string with_times(std::string_view formula) {
  std::string text(formula);
  for (auto at = text.find(" x "); at != std::string::npos; at = text.find(" x ", at)) {
    text.replace(at, 3, " × ");
  }
  return text;
}

std::optional<double> input_value(const Term& term, std::string_view name) {
  for (const auto& input : term.inputs) {
    if (input.name == name) return input.value;
  }
  return std::nullopt;
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
  return base::grouped(term.bytes.count()) +
         " bytes = " + base::gib_text(term.bytes, base::Round::nearest) + " GiB";
}

Section term_section(const Term& term) {
  Pairs pairs;
  pairs.rows.push_back({"formula", text_cell(with_times(term.formula))});
  if (const auto values = with_values(term); !values.empty()) {
    pairs.rows.push_back({"values", Text{values}});
  }
  if (!term.inputs.empty()) pairs.rows.push_back({"inputs", Text{inputs_text(term)}});
  pairs.rows.push_back({"result", Text{result_text(term) + ", " + basis_text(term)}});
  pairs.rows.push_back({"rule", text_cell(term.source)});
  return {std::string(to_string(term.kind)), std::move(pairs)};
}

/// What one downloads: the tensors and what a GGUF file holds beside them.
Section file_section(const FileSize& file) {
  Pairs pairs;
  pairs.rows.push_back({"tensors", Text{base::grouped(file.tensors.count()) + " bytes"}});
  auto metadata = base::grouped(file.metadata.count()) + " bytes, ";
  metadata += file.metadata_low == file.metadata_high
                  ? std::string("exact")
                  : "estimate, " + base::grouped(file.metadata_low.count()) + " to " +
                        base::grouped(file.metadata_high.count());
  pairs.rows.push_back({"header, tokenizer", Text{metadata}});
  pairs.rows.push_back({"together", Text{base::grouped(file.total().count()) + " bytes"}});
  return {"file", std::move(pairs)};
}

/// The engine whose rules the figures follow, and for which version of it they hold.
Section engine_section(const Catalog& catalog, const FormatResult& format) {
  Pairs pairs;
  pairs.rows.push_back(
      {std::string(to_string(format.choice.engine)), Text{engine_version(catalog, format)}});
  return {"engine", std::move(pairs)};
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
    if (!shown.given) text += shown.capacity.basis == Basis::exact ? "measured: " : "estimate: ";
    pairs.rows.push_back({device_name(shown), Text{text.append(shown.capacity.rule)}});
  }
  return {"usable memory", std::move(pairs)};
}

void add_host_row(Pairs& pairs, std::string name, Bytes bytes, std::string_view words) {
  if (bytes == Bytes{}) return;
  auto text = base::gib_text(bytes, base::Round::up) + " GiB";
  if (!words.empty()) text.append(": ").append(words);
  pairs.rows.push_back({std::move(name), Text{std::move(text)}});
}

/// What the first configuration leaves to the host.
Section host_section(const HostShare& host) {
  Pairs pairs;
  add_host_row(pairs, "weights", host.weights,
               "of the blocks and experts left there, and the input embedding");
  add_host_row(pairs, "KV cache", host.kv_cache, "of the blocks left there");
  add_host_row(pairs, "state", host.state, "of the blocks left there");
  add_host_row(pairs, "compute", host.compute,
               "what the scheduler computes or hands over there, and the buffer of outputs");
  add_host_row(pairs, "together", host.total(), {});
  std::string settings =
      host.gpu_layers ? "--n-gpu-layers " + std::to_string(*host.gpu_layers) : "";
  if (host.cpu_moe > 0) {
    settings +=
        (settings.empty() ? "--n-cpu-moe " : " --n-cpu-moe ") + std::to_string(host.cpu_moe);
  }
  if (!settings.empty()) pairs.rows.push_back({"settings", Text{settings}});
  pairs.rows.push_back(
      {"rule", Text{"llama.cpp v0.5.0: src/llama-model.cpp; ggml-backend.cpp: "
                    "weights in host memory are copied to the card for batches of "
                    "32 tokens or more, so its compute buffer holds the largest"}});
  return {"host memory", std::move(pairs)};
}

}  // namespace

std::string with_values(const Term& term) {
  // A draft model's part is beside the formula.
  const bool whole = std::none_of(term.inputs.begin(), term.inputs.end(),
                                  [](const Input& input) { return input.source == "draft model"; });
  if (!whole) return {};
  std::string result;
  bool replaced = false;
  for (std::size_t at = 0; at < term.formula.size();) {
    const auto* input = input_at(term, at);
    const auto word = input == nullptr ? word_length(term.formula.substr(at)) : std::size_t{0};
    if (word > 0 && !is_operation(term.formula.substr(at, word))) return {};
    const auto step = input != nullptr ? input->name.size() : std::max<std::size_t>(word, 1);
    result +=
        input != nullptr ? value_text(input->value) : std::string(term.formula.substr(at, step));
    replaced = replaced || input != nullptr;
    at += step;
  }
  return replaced ? with_times(result) : std::string{};
}

std::string cache_sum(const Term& term) {
  const auto layers = input_value(term, "layers");
  const auto context = input_value(term, "context");
  const auto sequences = input_value(term, "sequences").value_or(1);
  const auto k = input_value(term, "K row");
  const auto v = input_value(term, "V row");
  if (!layers || !context || !k || !v) return {};
  auto text = value_text(*layers) + " layers × " + value_text(*context) + " tokens";
  if (sequences != 1) text += " × " + value_text(sequences) + " sequences";
  text += " × (" + value_text(*k) + " + " + value_text(*v) + ") B";
  const double product = *layers * *context * sequences * (*k + *v);
  return product == static_cast<double>(term.bytes.count()) ? text : std::string{};
}

std::string state_sum(const Term& term) {
  constexpr double float_bytes = 4;
  const auto layers = input_value(term, "layers");
  const auto sequences = input_value(term, "sequences").value_or(1);
  const auto inputs = input_value(term, "inputs");
  const auto recurrence = input_value(term, "recurrence");
  if (!layers || !inputs || !recurrence) return {};
  auto text = value_text(*layers) + " layers × ";
  if (sequences != 1) text += value_text(sequences) + " sequences × ";
  text += "(" + value_text(*inputs) + " + " + value_text(*recurrence) + ") × 4 B";
  const double product = *layers * sequences * (*inputs + *recurrence) * float_bytes;
  return product == static_cast<double>(term.bytes.count()) ? text : std::string{};
}

std::string basis_text(const Term& term) {
  if (term.basis == Basis::exact) return "exact";
  if (term.low == term.high) return "estimate";
  return "estimate, " + base::gib_text(term.low, base::Round::down) + " to " +
         base::gib_text(term.high, base::Round::up) + " GiB";
}

std::vector<Section> explain(const Catalog& catalog, const FormatResult& format,
                             std::size_t shown) {
  std::vector<Section> sections{engine_section(catalog, format)};
  if (format.footprint) {
    for (const auto& term : format.footprint->terms) sections.push_back(term_section(term));
  }
  if (format.file) sections.push_back(file_section(*format.file));
  auto candidates = format.candidates;
  candidates.resize(std::min(candidates.size(), shown));
  for (auto& section : device_sections(candidates, format.choice.engine)) {
    sections.push_back(std::move(section));
  }
  for (auto& section : vllm_sections(candidates)) sections.push_back(std::move(section));
  const auto hosted = std::find_if(candidates.begin(), candidates.end(),
                                   [](const Candidate& one) { return one.offload.has_value(); });
  if (hosted != candidates.end()) sections.push_back(host_section(*hosted->offload));
  if (format.speed) {
    for (auto& section : speed_sections(*format.speed)) sections.push_back(std::move(section));
  }
  auto capacities = capacity_section(candidates);
  if (!std::get<Pairs>(capacities.body).rows.empty()) sections.push_back(std::move(capacities));
  return sections;
}

}  // namespace llmfit::render
