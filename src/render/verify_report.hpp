// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "llmfit/verify.hpp"
#include "render/report.hpp"

namespace llmfit::render {

/// A log that was verified, and what it was compared with.
struct VerifyView {
  std::string_view file;
  const VerifyQuestion& question;
  const Verification& result;
  std::string_view version;  ///< of llmfit
};

/// For people: MiB, with every place the log has.
Report verify_report(const VerifyView& view);
/// For CSV: the same rows in whole bytes.
Report verify_flat_report(const VerifyView& view);
/// The document `llmfit.verify/1`.
std::string verify_json(const VerifyView& view);

/// Prediction less measurement in per cent of the measurement; absent where one is missing.
std::optional<double> difference_percent(const Comparison& row);

}  // namespace llmfit::render
