// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "render/check_summary.hpp"
#include "render/report.hpp"

namespace llmfit::render {

/// The checks of one run, in their order.
struct ChecksView {
  std::span<const CheckSummary> checks;
  std::string_view file;     ///< where they stand; empty: on the command line
  std::string_view version;  ///< of llmfit
};

/// One row a check, and why the others are a no.
Report checks_report(const ChecksView& view);

/// The same as one table with whole bytes, for CSV.
Report checks_flat_report(const ChecksView& view);

/// `llmfit.checks-report/1`.
std::string checks_json(const ChecksView& view);

/// Workflow commands of GitHub Actions, one a line: an error for each no, a notice for each yes,
/// and its warnings.
std::string checks_github(const ChecksView& view);

/// A JUnit document with one test case a check.
std::string checks_junit(const ChecksView& view);

}  // namespace llmfit::render
