// SPDX-License-Identifier: MIT
#include "catalog/records.hpp"
#include "catalog/words.hpp"

namespace llmfit::catalog {

Format read_format(const Fields& fields) {
  return {
      .id = fields.text("id"),
      .name = fields.text("name"),
      .engine = value_of(engine_words, fields.text("engine"), Engine::params),
      .family = fields.text("family"),
      .type = tensor_type_from(fields.text("type")).value_or(TensorType::f16),
      .bytes_per_parameter = fields.number("bytes_per_parameter").value_or(0),
      .min_compute_capability = read_compute_capability(fields.text("min_compute_capability")),
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
      .runtime_mib = runtime.number("value").value_or(0),
      .runtime_mib_high = runtime.number("high").value_or(0),
      .runtime_basis = runtime.text("basis"),
      .utilization = fields.number("utilization").value_or(1),
      .json = fields.arena().keep(one_line(fields.json())),
  };
}

}  // namespace llmfit::catalog
