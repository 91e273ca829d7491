# The catalog: llmfit_generate checks data/ and writes it as constexpr tables for the library to
# compile (LLMFIT_GENERATED_SOURCES). llmfit_early holds what both the generator and the library
# need, so that it is compiled once; LLMFIT_EARLY_SOURCES are its files.

file(GLOB LLMFIT_EARLY_SOURCES CONFIGURE_DEPENDS
     ${PROJECT_SOURCE_DIR}/src/base/*.cpp ${PROJECT_SOURCE_DIR}/src/catalog/*.cpp
     ${PROJECT_SOURCE_DIR}/src/model/*.cpp)
list(APPEND LLMFIT_EARLY_SOURCES ${PROJECT_SOURCE_DIR}/src/sizing/tensor_types.cpp)
# These two need the tables, which do not exist yet; the generator's own files are in no library.
list(FILTER LLMFIT_EARLY_SOURCES EXCLUDE
     REGEX "/src/catalog/(builtin|overlay|generate[^/]*)\\.cpp$")

add_library(llmfit_early OBJECT ${LLMFIT_EARLY_SOURCES})
set_target_properties(llmfit_early PROPERTIES POSITION_INDEPENDENT_CODE ON)
target_include_directories(llmfit_early PUBLIC ${PROJECT_SOURCE_DIR}/include
                                               ${PROJECT_SOURCE_DIR}/src)
target_link_libraries(llmfit_early PUBLIC tl::expected nlohmann_json::nlohmann_json
                                   PRIVATE llmfit_options)

file(GLOB LLMFIT_GENERATOR_SOURCES CONFIGURE_DEPENDS
     ${PROJECT_SOURCE_DIR}/src/catalog/generate*.cpp)
add_executable(llmfit_generate ${LLMFIT_GENERATOR_SOURCES} $<TARGET_OBJECTS:llmfit_early>)
target_include_directories(llmfit_generate PRIVATE ${PROJECT_SOURCE_DIR}/include
                                                   ${PROJECT_SOURCE_DIR}/src)
target_link_libraries(llmfit_generate PRIVATE tl::expected nlohmann_json::nlohmann_json
                                              llmfit_options)

set(LLMFIT_DATA_DIR ${PROJECT_SOURCE_DIR}/data)
file(GLOB_RECURSE LLMFIT_DATA_FILES CONFIGURE_DEPENDS ${LLMFIT_DATA_DIR}/*.json)
set(LLMFIT_GENERATED_DIR ${CMAKE_CURRENT_BINARY_DIR}/generated)
file(MAKE_DIRECTORY ${LLMFIT_GENERATED_DIR})
set(LLMFIT_GENERATED_SOURCES)
foreach(table models gpus offers formats economics schema)
  list(APPEND LLMFIT_GENERATED_SOURCES ${LLMFIT_GENERATED_DIR}/${table}.gen.cpp)
endforeach()

add_custom_command(
  OUTPUT ${LLMFIT_GENERATED_SOURCES}
  COMMAND llmfit_generate ${LLMFIT_DATA_DIR} ${LLMFIT_GENERATED_DIR}
  DEPENDS llmfit_generate ${LLMFIT_DATA_FILES}
  COMMENT "Checking data/ and writing the catalog's tables"
  VERBATIM)

if(BUILD_TESTING)
  add_test(NAME generator_refuses_broken_data
    COMMAND ${CMAKE_COMMAND} -DGENERATOR=$<TARGET_FILE:llmfit_generate> -DDATA=${LLMFIT_DATA_DIR}
            -DWORK=${CMAKE_CURRENT_BINARY_DIR}/generator_check
            -P ${PROJECT_SOURCE_DIR}/cmake/check_generator.cmake)
  set_tests_properties(generator_refuses_broken_data PROPERTIES LABELS unit)
endif()
