// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>

#include "catalog/json_text.hpp"

namespace llmfit::catalog {

/// One self-contained schema: the document called `main`, with every one that it leads to under
/// `$defs` and all references turned to point there. Documents are keyed by file name
/// ("model.schema.json").
Json bundle_schemas(const std::map<std::string, Json>& documents, const std::string& main);

}  // namespace llmfit::catalog
