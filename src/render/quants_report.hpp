// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <string>

#include "llmfit/catalog.hpp"
#include "llmfit/sizing.hpp"
#include "render/report.hpp"

namespace llmfit::render {

/// A format, and what the model that was asked about weighs in it.
struct QuantRow {
  const Format* format = nullptr;  ///< never null
  std::optional<Weights> weights;  ///< absent: no model, or the engine does not run it
};

/// The listing of `llmfit quants`; `model` is null where none was named.
Report quants_report(std::span<const QuantRow> rows, const Catalog& catalog, const Model* model);

/// The same as JSON: every fact of each record, and the model's figures beside them.
std::string quants_json(std::span<const QuantRow> rows, const Model* model);

}  // namespace llmfit::render
