// SPDX-License-Identifier: MIT
#include "cli/topics.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "base/numbers.hpp"
#include "cli/help.hpp"
#include "llmfit/fit.hpp"

namespace llmfit::cli {
namespace {

struct Line {
  std::string_view name;
  std::string_view text;
};

constexpr auto unit_lines = std::to_array<Line>({
    {"memory",
     "GiB, 2^30 bytes, everywhere; JSON and CSV have whole bytes. The '80GB' in a card's "
     "name is only its name."},
    {"rounding",
     "What is needed is rounded up, what is there is rounded down; printed parts add up "
     "to the printed total."},
    {"usable",
     "What a program can get on a card: what its runtime reports, less than the label and "
     "less than nvidia-smi prints. Where it was not measured, a stated rule estimates it."},
    {"local",
     "--gpu local counts what is free on this machine's own cards now: sets of equal ones, and all "
     "of them together. check takes the smallest set that holds the model, else the largest."},
    {"slices",
     "Parts of a card that MIG cuts off (a100-80gb-mig-3g.40gb) are cards of their own, one to a "
     "model. They are tried where they are named, or sold as such."},
    {"context", "Tokens of one sequence, prompt and answer together. k is 1024: 8k is 8192."},
    {"parameters", "b is 10^9, m is 10^6: 13b is 13e9."},
    {"money",
     "US dollars. A month is 730 hours; a purchase price is the street price, else the "
     "launch price."},
    {"dates", "YYYY-MM-DD, or as much of it as is known."},
    {"-", "Unknown; null in JSON, empty in CSV. Never 0."},
});

constexpr auto formula_lines = std::to_array<Line>({
    {"weights",
     "The sum over all tensors. A row of n elements takes ceil(n / block) x bytes of a "
     "block; each tensor has the type that the engine's recipe gives it."},
    {"KV cache",
     "For each layer that caches: KV heads x (key width + value width) x bytes of the "
     "cache type x tokens held, for every sequence. A sliding layer holds its window."},
    {"state", "Recurrent layers keep a state of fixed size for each sequence."},
    {"compute",
     "Buffers for one batch, with their band. Of llama.cpp the peak over its graph's tensors in "
     "the "
     "order in which its allocator places them; elsewhere an estimate from widths and tokens."},
    {"runtime", "The engine's context, kernels and allocator: an estimate, with its band."},
    {"total", "weights + KV cache + state + compute + runtime, always."},
    {"per device",
     "Layers, or the heads of every layer, are shared out; each device is held "
     "against its own usable memory. One device short is a no."},
    {"decode",
     "Tokens a second of one sequence: 1 / time of a step. A step reads every weight that the "
     "token "
     "needs (of experts the active ones) and the cache at its depth, at the bandwidth that was "
     "measured on such cards; it multiplies, which overlaps with reading; and it has a fixed time "
     "for each layer. Over several cards the transfers between them are added."},
    {"prefill",
     "Tokens a second of a prompt, in batches as the engine takes them: 2 operations for each "
     "weight and token at the rate that was measured on such cards, attention, the fixed time of "
     "each layer, and the weights once a batch."},
    {"likely",
     "The band in which nine of ten measurements lie; where only related cards were measured it is "
     "wider, and for a host of which nothing is known the widest."},
    {"cost of tokens",
     "Price of an hour / tokens of an hour at --utilisation of the time: output tokens of all "
     "sequences, of an encoder the tokens encoded."},
    {"cost",
     "The cheapest machines that hold enough of the card, whole machines at their hourly "
     "price; a month is 730 hours."},
    {"tokens",
     "A million output tokens cost the hour's price over what all sequences get in it, at "
     "--utilisation; a million input tokens the same of an hour that reads prompts alone."},
    {"hosted APIs",
     "Self-hosting breaks even at a configuration's month over what the API asks for one prompt "
     "and its answer, in requests a month."},
});

render::Report pairs_report(std::string title, std::span<const Line> lines) {
  render::Pairs pairs;
  for (const auto& line : lines) {
    pairs.rows.push_back({std::string(line.name), render::text_cell(line.text)});
  }
  return {std::move(title), {}, {{"", std::move(pairs)}}};
}

constexpr std::array format_engines = {Engine::llama_cpp, Engine::vllm, Engine::transformers};
/// Engines of which only weights and cache are known: their ids, not a column of their own.
constexpr std::array other_engines = {Engine::mlx, Engine::exllama};

const Format* of_family(const Catalog& catalog, Engine engine, std::string_view family) {
  for (const auto& format : catalog.formats()) {
    if (format.engine == engine && format.family == family) return &format;
  }
  return nullptr;
}

std::vector<std::string_view> families(const Catalog& catalog) {
  std::vector<std::string_view> result;
  for (const auto& format : catalog.formats()) {
    const bool known = std::find(result.begin(), result.end(), format.family) != result.end();
    if (!format.family.empty() && !known) result.push_back(format.family);
  }
  return result;
}

std::vector<render::Cell> family_row(const Catalog& catalog, std::string_view family) {
  std::vector<render::Cell> row = {render::text_cell(family)};
  for (const auto engine : format_engines) {
    const auto* const format = of_family(catalog, engine, family);
    row.push_back(render::text_cell(format == nullptr ? "none" : format->id));
  }
  const auto* const plain = of_family(catalog, Engine::params, family);
  row.push_back(
      render::text_cell(plain == nullptr ? "none" : base::shortest(plain->bytes_per_parameter)));
  return row;
}

/// The engine's ids, all of them or those that no family stands for.
std::string ids(const Catalog& catalog, Engine engine, bool all) {
  std::string text;
  for (const auto& format : catalog.formats()) {
    if (format.engine != engine || (!all && !format.family.empty())) continue;
    text.append(text.empty() ? "" : ", ").append(format.id);
  }
  return text;
}

/// "f32 stands for fp32, f16 for fp16".
std::string second_names() {
  std::string text;
  for (const auto& word : family_words()) {
    text.append(text.empty() ? "" : ", ").append(word.typed);
    text.append(text.find(" stands ") == std::string::npos ? " stands for " : " for ");
    text.append(word.family);
  }
  return text;
}

render::Column column(std::string_view name, std::string_view header, render::Align align) {
  render::Column result;
  result.name = name;
  result.header = header;
  result.align = align;
  return result;
}

render::Paragraph plain(std::string text) { return {render::Voice::plain, std::move(text)}; }

}  // namespace

render::Report exit_codes_topic() {
  render::Pairs pairs;
  for (const auto& code : exit_codes()) {
    pairs.rows.push_back({std::string(code.code), render::text_cell(code.meaning)});
  }
  return {"Exit codes",
          {},
          {{"", std::move(pairs)},
           {"", plain("No other code ever. A closed pipe ends llmfit quietly with the code of its "
                      "verdict.")}}};
}

render::Report units_topic() { return pairs_report("Units", unit_lines); }

render::Report formulas_topic() {
  auto report = pairs_report("Formulas", formula_lines);
  report.sections.push_back(
      {"", plain("--explain shows each figure with its formula, its inputs and their source.")});
  report.sections.push_back(
      {"", plain("vLLM's split is the first that fits of: the most tensor ranks that divide a "
                 "machine's cards, the rest as stages; fewer tensor ranks and more stages; tensor "
                 "ranks over several machines; data ranks with the experts dealt out; fewer cards, "
                 "the others idle. Where none fits, the one that leaves the fullest card the most "
                 "is shown. --tp, --pp, --dp and --ep fix a part of it.")});
  return report;
}

render::Report formats_topic(const Catalog& catalog) {
  render::Table table;
  table.columns.push_back(column("family", "family", render::Align::left));
  for (const auto engine : format_engines) {
    table.columns.push_back(column(to_string(engine), to_string(engine), render::Align::left));
  }
  table.columns.push_back(column("params_bytes", "params: bytes", render::Align::right));
  for (const auto family : families(catalog)) table.rows.push_back(family_row(catalog, family));
  render::Report report{"Formats", {}, {{"", std::move(table)}}};
  report.sections.push_back(
      {"", plain("--quant takes families (" + second_names() + ") and the engines' own ids.")});
  for (const auto engine : format_engines) {
    const auto text = ids(catalog, engine, false);
    if (text.empty()) continue;
    report.sections.push_back(
        {"", plain(std::string(to_string(engine)) + " also has " + text + ".")});
  }
  for (const auto engine : other_engines) {
    report.sections.push_back(
        {"", plain(std::string(to_string(engine)) + " has " + ids(catalog, engine, true) +
                   "; its compute and runtime memory are unknown.")});
  }
  return report;
}

}  // namespace llmfit::cli
