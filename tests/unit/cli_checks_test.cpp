// SPDX-License-Identifier: MIT
// `check --file`: what an entry means, what comes first, and what is refused with which place.
#include <nlohmann/json.hpp>

#include "cli/checks_file.hpp"
#include "support/cli.hpp"

using namespace llmfit;
using namespace llmfit::cli;
using namespace llmfit::test;
using nlohmann::json;

namespace {

std::string file_of(const std::string& checks, const std::string& defaults = "{}") {
  return R"({"schema": "llmfit.checks/1", "defaults": )" + defaults + R"(, "checks": )" + checks +
         "}";
}

FakeEnvironment with_file(const std::string& text, const std::string& path = "fits.json") {
  FakeEnvironment environment;
  environment.files[path] = text;
  return environment;
}

/// The command line that the first check amounts to.
std::vector<std::string> line_of(const std::string& check, const std::string& defaults,
                                 const std::string& typed_line) {
  const auto file = read_checks(file_of("[" + check + "]", defaults), "fits.json");
  REQUIRE(file.has_value());
  const auto below = laid_over(file->defaults, given_by(arguments_of(typed_line)));
  return command_line(laid_over(below, file->checks.front().given));
}

using Words = std::vector<std::string>;

const std::string fits = R"({"model": "llama2-13b", "quant": "q4", "gpu": "t4"})";

}  // namespace

TEST_CASE("an entry is the command line that says the same", "[checks]") {
  struct Row {
    std::string check;
    Words line;
  };
  const auto row = GENERATE(
      Row{fits, {"check", "--quant=q4", "--gpu=t4", "--", "llama2-13b"}},
      Row{R"({"gpu": ["rtx-3090", "t4"]})", {"check", "--gpu=rtx-3090", "--gpu=t4"}},
      Row{R"({"provider": ["aws", "gcp"]})", {"check", "--provider=aws,gcp"}},
      Row{R"({"kv_type": "q8_0", "context": 8192})", {"check", "--context=8192", "--kv-type=q8_0"}},
      Row{R"({"kv-type": "q8_0", "context": "8k"})", {"check", "--context=8k", "--kv-type=q8_0"}},
      Row{R"({"spot": true, "commercial": false})", {"check", "--spot"}},
      Row{R"({"max_usd_hour": 0.5, "headroom": 0.1})",
          {"check", "--max-usd-hour=0.5", "--headroom=0.1"}},
      Row{R"({"set": {"swa-full": true, "ubatch-size": 256, "tensor-split": [3, 1]}})",
          {"check", "--set=swa-full=true", "--set=ubatch-size=256", "--set=tensor-split=3,1"}},
      Row{R"({"model": "--help"})", {"check", "--", "--help"}});
  CHECK(line_of(row.check, "{}", "check") == row.line);
}

TEST_CASE("an entry comes before the command line, and that before the file's defaults",
          "[checks]") {
  CHECK(line_of(R"({"context": 1})", R"({"context": 3})", "check --context 2") ==
        Words{"check", "--context=1"});
  CHECK(line_of("{}", R"({"context": 3, "quant": "q8"})", "check --context 2") ==
        Words{"check", "--quant=q8", "--context=2"});
  CHECK(line_of(R"({"context": null})", R"({"context": 3})", "check --context 2") ==
        Words{"check"});
  CHECK(line_of(R"({"spot": false})", R"({"spot": true})", "check") == Words{"check"});
  CHECK(line_of("{}", R"({"model": "a"})", "check b") == Words{"check", "--", "b"});
  CHECK(line_of(R"({"set": {"a": 1, "c": 3}})", R"({"set": {"a": 9, "b": 2}})", "check") ==
        Words{"check", "--set=a=1", "--set=c=3", "--set=b=2"});
}

TEST_CASE("what is no file of checks is refused with its place", "[checks]") {
  struct Row {
    std::string text;
    std::string where;
    std::string hint;
  };
  const auto row =
      GENERATE(Row{"", "byte 0", "schema checks"}, Row{"[]", "fits.json", "schema checks"},
               Row{"{\"schema\": \"llmfit.checks/1\", \"checks\": [", "byte ", "schema checks"},
               Row{R"({"checks": [{}]})", "/schema", "schema checks"},
               Row{R"({"schema": "llmfit.checks/2", "checks": [{}]})", "/schema", "schema checks"},
               Row{R"({"schema": "llmfit.checks/1"})", "/checks", "schema checks"},
               Row{R"({"schema": "llmfit.checks/1", "check": []})", "/check", "'checks'"},
               Row{file_of("[]"), "/checks", "schema checks"},
               Row{file_of("[1]"), "/checks/0", "schema checks"},
               Row{file_of(R"([{}, {"gpus": "t4"}])"), "/checks/1/gpus", "'gpu'"},
               Row{file_of(R"([{"a/b~": 1}])"), "/checks/0/a~1b~0", "schema checks"},
               Row{file_of(R"([{"format": "json"}])"), "/checks/0/format", ""},
               Row{file_of(R"([{"file": "x"}])"), "/checks/0/file", ""},
               Row{file_of(R"([{"spot": "yes"}])"), "/checks/0/spot", "schema checks"},
               Row{file_of(R"([{"quant": {}}])"), "/checks/0/quant", "schema checks"},
               Row{file_of(R"([{"quant": true}])"), "/checks/0/quant", "schema checks"},
               Row{file_of(R"([{"gpu": [true]}])"), "/checks/0/gpu", "schema checks"},
               Row{file_of(R"([{"set": "a=1"}])"), "/checks/0/set", "ubatch-size"},
               Row{file_of(R"([{"set": {"a": {}}}])"), "/checks/0/set/a", "schema checks"},
               Row{file_of(R"([{"name": 1}])"), "/checks/0/name", "schema checks"},
               Row{file_of(R"([{"name": "a"}, {"name": "a"}])"), "/checks/1/name", "own"},
               Row{file_of("[{}]", R"({"name": "a"})"), "/defaults/name", ""},
               Row{file_of(R"([{"quant": "q4", "quant": "q8"}])"), "byte ", "schema checks"},
               Row{std::string(100'000, '['), "byte 64", "schema checks"});
  INFO(row.text.substr(0, 80));
  const auto ran = run_line("check --file fits.json", with_file(row.text));
  CHECK(ran.code == 2);
  CHECK(ran.out.empty());
  CHECK(contains(ran.error, "(fits.json"));
  CHECK(contains(ran.error, row.where + ")") != (row.where == "byte "));
  CHECK(contains(ran.error, row.hint));
}

TEST_CASE("an entry that cannot be answered is named, and nothing is printed", "[checks]") {
  struct Row {
    std::string check;
    std::string where;
    std::string message;
  };
  const auto row = GENERATE(
      Row{R"({"model": "llama2-13b", "quant": "q4", "gpu": "rtx309"})", "/checks/1/gpu",
          "unknown card"},
      Row{R"({"model": "lama2-13b", "quant": "q4", "gpu": "t4"})", "/checks/1/model",
          "unknown model"},
      Row{R"({"model": "llama2-13b", "quant": "zz", "gpu": "t4"})", "/checks/1/quant",
          "unknown format"},
      Row{R"({"model": "llama2-13b", "quant": "q4", "gpu": "t4", "context": "many"})",
          "/checks/1/context", "no value of --context"},
      Row{R"({"model": "llama2-13b", "quant": "q4", "gpu": "t4", "engine": "x"})",
          "/checks/1/engine", "unknown engine"},
      Row{R"({"model": "llama2-13b", "quant": "q4", "gpu": "t4", "set": {"ubatch-siz": 5}})",
          "/checks/1/set/ubatch-siz", "no setting"},
      Row{R"({"model": "llama2-13b", "quant": "q4"})", "/checks/1", "needs --quant"},
      Row{R"({"quant": "q4", "gpu": "t4"})", "/checks/1", "MODEL is missing"},
      Row{R"({"model": "./x.gguf", "quant": "q4", "gpu": "t4"})", "/checks/1/model",
          "cannot read"});
  INFO(row.check);
  const auto ran =
      run_line("check --file fits.json", with_file(file_of("[" + fits + ", " + row.check + "]")));
  CHECK(ran.code == 2);
  CHECK(ran.out.empty());
  CHECK(contains(ran.error, "check 2: "));
  CHECK(contains(ran.error, "(fits.json: " + row.where + ")"));
  CHECK(contains(ran.error, row.message));
}

TEST_CASE("all checks are told, and one no is a no", "[checks]") {
  const auto no = R"({"name": "too large", "model": "llama2-13b", "quant": "fp16", "gpu": "t4"})";
  CHECK(run_line("check --file fits.json", with_file(file_of("[" + fits + "]"))).code == 0);
  const auto ran = run_line("check --file fits.json",
                            with_file(file_of("[" + std::string(no) + "," + fits + "]")));
  CHECK(ran.code == 1);
  CHECK(contains(ran.out, "1 holds, 1 does not"));
  CHECK(contains(ran.out, "too large"));
  CHECK(contains(ran.out, "llama2-13b q4_k_m on T4"));
  CHECK(contains(ran.out, "does not hold Llama 2 13B in f16"));
}

TEST_CASE("checks without a name that ask the same are told apart", "[checks]") {
  const auto ran =
      run_line("check --file fits.json --json", with_file(file_of("[" + fits + "," + fits + "]")));
  const auto report = json::parse(ran.out);
  CHECK(report["checks"][0]["name"] == "llama2-13b q4_k_m on T4");
  CHECK(report["checks"][1]["name"] == "llama2-13b q4_k_m on T4 (2)");
}

TEST_CASE("a file with one entry says what the plain check says", "[checks][property]") {
  struct Row {
    std::string check;
    std::string line;
  };
  const auto row = GENERATE(
      Row{fits, "llama2-13b --quant q4 --gpu t4"},
      Row{R"({"model": "llama3-70b", "quant": "awq", "engine": "vllm", "gpu": "a100-40gb-sxmx2",
              "set": {"gpu-memory-utilization": 0.8}, "min_sequences": 3})",
          "llama3-70b --quant awq --engine vllm --gpu a100-40gb-sxmx2 --set "
          "gpu-memory-utilization=0.8 --min-sequences 3"},
      Row{R"({"model": "llama2-13b", "quant": "q8", "gpu": ["rtx-3090", "rtx-3060-12gb"],
              "headroom": "1GiB", "max_usd_month": 100})",
          "llama2-13b --quant q8 --gpu rtx-3090 --gpu rtx-3060-12gb --headroom 1GiB "
          "--max-usd-month 100"},
      Row{R"({"model": "command-r-35b", "quant": "q4", "gpu": "v100", "commercial": true,
              "min_sla": 99.9, "min_context": "8k", "kv_type": "q8_0"})",
          "command-r-35b --quant q4 --gpu v100 --commercial --min-sla 99.9 --min-context 8k "
          "--kv-type q8_0"},
      Row{R"({"params": "13e9", "quant": "fp16", "gpu": "cpu", "context": 2048})",
          "--params 13e9 --quant fp16 --gpu cpu --context 2048"},
      Row{R"({"model": "llama2-13b", "quant": "q6", "engine": "vllm", "gpu": "l4"})",
          "llama2-13b --quant q6 --engine vllm --gpu l4"});
  INFO(row.line);
  const auto plain = run_line("check " + row.line + " --explain --json");
  const auto filed = run_line("check --file fits.json --explain --json",
                              with_file(file_of("[" + row.check + "]")));
  REQUIRE(plain.code != 2);
  CHECK(filed.code == plain.code);
  const auto report = json::parse(plain.out);
  const auto check = json::parse(filed.out)["checks"][0];
  CHECK(check["report"] == report);
  CHECK(check["fits"] == report["fits"]);
  CHECK(check["limits"] == report["limits"]);
  CHECK(check["notes"] == report["notes"]);
}

TEST_CASE("paths of models are relative to the file, names of the catalog stay names", "[checks]") {
  const std::string config = R"({"architectures": ["LlamaForCausalLM"], "model_type": "llama",
    "hidden_size": 2048, "num_hidden_layers": 16, "num_attention_heads": 32,
    "num_key_value_heads": 8, "intermediate_size": 8192, "vocab_size": 128256,
    "max_position_embeddings": 8192, "tie_word_embeddings": true, "torch_dtype": "bfloat16",
    "rms_norm_eps": 1e-5, "hidden_act": "silu", "head_dim": 64})";
  auto environment = with_file(file_of(R"([{"model": "own/config.json", "quant": "q4", "gpu": "t4"},
                  {"model": "llama2-13b", "quant": "q4", "gpu": "t4"}])"),
                               "ci/fits.json");
  environment.files["./ci/own/config.json"] = config;
  CHECK(run_line("check --file ci/fits.json", environment).code == 0);
  environment.files.erase("./ci/own/config.json");
  CHECK(run_line("check --file ci/fits.json", environment).code == 2);
}

TEST_CASE("formats for verdicts are for check alone", "[checks]") {
  const auto* line = GENERATE("llama2-13b --format junit", "gpus --format github",
                              "quants --format junit", "verify x --format github");
  const auto ran = run_line(line);
  CHECK(ran.code == 2);
  CHECK(ran.out.empty());
  CHECK(contains(ran.error, "which only `llmfit check` gives"));
}

TEST_CASE("what shows one check is refused for a file", "[checks]") {
  const auto environment = with_file(file_of("[" + fits + "]"));
  CHECK(contains(run_line("check --file fits.json --table", environment).error, "--table"));
  CHECK(contains(run_line("check --file fits.json --explain", environment).error, "--json"));
  CHECK(run_line("llama2-13b --file fits.json", environment).code == 2);
}

TEST_CASE("a limit that makes no sense is refused", "[checks]") {
  const auto* option =
      GENERATE("--headroom -1", "--headroom 100%", "--headroom x", "--headroom 1e9", "--min-sla 0",
               "--min-sla 101", "--min-context 0", "--min-sequences 0", "--max-usd-month 0",
               "--max-usd-month nan", "--headroom nan");
  INFO(option);
  const auto ran = run_line(std::string("check llama2-13b --quant q4 --gpu t4 ") + option);
  CHECK(ran.code == 2);
  CHECK(contains(ran.error, "is no value of"));
}
