// SPDX-License-Identifier: MIT
#include <cstdio>
#include <string>
#include <string_view>

#include "catch.hpp"
#include "llmfit/build_model.hpp"
#include "llmfit/file_size.hpp"

using namespace llmfit;

namespace {

/// What ollama.com/library listed, and the format of the file behind it.
struct Row {
  std::string_view model;
  std::string_view format;
  std::string_view published;
  std::string_view converted_as;  ///< architecture of the file where it was not the usual one
};

constexpr Row rows[] = {
    {"llama3-8b", "q4_0", "4.7 GB", {}},
    {"llama3-70b", "q4_0", "40 GB", {}},
    // The first file of Phi-3 mini was converted as a llama, its attention in three matrices: that
    // makes q4_k_m smaller than in the phi3 architecture with its one fused matrix (2.4 GB).
    {"phi3-mini", "q4_k_m", "2.3 GB", "llama"},
    {"phi3-medium", "q4_0", "7.9 GB", {}},
};

std::string as_listed(Bytes bytes) {
  const auto gigabytes = static_cast<double>(bytes.count()) / 1e9;
  char text[32];
  std::snprintf(text, sizeof text, gigabytes < 10 ? "%.1f GB" : "%.0f GB", gigabytes);
  return text;
}

Bytes file_bytes(const Row& row) {
  const auto& catalog = Catalog::builtin();
  INFO(row.model);
  const auto* const found = catalog.find_model(row.model);
  REQUIRE(found != nullptr);
  auto record = *found;
  auto architecture = *record.architecture;
  if (!row.converted_as.empty()) architecture.gguf = row.converted_as;
  record.architecture = &architecture;
  const auto model = make_model(record).value();
  const auto& format = *catalog.find_format(Engine::llama_cpp, row.format);
  return file_size(model, weigh(model, format).value(), format)->total();
}

}  // namespace

TEST_CASE("the sizes that Ollama lists come out for the files behind them", "[published]") {
  for (const auto& row : rows) {
    const auto bytes = file_bytes(row);
    std::printf("  %-12s %-7s listed %-7s computed %.3f GB\n", std::string(row.model).c_str(),
                std::string(row.format).c_str(), std::string(row.published).c_str(),
                static_cast<double>(bytes.count()) / 1e9);
    CHECK(as_listed(bytes) == row.published);
  }
}
