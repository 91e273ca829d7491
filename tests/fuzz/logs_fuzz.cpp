// SPDX-License-Identifier: MIT
// Start-up logs from anybody: read or refused, and compared in bounded time.
#include <cstddef>
#include <cstdint>

#include "support/judge_log.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (!llmfit::test::judges_log(bytes)) __builtin_trap();
  return 0;
}
