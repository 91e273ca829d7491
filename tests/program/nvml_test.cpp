// SPDX-License-Identifier: MIT
// The program with a library in the place of NVIDIA's: read as the real one, and no harm where it
// crashes. The layout of its structures is that of nvml.h.
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <string>

#include "catch.hpp"

namespace {

struct Ended {
  int code = -1;
  std::string output;
};

Ended with_library(const std::string& mode, const std::string& arguments) {
  const auto command = "FAKE_NVML=" + mode + " LD_LIBRARY_PATH=" LLMFIT_FAKE_NVML " " +
                       LLMFIT_PROGRAM + " " + arguments + " 2>&1";
  Ended ended;
  std::FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> buffer{};
  while (const auto count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    ended.output.append(buffer.data(), count);
  }
  const int status = pclose(pipe);
  ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ended;
}

}  // namespace

TEST_CASE("NVML is read through dlopen, slices and all", "[process]") {
  const auto doctor = with_library("two", "doctor");
  INFO(doctor.output);
  CHECK(doctor.code == 0);
  for (const auto* part : {"driver 550.90.07, 2 devices", "NVIDIA GeForce RTX 3090 (rtx-3090)",
                           "MIG 3g.20gb (a100-40gb-mig-3g.20gb)"}) {
    INFO(part);
    CHECK(doctor.output.find(part) != std::string::npos);
  }
  CHECK(with_library("two", "check llama2-13b --quant q4 --gpu local").code == 0);
}

TEST_CASE("an NVML without the newer functions is read too", "[process]") {
  const auto doctor = with_library("old", "doctor");
  INFO(doctor.output);
  CHECK(doctor.code == 0);
  CHECK(doctor.output.find("22.69 GiB free") != std::string::npos);
}

TEST_CASE("an NVML that fails or crashes is told of, and llmfit goes on", "[process]") {
  const std::array<std::array<const char*, 2>, 2> cases{
      {{"mismatch", "different versions"}, {"crash", "it crashed"}}};
  for (const auto& [mode, words] : cases) {
    const auto doctor = with_library(mode, "doctor");
    INFO(mode << "\n" << doctor.output);
    CHECK(doctor.code == 0);
    CHECK(doctor.output.find(words) != std::string::npos);
    CHECK(with_library(mode, "phi3-mini --quant q4 --gpu local").code == 0);
  }
}
