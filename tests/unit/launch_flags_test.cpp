// SPDX-License-Identifier: MIT
// What was assumed is what is printed, under flags that the engines have.
#include <set>

#include "llmfit/launch.hpp"
#include "support/engine_flags.hpp"
#include "support/launch.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Row {
  std::string line;
  Pairs flags;
  std::vector<std::string> absent;
};

const std::string absent_value = "(none)";

bool known(std::string_view list, std::string_view flag) {
  const auto name = " " + std::string(flag.substr(2)) + " ";
  return list.find(name) != std::string_view::npos;
}

}  // namespace

TEST_CASE("llama-server is told what the estimate rests on", "[launch]") {
  const auto row = GENERATE(
      Row{"llama2-13b --quant q4 --gpu rtx-3090x1",
          {{"--model", "Llama-2-13b-Q4_K_M.gguf"},
           {"--ctx-size", "4096"},
           {"--parallel", "1"},
           {"--cache-type-k", "f16"},
           {"--cache-type-v", "f16"},
           {"--flash-attn", "auto"},
           {"--batch-size", "2048"},
           {"--ubatch-size", "512"},
           {"--n-gpu-layers", "all"},
           {"--fit", "off"}},
          {"--kv-unified", "--split-mode", "--device", "--load-mode", "--n-cpu-moe"}},
      Row{"llama3-8b --quant q8_0 --gpu rtx-3090x2 --context 8k --sequences 4 --kv-type q8_0/f16",
          {{"--ctx-size", "32768"},
           {"--parallel", "4"},
           {"--cache-type-k", "q8_0"},
           {"--cache-type-v", "f16"},
           {"--split-mode", "layer"}},
          {}},
      Row{"llama3-8b --quant q4 --gpu rtx-3090x1 --set ubatch-size=256 --set batch-size=1024 "
          "--set flash-attn=on --set threads=8 --set mlock=on",
          {{"--ubatch-size", "256"},
           {"--batch-size", "1024"},
           {"--flash-attn", "on"},
           {"--threads", "8"},
           {"--load-mode", "mlock"}},
          {}},
      Row{"llama3-8b --quant q4 --gpu cpu",
          {{"--device", "none"}, {"--n-gpu-layers", "0"}},
          {"--split-mode"}},
      Row{"llama3-8b --quant q4 --gpu rtx-3090x1 --draft llama3.2-1b --lora 16x2",
          {{"--model-draft", "Llama-3.2-1B-Q4_K_M.gguf"},
           {"--spec-type", "draft-simple"},
           {"--n-gpu-layers-draft", "all"},
           {"--lora", "adapter-1.gguf,adapter-2.gguf"}},
          {}},
      Row{"gemma3-12b --quant q4 --gpu rtx-3090x1 --projector f16",
          {{"--mmproj", "mmproj-gemma-3-12b-it-F16.gguf"}},
          {}},
      Row{"bartowski/Meta-Llama-3.1-8B-Instruct-GGUF --quant q5_k_m --gpu rtx-3090x1",
          {{"--hf-repo", "bartowski/Meta-Llama-3.1-8B-Instruct-GGUF:Q5_K_M"}},
          {"--model"}});
  const auto words = shell_words(launched(row.line + " --launch llama-server"));
  INFO(row.line);
  REQUIRE(words.front() == "llama-server");
  for (const auto& [flag, value] : row.flags) {
    INFO(flag);
    CHECK(value_of(words, flag) == value);
  }
  for (const auto& flag : row.absent) {
    INFO(flag);
    CHECK(value_of(words, flag) == absent_value);
  }
  CHECK((has_flag(words, "--kv-unified") != has_flag(words, "--no-kv-unified")));
}

TEST_CASE("vllm serve is told what the estimate rests on", "[launch]") {
  const auto row = GENERATE(
      Row{"llama3.1-8b --engine vllm --quant bf16 --gpu l40sx1 --context 16k",
          {{"serve", "meta-llama/Llama-3.1-8B"},
           {"--dtype", "bfloat16"},
           {"--max-model-len", "16384"},
           {"--max-num-seqs", "256"},
           {"--max-num-batched-tokens", "2048"}},
          {"--quantization", "--tensor-parallel-size", "--kv-cache-dtype"}},
      Row{"llama3.1-8b --engine vllm --quant fp8 --gpu h100-sxmx1 --kv-type fp8",
          {{"--quantization", "fp8"},
           {"--kv-cache-dtype", "fp8"},
           {"--max-num-seqs", "1024"},
           {"--max-num-batched-tokens", "8192"}},
          {"--dtype"}},
      Row{"llama3-70b --engine vllm --quant awq --gpu a100-40gb-sxmx2",
          {{"serve", "./Meta-Llama-3-70B-awq"}, {"--tensor-parallel-size", "2"}},
          {"--quantization", "--dtype"}},
      Row{"deepseek-v3 --engine vllm --quant fp8_block --gpu h200-sxmx8",
          {{"serve", "deepseek-ai/DeepSeek-V3"}, {"--tensor-parallel-size", "8"}},
          {"--quantization"}},
      Row{"llama3.1-8b --engine vllm --quant bf16 --gpu l40sx1 --set gpu-memory-utilization=0.8 "
          "--set max-num-seqs=16 --set enforce-eager=on --set block-size=32 "
          "--set enable-prefix-caching=off --lora 20x4",
          {{"--gpu-memory-utilization", "0.8"},
           {"--max-num-seqs", "16"},
           {"--block-size", "32"},
           {"--max-loras", "4"},
           {"--max-lora-rank", "32"}},
          {}});
  const auto words = shell_words(launched(row.line + " --launch vllm"));
  INFO(row.line);
  REQUIRE(words.front() == "vllm");
  for (const auto& [flag, value] : row.flags) {
    INFO(flag);
    CHECK(value_of(words, flag) == value);
  }
  for (const auto& flag : row.absent) {
    INFO(flag);
    CHECK(value_of(words, flag) == absent_value);
  }
}

TEST_CASE("switches of vLLM are printed as switches", "[launch]") {
  const auto words = shell_words(
      launched("llama3.1-8b --engine vllm --quant bf16 --gpu l40sx1 --set enforce-eager=on "
               "--set no-enable-prefix-caching=on --set async-scheduling=on --launch vllm"));
  for (const auto* flag : {"--enforce-eager", "--no-enable-prefix-caching", "--async-scheduling"}) {
    INFO(flag);
    CHECK(has_flag(words, flag));
  }
}

TEST_CASE("every flag that is printed is one of the engine's own parser", "[launch]") {
  struct Printed {
    std::string line;
    std::string_view known;
    std::string_view also;
  };
  const auto row = GENERATE(
      Printed{"llama3-8b --quant q4 --gpu rtx-3090x2 --draft llama3.2-1b --lora 16 --launch "
              "llama-server",
              llama_server_flags,
              {}},
      Printed{"gemma3-12b --quant q4 --gpu cpu --projector f16 --set kv-unified=on --set "
              "swa-full=on --set threads=4 --set cont-batching=off --launch llama-server",
              llama_server_flags,
              {}},
      Printed{"bge-m3 --quant f16 --gpu t4x1 --launch llama-server", llama_server_flags, {}},
      Printed{"llama3.1-405b --quant q4 --gpu h100-sxmx16 --max-gpus 16 --launch llama-server",
              llama_server_flags, llama_server_build_flags},
      Printed{"llama3-8b --engine vllm --quant fp8 --gpu l40sx2 --lora 16 --kv-type fp8 --draft "
              "llama3.2-1b --set enforce-eager=on --set block-size=16 --set "
              "enable-chunked-prefill=on --set disable-hybrid-kv-cache-manager=on --launch vllm",
              vllm_flags,
              {}},
      Printed{"llama3.1-405b --engine vllm --quant bf16 --gpu h100-sxmx16 --max-gpus 16 --launch "
              "ray",
              vllm_flags, " head port address block "},
      Printed{"llama3.1-8b --engine mlx --quant mlx_4bit --gpu apple-m2-ultra-192gbx1 --launch "
              "mlx",
              mlx_flags,
              {}});
  const auto text = launched(row.line);
  INFO(text);
  std::size_t flags = 0;
  for (const auto& word : shell_words(text)) {
    if (word.rfind("--", 0) != 0) continue;
    const auto flag = word.substr(0, word.find('='));
    INFO(flag);
    CHECK((known(row.known, flag) || known(row.also, flag)));
    ++flags;
  }
  CHECK(flags >= 1);
}

TEST_CASE("auto takes what suits the engine and the machines", "[launch]") {
  struct Usual {
    std::string line;
    std::string word;
  };
  const auto row = GENERATE(
      Usual{"llama3-8b --quant q4 --gpu rtx-3090x1", "llama-server"},
      Usual{"llama3-8b --engine ollama --quant q4_0 --gpu rtx-3090x1", "ollama"},
      Usual{"llama3-8b --engine vllm --quant bf16 --gpu l40sx1", "vllm"},
      Usual{"llama3.1-405b --engine vllm --quant bf16 --gpu h100-sxmx16 --max-gpus 16", "ray"},
      Usual{"llama3.1-8b --engine mlx --quant mlx_4bit --gpu apple-m2-ultra-192gbx1",
            "mlx_lm.server"});
  const auto words = shell_words(launched(row.line + " --launch auto"));
  INFO(row.line);
  CHECK(has_flag(words, row.word));
}

TEST_CASE("what an engine, a kind or a format cannot do is an error with a way out", "[launch]") {
  const auto* const line = GENERATE(
      "llama3-8b --quant q4 --gpu rtx-3090x1 --launch vllm",
      "llama3-8b --engine vllm --quant bf16 --gpu l40sx1 --launch llama-server",
      "llama3-8b --engine vllm --quant bf16 --gpu l40sx1 --launch ollama",
      "llama3-8b --engine transformers --quant bf16 --gpu l40sx1 --launch auto",
      "llama3-8b --engine exllama --quant exl2_4.0bpw --gpu l40sx1 --launch kubernetes",
      "llama3-8b --quant q4 --gpu l40sx1 --launch tabbyapi",
      "13b --engine params --quant q4 --gpu l40sx1 --launch auto",
      "llama3.1-405b --engine vllm --quant bf16 --gpu h100-sxmx16 --max-gpus 16 --launch vllm",
      "llama3.1-405b --engine vllm --quant bf16 --gpu h100-sxmx16 --max-gpus 16 --launch "
      "kubernetes",
      "llama3-8b --quant q4 --gpu rtx-3090x1 --kv-type q5_0 --launch ollama",
      "llama3-8b --quant q4 --gpu rtx-3090x1 --draft llama3.2-1b --launch ollama",
      "llama3-8b --quant q4 --gpu cpu --launch skypilot",
      "llama3.1-8b --quant q4 --gpu apple-m2-ultra-192gbx1 --launch kubernetes",
      "llama3-8b --quant q4 --gpu rtx-3090x1 --launch auto --format csv",
      "llama3-8b --quant q4 --gpu rtx-3090x1 --launch nosuch");
  const auto ran = run_line(line);
  INFO(line << "\n" << ran.out << ran.error);
  CHECK(ran.code == 2);
  CHECK(ran.out.empty());
  CHECK(contains(ran.error, "hint: "));
}

TEST_CASE("without a configuration that fits the report is printed", "[launch]") {
  const auto* const line =
      GENERATE("llama2-13b --quant fp16 --gpu t4x1", "check llama2-13b --quant fp16 --gpu t4x1");
  const auto with = run_line(std::string(line) + " --launch auto");
  const auto without = run_line(line);
  CHECK(with.code == 1);
  CHECK(with.out == without.out);
  CHECK(contains(run_line(std::string(line) + " --launch auto --json").out, "\"launch\": null"));
}

TEST_CASE("a path is given to the server as it was typed, whatever is in it", "[launch]") {
  FakeEnvironment environment;
  environment.files["./my 'odd' $(dir)/config.json"] =
      R"({"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 2048,
          "intermediate_size": 5632, "num_attention_heads": 32, "num_hidden_layers": 22,
          "num_key_value_heads": 4, "vocab_size": 32000, "max_position_embeddings": 2048,
          "tie_word_embeddings": false, "torch_dtype": "bfloat16", "rms_norm_eps": 1e-05})";
  const std::vector<std::string> line = {"./my 'odd' $(dir)/config.json",
                                         "--engine",
                                         "vllm",
                                         "--quant",
                                         "bf16",
                                         "--gpu",
                                         "l4x1",
                                         "--launch",
                                         "vllm"};
  FakeStreams streams;
  REQUIRE(cli::run(line, environment, streams) == 0);
  CHECK(value_of(shell_words(streams.out), "serve") == "./my 'odd' $(dir)");
}

TEST_CASE("the names of kinds are read back", "[launch]") {
  std::set<std::string_view> names;
  for (const auto kind : all_launch_kinds) {
    CHECK(launch_kind_from(to_string(kind)) == kind);
    names.insert(to_string(kind));
  }
  CHECK(names.size() == all_launch_kinds.size());
  CHECK_FALSE(launch_kind_from("auto"));
}
