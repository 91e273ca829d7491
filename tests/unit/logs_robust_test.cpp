// SPDX-License-Identifier: MIT
// Logs come from anybody, cut anywhere and mixed with anything.
#include <cstdint>
#include <random>
#include <string>

#include "catch.hpp"
#include "support/cli.hpp"
#include "support/logs.hpp"

using namespace llmfit;
using llmfit::test::read_log;
using llmfit::test::retyped_logs;

namespace {

/// Runs `verify` on a text; whatever it holds, the answer is 0, 1 or 2.
int verify_text(const std::string& text) {
  llmfit::test::FakeEnvironment environment;
  environment.files["start.log"] = text;
  const auto ran = llmfit::test::run_line("verify start.log", environment);
  CHECK(ran.out.empty() == (ran.code == 2));
  return ran.code;
}

}  // namespace

TEST_CASE("a log cut anywhere is read or refused, and nothing else", "[logs]") {
  std::mt19937 random(20260921);
  for (const auto& [name, text] : retyped_logs()) {
    INFO(name);
    for (int i = 0; i < 6; ++i) {
      const auto begin = random() % (text.size() + 1);
      const auto length = random() % (text.size() + 1 - begin);
      const auto code = verify_text(text.substr(begin, length));
      CHECK((code >= 0 && code <= 2));
    }
  }
}

TEST_CASE("a log with bytes changed anywhere is read or refused", "[logs]") {
  std::mt19937 random(7);
  for (const auto& [name, text] : retyped_logs()) {
    INFO(name);
    auto changed = text;
    for (std::size_t i = 0; i < text.size() / 40 + 1; ++i) {
      changed[random() % text.size()] = static_cast<char>(1 + random() % 255);
    }
    const auto code = verify_text(changed);
    CHECK((code >= 0 && code <= 2));
  }
}

TEST_CASE("how a log is cut into pieces does not matter", "[logs]") {
  for (const auto& [name, text] : retyped_logs()) {
    INFO(name);
    LogReader reader;
    for (std::size_t at = 0; at < text.size(); at += 7) reader.feed(text.substr(at, 7));
    const auto pieces = reader.finish(name);
    const auto whole = read_log(text);
    REQUIRE(pieces.has_value() == whole.has_value());
    if (whole) CHECK(pieces->readings.size() == whole->readings.size());
  }
}

TEST_CASE("a log in UTF-16, as Windows shells redirect it, is read", "[logs]") {
  std::string wide = "\xff\xfe";
  for (const char c : retyped_logs().at("logs/llama_merged_8b_cpu.log")) wide += {c, '\0'};
  const auto facts = read_log(wide);
  REQUIRE(facts.has_value());
  CHECK(facts->readings.size() == 5);
}

TEST_CASE("absurd figures are refused or judged, not computed with", "[logs]") {
  const std::string model =
      "print_info: general.name     = Llama 3 8B\nprint_info: file type   = Q4_0\n";
  for (const auto* line :
       {"load_tensors: CUDA0 model buffer size = 99999999999999999999999999999999.99 MiB",
        "load_tensors: CUDA0 model buffer size = 1.00 MiB\nllama_context: n_ctx = 99999999999999",
        "load_tensors: CUDA0 model buffer size = 1.00 MiB\nllama_context: n_ctx = -1",
        "load_tensors: CUDA0 model buffer size = 1.00 MiB\nload_tensors: offloaded 9999999999/33 "
        "layers to GPU",
        "load_tensors: CUDA0 model buffer size = 1.00 MiB\nload_tensors: offloaded 3/33 layers to "
        "GPU\nusing device CUDA0 (x) - 99999999999999999999 MiB free",
        "Initializing a V1 LLM engine (v0) with config: model='Llama-3-8B', dtype=torch.bfloat16, "
        "max_seq_len=0, tensor_parallel_size=0\nGPU KV cache size: 1 tokens",
        "Initializing a V1 LLM engine (v9) with config: model='Llama-3-8B', dtype=torch.bfloat16, "
        "tensor_parallel_size=2147483647, pipeline_parallel_size=2147483647\n"
        "Model loading took 1.0 GiB\nAvailable KV cache memory: 0.00 GiB"}) {
    INFO(line);
    const auto code = verify_text(model + line);
    CHECK((code >= 0 && code <= 2));
  }
}

TEST_CASE("a line longer than any and a log of many lines keep little", "[logs]") {
  LogReader reader;
  const std::string piece(1 << 20, 'x');
  for (int i = 0; i < 8; ++i) REQUIRE(reader.feed(piece));
  for (int i = 0; i < 20000; ++i) {
    reader.feed("\nload_tensors: CUDA0 model buffer size = 1.00 MiB");
  }
  const auto facts = reader.finish("start.log");
  REQUIRE(facts.has_value());
  CHECK(facts->readings.size() <= 4096);
}

TEST_CASE("what is no log is refused in one clear line", "[logs]") {
  struct Case {
    std::string text;
    const char* says;
  };
  const Case cases[] = {{"", "is empty"},
                        {std::string("\x7f"
                                     "ELF\0\0",
                                     6),
                         "is no text"},
                        {"hello\n", "is no start-up log"},
                        {"print_info: n_layer = 32\n", "says nothing about memory"}};
  for (const auto& one : cases) {
    const auto facts = read_log(one.text);
    REQUIRE_FALSE(facts.has_value());
    INFO(facts.error().message);
    CHECK(facts.error().code == ErrorCode::invalid_file);
    CHECK(facts.error().message.find(one.says) != std::string::npos);
    CHECK_FALSE(facts.error().hint.empty());
  }
}
