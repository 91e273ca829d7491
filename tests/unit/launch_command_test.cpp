// SPDX-License-Identifier: MIT
#include <yaml-cpp/yaml.h>

#include "launch/command.hpp"
#include "launch/served.hpp"
#include "launch/yaml.hpp"
#include "support/ask.hpp"
#include "support/launch.hpp"

using namespace llmfit;
using namespace llmfit::launch;
using namespace llmfit::test;

namespace {

const std::vector<std::string> odd_names = {
    "plain-1.gguf", "two words",   "it's",      "a\"b",  "$HOME",    "$(reboot)",
    "`reboot`",     "back\\slash", "#comment",  "a#b",   "-leading", "semi;colon",
    "new\nline",    "tab\there",   "star*?[x]", "{a,b}", "~root",    "key: value",
    "- item",       "&anchor",     "*alias",    "!tag",  "%percent", "@at",
    "null",         "true",        "0x1f",      "1e3",   "",         " ",
    "größe-模型",   "trailing\\",  "'",         "\"",    "a: b #c",
};

}  // namespace

TEST_CASE("a shell reads each quoted word back as it was", "[launch]") {
  for (const auto& name : odd_names) {
    INFO(name);
    CHECK(shell_words(shell_quoted(name)) == std::vector<std::string>{name});
  }
  CHECK(shell_quoted("meta-llama/Llama-3.1-8B") == "meta-llama/Llama-3.1-8B");
}

TEST_CASE("a YAML reader reads each quoted scalar back as it was", "[launch]") {
  for (const auto& name : odd_names) {
    INFO(name);
    CHECK(YAML::Load("key: " + yaml_quoted(name))["key"].as<std::string>() == name);
  }
}

TEST_CASE("a command's flags stand a line each and come back in order", "[launch]") {
  Command command;
  command.words = {"serve", "my model"};
  command.add("--switch");
  command.add("--name", "it's");
  command.arguments.push_back({"--address", "\"$HEAD\"", true});
  const std::vector<std::string> expected = {"serve", "my model",  "--switch", "--name",
                                             "it's",  "--address", "$HEAD"};
  CHECK(shell_words(shell_text(command)) == expected);
  CHECK(shell_text(command).find(" \\\n  --switch \\\n  --name ") != std::string::npos);
}

TEST_CASE("a list of arguments keeps Kubernetes from reading $( in names", "[launch]") {
  Command command;
  command.words = {"serve", "a$(b)"};
  command.arguments.push_back({"--rank", "$(RANK)", true});
  Yaml yaml;
  yaml.arguments("command", command);
  const auto text = yaml.take();
  CHECK(text.ends_with("\"$(RANK)\"]\n"));  // strict readers want no bracket below the key
  const auto list = YAML::Load(text)["command"].as<std::vector<std::string>>();
  CHECK(list == std::vector<std::string>{"serve", "a$$(b)", "--rank", "$(RANK)"});
}

TEST_CASE("a block keeps its lines, quotes and empty lines", "[launch]") {
  Yaml yaml;
  yaml.open("outer");
  yaml.block("run", "one 'a: b' \\\n  --two\n\nthree # four\n");
  yaml.close();
  const auto read = YAML::Load(yaml.take());
  CHECK(read["outer"]["run"].as<std::string>() == "one 'a: b' \\\n  --two\n\nthree # four\n");
}

TEST_CASE("labels are names that Kubernetes takes", "[launch]") {
  struct Row {
    const char* id;
    const char* format;
    const char* label;
  };
  const auto row = GENERATE(Row{"llama3.1-8b", "q4_k_m", "llama3-1-8b-q4-k-m"},
                            Row{"13b", "f16", "llm-13b-f16"}, Row{"Größe", "awq", "gr-e-awq"},
                            Row{"模型", "awq", "awq"}, Row{"a--b__c", "fp8", "a-b-c-fp8"},
                            Row{"a-model-with-a-name-of-so-many-letters-that-it-ends", "fp8",
                                "a-model-with-a-name-of-so-many-letters-that-it-end"});
  Model model;
  model.id = row.id;
  Format format;
  format.id = row.format;
  CHECK(label(model, format) == row.label);
}

TEST_CASE("weights come from the file, the repository or a named place", "[launch]") {
  const auto model = model_of("llama3.1-8b");
  const auto find = [](Engine engine, std::string_view id) {
    return *Catalog::builtin().find_format(engine, id);
  };
  const ModelPlace repository{"meta-llama/Llama-3.1-8B", {}, {}, true, false};
  const ModelPlace quantized{"owner/Model", "fp8 (e4m3, 128x128 block scales)", {}, false, false};
  const ModelPlace gguf{"owner/Model-GGUF", {}, {}, false, false};
  const ModelPlace folder{{}, {}, "my models/x/config.json", false, false};

  CHECK(gguf_file(model, repository, find(Engine::llama_cpp, "q4_k_m")).name ==
        "Llama-3.1-8B-Q4_K_M.gguf");
  const auto hub = gguf_file(model, gguf, find(Engine::llama_cpp, "q4_k_m"));
  CHECK(hub.from_hub);
  CHECK(hub.name == "owner/Model-GGUF:Q4_K_M");

  CHECK(checkpoint(model, repository, find(Engine::vllm, "bf16")).name == repository.repository);
  CHECK(checkpoint(model, repository, find(Engine::vllm, "fp8")).from_hub);
  CHECK(quantizes_while_loading(model, repository, find(Engine::vllm, "fp8")));
  const auto awq = checkpoint(model, repository, find(Engine::vllm, "awq"));
  CHECK_FALSE(awq.from_hub);
  CHECK(awq.name == "./Llama-3.1-8B-awq");
  CHECK_FALSE(awq.remark.empty());

  CHECK(checkpoint(model, quantized, find(Engine::vllm, "fp8_block")).from_hub);
  CHECK_FALSE(quantizes_while_loading(model, quantized, find(Engine::vllm, "fp8")));
  CHECK_FALSE(checkpoint(model, quantized, find(Engine::vllm, "bf16")).from_hub);
  CHECK(checkpoint(model, folder, find(Engine::vllm, "bf16")).name == "my models/x");
}
