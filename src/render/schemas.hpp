// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace llmfit::render {

/// JSON Schema (draft 2020-12) of `llmfit.report/1`, main job and `check`.
std::string_view report_schema();

/// JSON Schema (draft 2020-12) of `llmfit.error/1`.
std::string_view error_schema();

/// JSON Schema (draft 2020-12) of `llmfit.verify/1`.
std::string_view verify_schema();

/// JSON Schema (draft 2020-12) of `llmfit.rank/1`.
std::string_view rank_schema();
/// JSON Schema (draft 2020-12) of `llmfit.checks/1`: the file that `check --file` reads.
std::string_view checks_schema();

/// JSON Schema (draft 2020-12) of `llmfit.checks-report/1`: what `check --file --json` prints.
std::string_view checks_report_schema();
/// JSON Schema (draft 2020-12) of `llmfit.doctor/1`.
std::string_view doctor_schema();

}  // namespace llmfit::render
