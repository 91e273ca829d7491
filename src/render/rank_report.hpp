// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "llmfit/rank.hpp"
#include "render/report.hpp"

namespace llmfit::render {

/// What was asked and what came out.
struct RankView {
  const Catalog& catalog;
  const RankRequest& request;
  const RankResult& result;
  std::string_view version;  ///< of llmfit
};

Report rank_report(const RankView& view);

/// `llmfit.rank/1`.
std::string rank_json(const RankView& view);

}  // namespace llmfit::render
