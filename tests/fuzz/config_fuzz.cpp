// SPDX-License-Identifier: MIT
// The same of a config.json, an index and a file of ModelOpt's.
#include <cstddef>
#include <cstdint>

#include "support/judge_hf.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (!llmfit::test::judges_config(bytes)) __builtin_trap();
  return 0;
}
