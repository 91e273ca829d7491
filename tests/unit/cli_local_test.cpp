// SPDX-License-Identifier: MIT
#include "cli/local.hpp"
#include "nlohmann/json.hpp"
#include "support/cli.hpp"

using namespace llmfit;
using namespace llmfit::test;
using Json = nlohmann::json;

namespace {

Ran on_machine(const std::string& name, std::string_view line) {
  FakeEnvironment environment;
  environment.machine = recorded_machine(name);
  return run_line(line, environment);
}

Json json_on(const std::string& name, const std::string& line) {
  const auto ran = on_machine(name, line + " --json");
  INFO(ran.error);
  REQUIRE_FALSE(ran.out.empty());
  return Json::parse(ran.out);
}

const Json& configurations(const Json& report) {
  return report["quantizations"][0]["configurations"];
}

}  // namespace

TEST_CASE("--gpu local counts what is free, and says both", "[cli]") {
  const auto report = json_on("nvidia-single", "llama3-8b --quant q4 --gpu local");
  REQUIRE(configurations(report).size() == 1);
  const auto& one = configurations(report)[0];
  CHECK(one["gpu"] == "rtx-3090");
  // 24,576 MiB less what CUDA keeps, less 15,005 MiB that others hold.
  const auto usable = one["devices"][0]["usable_bytes"].get<std::int64_t>();
  CHECK(usable < (24576 - 15005) * std::int64_t{1048576});
  CHECK(usable > (24576 - 15005 - 600) * std::int64_t{1048576});
  CHECK(one["cost"]["usd_per_hour"].is_null());
  bool told = false;
  for (const auto& note : report["notes"]) told = told || note["code"] == "local_free";
  CHECK(told);
}

TEST_CASE("equal cards are tried in growing sets, unequal ones also together", "[cli]") {
  const auto eight = json_on("nvidia-eight", "llama3-70b --quant fp16 --gpu local");
  REQUIRE(configurations(eight).size() == 1);
  CHECK(configurations(eight)[0]["gpu_count"] == 2);
  const auto all = json_on("nvidia-eight", "llama3-70b --quant fp16 --gpu local --all");
  CHECK(configurations(all).size() == 8);
  const auto exact = json_on("nvidia-eight", "llama3-70b --quant fp16 --gpu localx4");
  REQUIRE(configurations(exact).size() == 1);
  CHECK(configurations(exact)[0]["gpu_count"] == 4);
  const auto mixed = json_on("nvidia-mixed", "llama3-8b --quant q4 --gpu local --all");
  CHECK(configurations(mixed).size() == 3);
}

TEST_CASE("check on this machine answers for the best set of its cards", "[cli]") {
  struct Case {
    const char* machine;
    const char* line;
    int code;
  };
  const std::vector<Case> cases{
      {"nvidia-mixed", "check llama2-13b --quant q4 --gpu local", 0},
      {"nvidia-mixed", "check llama3-70b --quant q4 --gpu local", 1},
      {"nvidia-eight", "check llama3.1-405b --quant fp8 --engine vllm --gpu local", 0},
      {"nvidia-single", "check llama2-13b --quant q4 --gpu local", 1},  // a desktop is in the way
      {"nvidia-mig", "check llama2-13b --quant q4 --gpu local", 0},
      {"no-card", "check llama2-13b --quant q4 --gpu local", 0},
      {"container-v2", "check llama2-13b --quant q4 --gpu local", 1},
      {"broken-driver", "check phi3-mini --quant q4 --gpu local", 0},
      {"dgx-spark", "check llama3-70b --quant q8 --gpu local", 0},
      {"no-card", "check llama3-8b --quant awq --engine vllm --gpu local", 1},
      {"nvidia-eight", "check llama2-13b --quant q9 --gpu local", 2},
  };
  for (const auto& one : cases) {
    INFO(one.machine << ": " << one.line);
    const auto ran = on_machine(one.machine, one.line);
    INFO(ran.out << ran.error);
    CHECK(ran.code == one.code);
    if (one.code == 2) continue;
    CHECK(configurations(json_on(one.machine, one.line)).size() <= 1);
  }
}

TEST_CASE("slices of a card are never joined", "[cli]") {
  const auto report = json_on("nvidia-mig", "llama3-70b --quant q4 --gpu local --all");
  for (const auto& one : configurations(report)) CHECK(one["gpu_count"] == 1);
}

TEST_CASE("vLLM's share is of the whole card, and not of what others leave", "[cli]") {
  const auto report = json_on("nvidia-single", "llama3-8b --quant awq --engine vllm --gpu local");
  CHECK(configurations(report)[0]["fits"] == false);
  bool told = false;
  for (const auto& note : report["notes"]) told = told || note["code"] == "share_not_free";
  CHECK(told);
  const auto lower = json_on("nvidia-single",
                             "llama3.2-1b --quant fp16 --engine vllm --gpu local --set "
                             "gpu-memory-utilization=0.35");
  CHECK(configurations(lower)[0]["fits"] == true);
}

TEST_CASE("what --gpu local cannot do is a clear error", "[cli]") {
  for (const auto* line :
       {"llama3-8b --gpu local,t4", "llama3-8b --gpu local --gpu t4", "llama3-8b --gpu localx9",
        "llama3-8b --gpu localx0", "llama3-8b --gpu t4,localx2"}) {
    INFO(line);
    const auto ran = on_machine("nvidia-single", line);
    CHECK(ran.code == 2);
    CHECK(contains(ran.error, "local"));
    CHECK(contains(ran.error, "hint:"));
  }
}

TEST_CASE("--usable and --reserve change what a device has", "[cli]") {
  const auto usable = [](const std::string& options) {
    const auto report = json_on("no-card", "phi3-mini --quant q4 --gpu rtx-3090x1" + options);
    return configurations(report)[0]["devices"][0]["usable_bytes"].get<std::int64_t>();
  };
  const auto whole = usable("");
  CHECK(usable(" --usable 0.5") == whole / 2);
  CHECK(usable(" --usable 1") == whole);
  CHECK(usable(" --usable 20GiB") == 20 * (std::int64_t{1} << 30));
  CHECK(usable(" --usable 20") == 20 * (std::int64_t{1} << 30));
  CHECK(usable(" --usable 512MiB") == 512 * (std::int64_t{1} << 20));
  CHECK(usable(" --usable 99GiB") == whole);  // more than the card has
  CHECK(usable(" --reserve 2") == whole - 2 * (std::int64_t{1} << 30));
  CHECK(usable(" --usable 20GiB --reserve 2") == 18 * (std::int64_t{1} << 30));
  CHECK(usable(" --reserve 99") == 0);
  const auto basis = json_on("no-card", "phi3-mini --quant q4 --gpu rtx-3090x1 --usable 0.5");
  CHECK(configurations(basis)[0]["usable_basis"] == "given");
}

TEST_CASE("--usable goes above the default where CPU and GPU share memory", "[cli]") {
  const auto usable = [](const std::string& options) {
    const auto report =
        json_on("no-card", "phi3-mini --quant q4 --gpu apple-m2-max-32gbx1" + options);
    return configurations(report)[0]["devices"][0]["usable_bytes"].get<std::int64_t>();
  };
  CHECK(usable(" --usable 0.9") > usable(""));
  CHECK(usable(" --usable 28GiB") == 28 * (std::int64_t{1} << 30));
  CHECK(usable(" --usable 64GiB") == 32 * (std::int64_t{1} << 30));
}

TEST_CASE("values of --usable and --reserve that make no sense are refused", "[cli]") {
  for (const auto* value : {"--usable 0", "--usable -1", "--usable nan", "--usable inf",
                            "--usable 1e300GiB", "--usable x", "--usable 0.9x", "--usable GiB",
                            "--reserve -1", "--reserve x", "--reserve 1e300", "--reserve nanGiB"}) {
    INFO(value);
    const auto ran = run_line(std::string("llama3-8b --quant q4 --gpu t4 ") + value);
    CHECK(ran.code == 2);
    CHECK(contains(ran.error, "is no value of"));
  }
}

TEST_CASE("doctor in JSON tells the hardware and every probe", "[cli]") {
  const auto ran = on_machine("nvidia-mixed", "doctor --json");
  CHECK(ran.code == 0);
  const auto report = Json::parse(ran.out);
  CHECK(report["schema"] == "llmfit.doctor/1");
  CHECK(report["hardware"]["cards"].size() == 2);
  CHECK(report["hardware"]["cards"][1]["gpu"] == "rtx-3060-12gb");
  bool nvml = false;
  for (const auto& probe : report["hardware"]["probes"]) {
    nvml = nvml || (probe["source"] == "NVML" && probe["state"] == "found");
  }
  CHECK(nvml);
  CHECK(contains(run_line("schema doctor").out, "llmfit.doctor/1"));
}

TEST_CASE("exactly N cards of this machine are always a set, or an error", "[cli]") {
  const auto one = json_on("nvidia-mixed", "phi3-mini --quant q4 --gpu localx1 --all");
  CHECK(configurations(one).size() == 2);
  const auto two = json_on("nvidia-mixed", "phi3-mini --quant q4 --gpu localx2");
  CHECK(configurations(two).size() == 1);
  CHECK(configurations(two)[0]["gpu_count"] == 2);
  const auto slices = on_machine("nvidia-mig", "phi3-mini --quant q4 --gpu localx2");
  CHECK(slices.code == 2);
  CHECK(contains(slices.error, "do not work together"));
}
