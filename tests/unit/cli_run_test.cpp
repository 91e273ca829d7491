// SPDX-License-Identifier: MIT
#include <nlohmann/json.hpp>

#include "support/cli.hpp"

using namespace llmfit;
using namespace llmfit::cli;
using namespace llmfit::test;

TEST_CASE("the exit code is the answer", "[cli]") {
  struct Row {
    std::string line;
    int code;
  };
  const auto row = GENERATE(
      Row{"llama2-13b --quant q4", 0}, Row{"llama2-13b --quant fp16 --gpu v100-16gbx1", 1},
      Row{"llama2-13b --quant fp16 --gpu v100-16gbx2", 0},
      Row{"check llama3-70b --quant q4 --gpu rtx-3090x2", 0},
      Row{"check llama3-70b --quant q4 --gpu t4x2", 1},
      Row{"llama2-13b --engine vllm --quant q6", 1}, Row{"13b --quant q4", 0},
      Row{"models llama", 0}, Row{"models no-such-model", 1}, Row{"gpus v100", 0},
      Row{"offers azure", 0}, Row{"quants q4", 0}, Row{"doctor", 0}, Row{"catalog export", 0},
      Row{"schema", 0}, Row{"schema catalog", 0}, Row{"schema error", 0}, Row{"completion bash", 0},
      Row{"completion zsh", 0}, Row{"completion fish", 0}, Row{"help", 0}, Row{"help units", 0},
      Row{"help formats", 0}, Row{"help formulas", 0}, Row{"help exit-codes", 0},
      Row{"help man", 0}, Row{"help check", 0}, Row{"--help", 0}, Row{"-h", 0},
      Row{"check --help", 0}, Row{"rank --help", 0}, Row{"rank --gpu t4 --params ..1b", 0},
      Row{"rank --gpu t4 --params 400b..", 1}, Row{"rank --gpu t4 --family bloom --license mit", 1},
      Row{"--version", 0}, Row{"__complete gpus t4", 0});
  INFO(row.line);
  const auto ran = run_line(row.line);
  CHECK(ran.code == row.code);
  CHECK_FALSE(ran.out.empty());
  CHECK(ran.out.back() == '\n');
  CHECK(ran.error.empty());
}

TEST_CASE("what cannot be answered is exit 2, a message, and nothing on standard output", "[cli]") {
  struct Row {
    std::string line;
    std::string message;
  };
  const auto row = GENERATE(
      Row{"llama2-13b --qant q4", "unknown option '--qant'"}, Row{"lama2-13b", "unknown model"},
      Row{"llama2-13b --gpu rtx-309O", "unknown"}, Row{"llama2-13b --quant q99", "q99"},
      Row{"rank", "needs the hardware"}, Row{"rank --bogus", "unknown option '--bogus'"},
      Row{"rank --gpu t4,l4", "one set of hardware"},
      Row{"rank --gpu t4 --params 14b..7b", "no value of --params"},
      Row{"rank --gpu t4 --license none-such", "no value of --license"},
      Row{"rank --gpu t4 --sort cheapest", "no value of --sort"},
      Row{"--quant q4", "MODEL is missing"}, Row{"llama2-13b --catalog none.json", "none.json"},
      Row{"models --catalog none.json", "none.json"}, Row{"catalog validate", "needs"},
      Row{"catalog validate none.json", "none.json"}, Row{"catalog export x", "no other word"},
      Row{"model.gguf", "cannot read 'model.gguf'"}, Row{"__complete cards", "cards"});
  INFO(row.line);
  const auto ran = run_line(row.line);
  CHECK(ran.code == 2);
  CHECK(ran.out.empty());
  CHECK(ran.error.starts_with("llmfit: error: "));
  CHECK(contains(ran.error, row.message));
}

TEST_CASE("llmfit alone is short help and exit 2", "[cli]") {
  const auto ran = run_line("");
  CHECK(ran.code == 2);
  CHECK(ran.out.empty());
  CHECK(contains(ran.error, "llmfit llama2-13b --quant q4"));
  CHECK(contains(ran.error, "llmfit --help"));
}

TEST_CASE("with --json an error is a document on standard error", "[cli]") {
  struct Row {
    std::string line;
    std::string code;
  };
  const auto row =
      GENERATE(Row{"lama2-13b --json", "unknown_model"}, Row{"m --bogus --json", "usage"},
               Row{"llama2-13b --format json --gpu t5", "unknown_gpu"},
               Row{"models --json --catalog none.json", "unreadable_file"},
               Row{"rank --json", "usage"}, Row{"llama2-13b --json --engine x", "unknown_engine"},
               Row{"llama2-13b --json --format csv", "usage"});
  INFO(row.line);
  const auto ran = run_line(row.line);
  CHECK(ran.code == 2);
  CHECK(ran.out.empty());
  const auto document = nlohmann::json::parse(ran.error);
  CHECK(document.at("schema") == "llmfit.error/1");
  CHECK(document.at("error").at("code") == row.code);
  CHECK_FALSE(document.at("error").at("message").get<std::string>().empty());
}

TEST_CASE("bytes that are no text reach neither the terminal nor JSON as they are", "[cli]") {
  const std::vector<std::string> words = {"\x1b[31mred\xff\n", "--json"};
  FakeStreams streams;
  CHECK(run(words, FakeEnvironment(), streams) == 2);
  CHECK_FALSE(contains(streams.error, "\x1b"));
  CHECK(contains(nlohmann::json::parse(streams.error).at("error").at("message").get<std::string>(),
                 "\\x1b[31mred\\xff\\x0a"));
  FakeStreams plain;
  CHECK(run(std::span(words).first(1), FakeEnvironment(), plain) == 2);
  CHECK(contains(plain.error, "\\x1b[31mred\\xff\\x0a"));
  CHECK_FALSE(contains(plain.error, "\x1b"));
}

TEST_CASE("--output takes the answer, whole, and standard output stays empty", "[cli]") {
  FakeStreams streams;
  const auto words = typed("check llama3-70b --quant q4 --gpu t4x2 --json --output verdict.json");
  CHECK(run(words, FakeEnvironment(), streams) == 1);
  CHECK(streams.out.empty());
  CHECK(nlohmann::json::parse(streams.files.at("verdict.json")).at("fits") == false);
}

TEST_CASE("a full disk is exit 2, a closed pipe is the verdict", "[cli]") {
  const auto line = typed("check llama3-70b --quant q4 --gpu t4x2");
  FakeStreams full;
  full.answer = Written::failed;
  CHECK(run(line, FakeEnvironment(), full) == 2);
  CHECK(full.error == "llmfit: error: cannot write standard output: no space left\n");
  FakeStreams closed;
  closed.answer = Written::closed;
  CHECK(run(line, FakeEnvironment(), closed) == 1);
  CHECK(closed.error.empty());
  FakeStreams version;
  version.answer = Written::failed;
  CHECK(run(typed("--version"), FakeEnvironment(), version) == 2);
}

TEST_CASE("an exception is a bug: exit 70, and said so", "[cli]") {
  class Broken final : public FakeEnvironment {
   public:
    [[nodiscard]] std::string variable(const char*) const override {
      throw std::runtime_error("broken");
    }
  };
  const auto ran = run_line("llama2-13b", Broken());
  CHECK(ran.code == 70);
  CHECK(ran.out.empty());
  CHECK(ran.error.starts_with("llmfit: error: internal: broken"));
  const auto json = run_line("llama2-13b --json", Broken());
  CHECK(json.code == 70);
  CHECK(nlohmann::json::parse(json.error).at("error").at("code") == "internal");
}

TEST_CASE("memory that runs out is exit 70", "[cli]") {
  class Full final : public FakeEnvironment {
   public:
    [[nodiscard]] std::string variable(const char*) const override { throw std::bad_alloc(); }
  };
  const auto ran = run_line("llama2-13b", Full());
  CHECK(ran.code == 70);
  CHECK(ran.error.starts_with("llmfit: error: internal"));
}

TEST_CASE("doctor reports a broken overlay instead of failing on it", "[cli]") {
  FakeEnvironment environment;
  environment.variables = {{"LLMFIT_CATALOG", "none.json"}, {"SOURCE_DATE_EPOCH", "1790000000"}};
  environment.machine.files["/proc/meminfo"] =
      "MemTotal:        8388608 kB\nMemAvailable:  4194304 kB\n";
  environment.machine.files["/sys/fs/cgroup/memory.max"] = "1073741824\n";
  const auto ran = run_line("doctor", environment);
  CHECK(ran.code == 0);
  for (const auto* part :
       {"llmfit " LLMFIT_VERSION, "none.json (LLMFIT_CATALOG)", "cannot read", "8.00 GiB",
        "4.00 GiB", "1.00 GiB", "not a terminal", "days old", "none found"}) {
    INFO(part);
    CHECK(contains(ran.out, part));
  }
}

TEST_CASE("catalog validate lists the faults of every file and exits 1", "[cli]") {
  FakeEnvironment environment;
  environment.files["good.json"] = R"({"schema": "llmfit.catalog/1"})";
  environment.files["bad.json"] = R"({"schema": "llmfit.catalog/1", "modles": []})";
  environment.files["cut.json"] = R"({"schema": )";
  const auto good = run_line("catalog validate good.json", environment);
  CHECK(good.code == 0);
  CHECK(good.out == "good.json: ok\n");
  const auto bad = run_line("catalog validate bad.json good.json cut.json", environment);
  CHECK(bad.code == 1);
  CHECK(contains(bad.out, "bad.json: 1 fault\n"));
  CHECK(contains(bad.out, "good.json: ok\n"));
  CHECK(contains(bad.out, "cut.json: 1 fault\n"));
}

TEST_CASE("listings are cut on request and say so", "[cli]") {
  const auto ran = run_line("models --limit 3");
  CHECK(contains(ran.out, "3 of "));
  const auto json = nlohmann::json::parse(run_line("gpus --limit 2 --json").out);
  CHECK(json.at("gpus").size() == 2);
  CHECK(nlohmann::json::parse(run_line("offers no-such-offer --json").out).at("offers").empty());
}

TEST_CASE("every format that is advertised works in every command that takes it", "[cli]") {
  const std::string format = GENERATE("table", "json", "csv", "markdown", "html");
  for (const std::string command :
       {"llama2-13b --quant q4", "llama2-13b", "check llama2-13b --quant q4 --gpu t4",
        "models llama", "gpus", "offers azure", "quants"}) {
    INFO(command << " " << format);
    const auto ran = run_line(command + " --format " + format);
    CHECK(ran.code == 0);
    CHECK_FALSE(ran.out.empty());
    CHECK((format == "json") == nlohmann::json::accept(ran.out));
    CHECK(contains(ran.out, "<html") == (format == "html"));
  }
}
