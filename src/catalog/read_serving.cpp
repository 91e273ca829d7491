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
  return fields.arena().keep(std::move(figures));
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
