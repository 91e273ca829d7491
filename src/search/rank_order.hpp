// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "llmfit/rank.hpp"

namespace llmfit::search {

/// Puts the rows in the order that `rank` documents, and cuts them to the limit.
void order_models(std::vector<RankedModel>& rows, const RankRequest& request);

}  // namespace llmfit::search
