// SPDX-License-Identifier: MIT
#include <cmath>
#include <vector>

#include "catalog/records.hpp"
#include "catalog/words.hpp"

namespace llmfit::catalog {
namespace {

std::int32_t millibits(const Fields& fields, std::string_view key) {
  return static_cast<std::int32_t>(std::lround(fields.number(key).value_or(0) * 1000));
}

Scheme read_scheme(const Fields& fields) {
  return {
      .millibits = millibits(fields, "bits"),
      .group = fields.has("group") ? fields.size("group") : -1,
      .group_rows = fields.size("group_rows", 1),
      .flat = fields.flag("flat"),
      .scale_bits = fields.size("scale_bits"),
      .zero_bits = fields.size("zero_bits"),
      .outer_group = fields.size("outer_group"),
      .outer_bits = fields.size("outer_bits"),
      .input_bytes = fields.size("input_bytes"),
      .order_dropped = fields.flag("order_dropped"),
      .matrix_bytes = fields.size("matrix_bytes"),
      .head_millibits = millibits(fields, "head_bits"),
      .embedding_millibits = millibits(fields, "embedding_bits"),
      .experts_only = fields.flag("experts_only"),
  };
}

std::span<const QualityFigure> read_quality(const Fields& fields) {
  std::vector<QualityFigure> figures;
  for (const auto& entry : fields.objects("quality")) {
    figures.push_back(
        {value_of(quality_metric_words, entry.text("metric"), QualityMetric::perplexity_increase),
         entry.number("value").value_or(0), entry.text("model")});
  }
  return fields.arena().keep(figures);
}

std::span<const CardRule> read_card_rules(const Fields& fields) {
  std::vector<CardRule> rules;
  for (const auto& entry : fields.objects("cards")) {
    rules.push_back({
        .vendor = entry.text("vendor"),
        .targets = entry.texts("targets"),
        .packaged_compute_capability = read_compute_capability(entry.text("packaged_from")),
        .native_compute_capability = read_compute_capability(entry.text("native_from")),
        .native_targets = entry.texts("native_targets"),
        .otherwise = entry.text("otherwise"),
    });
  }
  return fields.arena().keep(rules);
}

CardSupport read_card_support(const Fields& fields) {
  return {.vendors = fields.texts("vendors"),
          .min_compute_capability = read_compute_capability(fields.text("min_compute_capability")),
          .rules = read_card_rules(fields)};
}

std::span<const CacheSupport> read_cache_types(const Fields& fields) {
  std::vector<CacheSupport> types;
  for (const auto& entry : fields.objects("kv_types")) {
    types.push_back({.type = entry.text("type"), .cards = read_card_support(entry)});
  }
  return fields.arena().keep(types);
}

std::span<const ModelsNotRun> read_models_not_run(const Fields& fields) {
  std::vector<ModelsNotRun> models;
  for (const auto& entry : fields.objects("models_not_run")) {
    models.push_back({.models = entry.texts("models"), .because = entry.text("because")});
  }
  return fields.arena().keep(models);
}

}  // namespace

Format read_format(const Fields& fields) {
  return {
      .id = fields.text("id"),
      .name = fields.text("name"),
      .engine = value_of(engine_words, fields.text("engine"), Engine::params),
      .family = fields.text("family"),
      .type = tensor_type_from(fields.text("type")).value_or(TensorType::f16),
      .scheme =
          fields.has("scheme") ? std::optional(read_scheme(fields.object("scheme"))) : std::nullopt,
      .bytes_per_parameter = fields.number("bytes_per_parameter").value_or(0),
      .min_compute_capability = read_compute_capability(fields.text("min_compute_capability")),
      .vendors = fields.texts("vendors"),
      .cards = read_card_rules(fields),
      .summary = fields.text("summary"),
      .quality = read_quality(fields),
      .json = fields.arena().keep(one_line(fields.json())),
  };
}

EngineRecord read_engine(const Fields& fields) {
  const auto runtime = fields.object("runtime_mib");
  return {
      .engine = value_of(engine_words, fields.text("id"), Engine::params),
      .version = fields.text("version"),
      .vendors = fields.texts("vendors"),
      .min_compute_capability = read_compute_capability(fields.text("min_compute_capability")),
      .cards = read_card_rules(fields),
      .cache_types = read_cache_types(fields),
      .models_not_run = read_models_not_run(fields),
      .runs_on_host = fields.flag("runs_on_host"),
      .runtime_mib_low = runtime.number("low").value_or(0),
      .runtime_mib = runtime.number("value"),
      .runtime_mib_high = runtime.number("high").value_or(0),
      .runtime_basis = runtime.text("basis"),
      .utilization = fields.number("utilization").value_or(1),
      .speed = read_speed(fields),
      .json = fields.arena().keep(one_line(fields.json())),
  };
}

}  // namespace llmfit::catalog
