// SPDX-License-Identifier: MIT
#include "render/quants_report.hpp"

#include <algorithm>
#include <string_view>

#include "base/numbers.hpp"
#include "render/json_writer.hpp"

namespace llmfit::render {
namespace {

Cell bits_cell(const QuantRow& row, const Model* model) {
  if (row.weights) return Number{row.weights->bits_per_weight, 2};
  return model == nullptr ? Cell{Number{nominal_bits(*row.format), 2}} : Cell{Unknown{}};
}

Cell size_cell(const QuantRow& row) {
  if (!row.weights) return Unknown{};
  return Size{row.weights->tensor_bytes, base::Round::up, 2};
}

/// The format's own need, else its engine's.
Cell capability_cell(const Format& format, const Catalog& catalog) {
  auto least = catalog.engine(format.engine).min_compute_capability;
  if (format.min_compute_capability) least = std::max(least, format.min_compute_capability);
  return least ? Cell{Text{base::capability_text(*least)}} : Cell{Text{""}};
}

std::string joined(std::span<const std::string_view> words) {
  std::string text;
  for (const auto word : words) text.append(text.empty() ? "" : ", ").append(word);
  return text;
}

std::string_view metric_word(QualityMetric metric) {
  switch (metric) {
    case QualityMetric::perplexity_increase:
      return "ppl";
    case QualityMetric::score_loss:
      return "score";
    case QualityMetric::kl_divergence:
      break;
  }
  return "divergence";
}

/// The figure in per cent, which model it was measured on and of what it is.
std::vector<Cell> quality_cells(const Format& format) {
  for (const auto& figure : format.quality) {
    if (figure.metric == QualityMetric::kl_divergence) continue;
    return {Number{figure.value, 1}, Text{std::string(metric_word(figure.metric))},
            text_cell(figure.model)};
  }
  return {Unknown{}, Text{""}, Text{""}};
}

std::vector<Column> columns() {
  return {{"id", "id", Align::left, 0, {}, false},
          {"engine", "engine, CC", Align::left, 0, {}, false},
          {"min_compute_capability", "", Align::left, 0, " ", false},
          {"family", "family", Align::left, 7, {}, true},
          {"bits_per_weight", "bits", Align::right, 0, {}, false},
          {"tensor_bytes", "GiB", Align::right, 0, {}, true},
          {"quality_loss_percent", "loss %", Align::right, 1, {}, false},
          {"quality_metric", "", Align::left, 1, " ", false},
          {"quality_model", "measured on", Align::left, 6, {}, true},
          {"vendors", "cards", Align::left, 8, {}, true},
          {"name", "name", Align::left, 5, {}, true},
          {"summary", "what it is", Align::left, 1, {}, false}};
}

std::vector<Cell> cells(const QuantRow& row, const Catalog& catalog, const Model* model) {
  const auto& format = *row.format;
  auto quality = quality_cells(format);
  // Without a model the column of sizes is empty, and left out.
  return {Id{std::string(format.id)},
          Text{std::string(to_string(format.engine))},
          capability_cell(format, catalog),
          Text{std::string(format.family)},
          bits_cell(row, model),
          model == nullptr ? Cell{Text{""}} : size_cell(row),
          quality[0],
          quality[1],
          quality[2],
          Text{joined(catalog.engine(format.engine).vendors)},
          Text{std::string(format.name)},
          Text{std::string(format.summary)}};
}

/// "gfx90a, gfx942": which of a vendor's cards; empty: all of them.
std::string kinds_of(const EngineRecord& engine, std::string_view vendor) {
  std::string text;
  if (vendor == "nvidia" && engine.min_compute_capability) {
    text = "from compute capability " + base::capability_text(*engine.min_compute_capability);
  }
  for (const auto& rule : engine.cards) {
    if (rule.vendor != vendor || rule.targets.empty()) continue;
    text.append(text.empty() ? "" : ", ").append(joined(rule.targets));
  }
  return text;
}

/// "llama.cpp v0.5.0 runs on cards of nvidia, intel (Xe-HPG).", of each engine that is shown.
std::string engine_text(const EngineRecord& engine) {
  std::string text(to_string(engine.engine));
  text.append(" ").append(engine.version).append(" runs on cards of ");
  std::string vendors;
  for (const auto vendor : engine.vendors) {
    vendors.append(vendors.empty() ? "" : ", ").append(vendor);
    const auto kinds = kinds_of(engine, vendor);
    if (!kinds.empty()) vendors.append(" (").append(kinds).append(")");
  }
  return text.append(vendors.empty() ? "any vendor" : vendors) + ".";
}

void add_engines(Report& report, std::span<const QuantRow> rows, const Catalog& catalog) {
  for (const auto& engine : catalog.engines()) {
    const bool shown = std::any_of(rows.begin(), rows.end(), [&](const QuantRow& row) {
      return row.format->engine == engine.engine;
    });
    if (!shown || engine.version.empty() || engine.engine == Engine::params) continue;
    report.sections.push_back({{}, Paragraph{Voice::plain, engine_text(engine)}});
  }
}

std::string title(std::size_t count, const Model* model) {
  auto text = base::grouped(static_cast<std::int64_t>(count));
  text.append(count == 1 ? " format" : " formats");
  if (model != nullptr) text.append(" of ").append(model->name);
  return text;
}

/// What the headers mean.
std::string legend(const Model* model) {
  std::string text = model == nullptr
                         ? "bits: of most weights; --model NAME gives those of a model. "
                         : "bits: of all weights; GiB: the tensors, without tokenizer. ";
  return text +
         "loss: a published figure, per cent worse than in 16 bits, of perplexity (ppl) or of a "
         "benchmark's score; smaller models lose more. CC: least NVIDIA compute capability.";
}

}  // namespace

Report quants_report(std::span<const QuantRow> rows, const Catalog& catalog, const Model* model) {
  Table table;
  table.columns = columns();
  for (const auto& row : rows) table.rows.push_back(cells(row, catalog, model));
  Report report;
  report.title = title(rows.size(), model);
  report.sections.push_back({{}, std::move(table)});
  if (rows.empty()) return report;
  report.sections.push_back({{}, Paragraph{Voice::plain, legend(model)}});
  add_engines(report, rows, catalog);
  return report;
}

std::string quants_json(std::span<const QuantRow> rows, const Model* model) {
  JsonWriter json;
  json.object();
  json.field("schema", "llmfit.catalog/1");
  if (model != nullptr) json.field("model", model->id);
  json.key("quants");
  json.array();
  for (const auto& row : rows) {
    // A record is one JSON object: what was computed goes before its closing brace.
    auto record = std::string(row.format->json);
    record.pop_back();
    record.append(", \"nominal_bits_per_weight\": ")
        .append(base::shortest(nominal_bits(*row.format)));
    if (row.weights) {
      record.append(", \"tensor_bytes\": ");
      record.append(std::to_string(row.weights->tensor_bytes.count()));
      record.append(", \"bits_per_weight\": ").append(base::shortest(row.weights->bits_per_weight));
    } else if (model != nullptr) {
      record.append(R"(, "tensor_bytes": null, "bits_per_weight": null)");
    }
    json.raw(record + "}");
  }
  json.end();
  json.end();
  return json.take();
}

}  // namespace llmfit::render
