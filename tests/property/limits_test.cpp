// SPDX-License-Identifier: MIT
#include "nlohmann/json.hpp"
#include "support/cli.hpp"

using namespace llmfit::test;
using Json = nlohmann::json;

namespace {

Json first_configuration(const FakeEnvironment& environment, const std::string& line) {
  const auto ran = run_line(line + " --json", environment);
  INFO(line << "\n" << ran.error);
  REQUIRE_FALSE(ran.out.empty());
  return Json::parse(ran.out)["quantizations"][0]["configurations"][0];
}

}  // namespace

TEST_CASE("less to use never fits more", "[property]") {
  const std::vector<std::string> questions{
      "llama2-13b --quant q4 --gpu t4x1", "llama3-8b --engine vllm --quant awq --gpu l4x1",
      "llama3-8b --quant q8 --gpu apple-m2-max-32gbx1", "mixtral-8x7b --quant q4 --gpu rtx-3090x2"};
  for (const auto& question : questions) {
    INFO(question);
    bool fitted = true;
    std::int64_t before = std::numeric_limits<std::int64_t>::max();
    for (const auto* reserve : {"0", "1", "2", "4", "8", "16", "64"}) {
      const auto one = first_configuration({}, question + " --reserve " + reserve);
      const bool fits = one["fits"];
      CHECK((fitted || !fits));
      const auto usable = one["devices"][0]["usable_bytes"].get<std::int64_t>();
      CHECK(usable <= before);
      fitted = fits;
      before = usable;
    }
    std::int64_t context = 0;
    for (const auto* share : {"0.2", "0.4", "0.6", "0.8", "1"}) {
      const auto one = first_configuration({}, question + " --usable " + share);
      const auto longest =
          one["max_context"].is_null() ? 0 : one["max_context"].get<std::int64_t>();
      CHECK(longest >= context);
      context = longest;
    }
  }
}

TEST_CASE("a machine with one idle card answers as that card does", "[property]") {
  FakeEnvironment environment;
  environment.machine.answers[llmfit::Inquiry::nvml] =
      "init=0\ndriver=550\ncount=1\n0.name=NVIDIA GeForce RTX 3090\n0.total=25769803776\n"
      "0.reserved=332398592\n0.used=0\n0.free=25437405184\n0.capability=8.6\n";
  for (const auto* model : {"llama2-13b --quant q4", "llama3-70b --quant q4",
                            "llama3-8b --quant q8", "llama3-8b --engine vllm --quant fp16"}) {
    INFO(model);
    const auto local = first_configuration(environment, std::string(model) + " --gpu local");
    const auto named = first_configuration({}, std::string(model) + " --gpu rtx-3090x1");
    for (const auto* key : {"gpu", "fits", "reason", "max_context", "max_sequences", "devices"}) {
      INFO(key);
      CHECK(local[key] == named[key]);
    }
  }
}
