// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "llmfit/catalog.hpp"

namespace llmfit::cli {

/// Names of a kind (models, gpus, offers, quants, providers) that go on from `prefix`, one a line,
/// sorted. In a list with commas the last part is completed.
std::string candidates(std::string_view kind, std::string_view prefix, const Catalog& catalog);

}  // namespace llmfit::cli
