# Files of the repository as text inside the library: LLMFIT_EMBEDDED_SOURCES.
set(LLMFIT_EMBEDDED_SOURCES)

# Makes `llmfit::embedded::SYMBOL`, a std::string_view of the file's text. The file is read when CMake
# runs, and CMake runs again when the file changes.
function(llmfit_embed symbol file)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
  file(READ "${file}" text)
  set(source "${PROJECT_BINARY_DIR}/embedded/${symbol}.cpp")
  file(CONFIGURE OUTPUT "${source}" @ONLY CONTENT
"// Made by cmake/embed.cmake from data/schema; edits are lost.
#include <string_view>

namespace llmfit::embedded {
extern const std::string_view @symbol@;
const std::string_view @symbol@ = R\"llmfit(@text@)llmfit\";
}  // namespace llmfit::embedded
")
  set(LLMFIT_EMBEDDED_SOURCES ${LLMFIT_EMBEDDED_SOURCES} "${source}" PARENT_SCOPE)
endfunction()

llmfit_embed(report_schema "${PROJECT_SOURCE_DIR}/data/schema/report.schema.json")
llmfit_embed(error_schema "${PROJECT_SOURCE_DIR}/data/schema/error.schema.json")
llmfit_embed(verify_schema "${PROJECT_SOURCE_DIR}/data/schema/verify.schema.json")
llmfit_embed(rank_schema "${PROJECT_SOURCE_DIR}/data/schema/rank.schema.json")
llmfit_embed(checks_schema "${PROJECT_SOURCE_DIR}/data/schema/checks.schema.json")
llmfit_embed(checks_report_schema "${PROJECT_SOURCE_DIR}/data/schema/checks-report.schema.json")
llmfit_embed(doctor_schema "${PROJECT_SOURCE_DIR}/data/schema/doctor.schema.json")
