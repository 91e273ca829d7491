// SPDX-License-Identifier: MIT
#include "render/schemas.hpp"

namespace llmfit {

// Files of data/schema as text; the build writes these (cmake/embed.cmake).
namespace embedded {
extern const std::string_view report_schema;
extern const std::string_view error_schema;
extern const std::string_view verify_schema;
extern const std::string_view rank_schema;
extern const std::string_view checks_schema;
extern const std::string_view checks_report_schema;
extern const std::string_view doctor_schema;
}  // namespace embedded

namespace render {

std::string_view report_schema() { return embedded::report_schema; }

std::string_view error_schema() { return embedded::error_schema; }

std::string_view verify_schema() { return embedded::verify_schema; }

std::string_view rank_schema() { return embedded::rank_schema; }
std::string_view checks_schema() { return embedded::checks_schema; }

std::string_view checks_report_schema() { return embedded::checks_report_schema; }
std::string_view doctor_schema() { return embedded::doctor_schema; }

}  // namespace render
}  // namespace llmfit
