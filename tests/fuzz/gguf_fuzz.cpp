// SPDX-License-Identifier: MIT
// A GGUF file may come from anybody: whatever it holds, it is read or refused without a crash, and
// so is the model that comes of it. The data after the header are a hole, or missing.
#include <cstddef>
#include <cstdint>

#include "support/judge_model.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  constexpr std::uint64_t hole = std::uint64_t{1} << 50;
  if (!llmfit::test::judges_soundly("fuzz.gguf", bytes, hole)) __builtin_trap();
  if (!llmfit::test::judges_soundly("fuzz.gguf", bytes, 0)) __builtin_trap();
  return 0;
}
