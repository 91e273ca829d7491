// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "llmfit/catalog.hpp"
#include "render/report.hpp"

namespace llmfit::cli {

/// Pages of `llmfit help TOPIC`.
render::Report exit_codes_topic();
render::Report units_topic();
render::Report formats_topic(const Catalog& catalog);  ///< families and the engines' own ids
render::Report formulas_topic();

}  // namespace llmfit::cli
