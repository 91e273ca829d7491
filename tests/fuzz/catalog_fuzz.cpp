// SPDX-License-Identifier: MIT
// A catalog file may come from anybody: whatever it holds, it is judged without a crash.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "llmfit/catalog.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto& builtin = llmfit::Catalog::builtin();
  const bool valid = llmfit::validate_catalog(builtin, text).empty();
  const llmfit::Catalog::OverlayText overlay{"fuzz.json", std::string(text)};
  const auto merged = llmfit::Catalog::with_overlays(builtin, {&overlay, 1});
  // A file is valid exactly when it can be laid over the catalog.
  if (valid != merged.has_value()) __builtin_trap();
  return 0;
}
