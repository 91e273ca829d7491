// SPDX-License-Identifier: MIT
// What drivers, tools and the kernel say of a machine: taken or told of, never believed blindly.
#include <cstddef>
#include <cstdint>

#ifndef LLMFIT_SOURCE_DIR
#define LLMFIT_SOURCE_DIR "."
#endif
#include "support/judge_machine.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (!llmfit::test::judges_machine(llmfit::test::machine_of(bytes))) __builtin_trap();
  return 0;
}
