// SPDX-License-Identifier: MIT
// A safetensors file may come from anybody: whatever it holds, it is read or refused without a
// crash, and so is the model that comes of it.
#include <cstddef>
#include <cstdint>

#include "support/judge_hf.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (!llmfit::test::judges_safetensors(bytes)) __builtin_trap();
  return 0;
}
