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

/// JSON Schema (draft 2020-12) of `llmfit.doctor/1`.
std::string_view doctor_schema();

}  // namespace llmfit::render
