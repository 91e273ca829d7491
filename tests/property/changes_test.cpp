// SPDX-License-Identifier: MIT
// Every change that is listed for a no turns it into a yes when its words are typed, and the room
// that is named for a yes is there.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

#include "support/cli.hpp"

using namespace llmfit::test;
using nlohmann::json;

namespace {

using Words = std::vector<std::string>;

std::string joined(const Words& words) {
  std::string line;
  for (const auto& word : words) line.append(line.empty() ? "" : " ").append(word);
  return line;
}

/// The command with `option`'s words in place of its own of the same name.
std::string with(const std::string& line, const std::string& option) {
  Words words;
  const auto asked = typed(line);
  const auto changed = typed(option);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const bool replaced = asked[i].starts_with("--") &&
                          std::find(changed.begin(), changed.end(), asked[i]) != changed.end();
    if (replaced) {
      ++i;
    } else {
      words.push_back(asked[i]);
    }
  }
  words.insert(words.end(), changed.begin(), changed.end());
  return joined(words);
}

template <class Item>
const Item& any_of(std::mt19937& random, const std::vector<Item>& items) {
  return items[random() % items.size()];
}

/// A command of the seed's own: mostly a no.
std::string command(std::mt19937& random) {
  const Words models = {"llama2-13b", "llama3-70b",  "mixtral-8x7b",     "qwen2.5-14b",
                        "gemma3-12b", "flan-t5-xxl", "deepseek-v2-lite", "mamba-2.8b",
                        "phi3-mini",  "opt-6.7b",    "qwen3-30b-a3b",    "bert-base"};
  const Words cards = {"t4x1",
                       "t4",
                       "m60x2",
                       "v100",
                       "k80x1",
                       "l4x1",
                       "rtx-3060-12gbx1",
                       "rtx-3090x2",
                       "a100-40gb-sxmx3",
                       "mi250x1",
                       "rx-6700-xtx1",
                       "gaudi2x1",
                       "graphcore-gc200x1",
                       "p100-16gb-pciex1",
                       "cpu",
                       "t4x9"};
  const Words formats = {"f16", "q8_0", "q4",   "bf16",     "fp8",
                         "awq", "nf4",  "gptq", "mlx_4bit", "nvfp4"};
  const Words engines = {
      "", "", "", " --engine vllm", " --engine llama.cpp", " --engine transformers"};
  const Words loads = {"",
                       "",
                       " --context 8k",
                       " --context 32k --sequences 16",
                       " --sequences 64",
                       " --kv-type q8_0",
                       " --max-usd-hour 0.2",
                       " --provider azure"};
  const std::string check = random() % 3 == 0 ? "check " : "";
  return check + any_of(random, models) + " --quant " + any_of(random, formats) + " --gpu " +
         any_of(random, cards) + any_of(random, engines) + any_of(random, loads);
}

/// Checks the changes of one command; how many there were.
std::size_t check_changes(const std::string& line) {
  const auto asked = run_line(line + " --json");
  INFO(line << "\n" << asked.error);
  if (asked.code > 1) return 0;
  const auto document = json::parse(asked.out);
  const auto& changes = document.at("changes");
  if (asked.code == 0) CHECK(changes.empty());
  for (const auto& change : changes) {
    const auto changed = with(line, change.at("option").get<std::string>());
    INFO(changed);
    CHECK(run_line(changed + " --json").code == 0);
    if (!change.at("needed_bytes").is_null()) {
      CHECK(change.at("needed_bytes") <= change.at("usable_bytes"));
    }
  }
  return changes.size();
}

}  // namespace

TEST_CASE("every single change that is listed for a no is a yes", "[changes]") {
  constexpr int commands = 40;
  std::mt19937 random(20260822);
  std::size_t found = 0;
  for (int i = 0; i < commands; ++i) found += check_changes(command(random));
  CHECK(found > commands);
}

TEST_CASE("each lever is found where it is the way out", "[changes]") {
  struct Row {
    const char* line;
    const char* kind;
  };
  const auto row =
      GENERATE(Row{"llama2-13b --quant fp16 --gpu t4x1", "format"},
               Row{"llama2-13b --quant q4 --gpu k80x1", "kv_type"},
               Row{"llama3.1-8b --quant q4 --gpu t4x1 --context 128k", "context"},
               Row{"llama2-13b --quant q4 --gpu a100-80gb-sxmx1 --context 8k", "context"},
               Row{"llama3.1-8b --quant q4 --gpu t4x1 --context 8k --sequences 40", "sequences"},
               Row{"llama3-70b --quant q4 --gpu t4x2", "cards"},
               Row{"llama3-70b --quant q4 --gpu t4x2", "card"},
               Row{"llama2-13b --quant q4 --gpu t4x9", "cards"},
               Row{"llama2-13b --quant q8 --gpu rtx-3060-12gb --gpu t4 --sequences 4", "cards"},
               Row{"deepseek-v3 --quant q4 --gpu h100-sxmx2", "offer"},
               Row{"llama3-70b --quant f16 --provider hetzner", "offer"},
               Row{"llama2-13b --quant q4 --gpu a100-80gb-sxmx1 --max-usd-hour 0.05", "budget"},
               Row{"llama2-13b --engine vllm --quant q6 --gpu l4x1", "engine"},
               Row{"llama2-13b --engine vllm --quant fp16 --gpu p100-16gb-pciex2", "engine"},
               Row{"opt-6.7b --engine llama.cpp --quant q4 --gpu l4x1", "engine"},
               Row{"check qwen2.5-14b --quant f16 --gpu v100", "card"});
  INFO(row.line << " by " << row.kind);
  CHECK(check_changes(row.line) > 0);
  const auto changes = json::parse(run_line(std::string(row.line) + " --json").out).at("changes");
  CHECK(std::any_of(changes.begin(), changes.end(),
                    [&](const json& change) { return change.at("kind") == row.kind; }));
}

TEST_CASE("the room of a yes is there, each part alone", "[changes]") {
  const std::string line = GENERATE(
      as<std::string>{}, "llama2-13b --quant q4 --gpu t4x1", "llama3.1-8b --quant q5 --gpu l4x1",
      "llama3-8b --quant fp8 --gpu l4x1", "mixtral-8x7b --quant q3 --gpu a100-40gb-sxmx1",
      "llama3-70b --quant q2 --gpu rtx-3090x2", "llama3.1-8b --engine vllm --quant awq --gpu t4x2",
      "llama2-13b --engine params --quant q4 --gpu l4x1");
  const auto asked = run_line(line + " --json");
  INFO(line);
  REQUIRE(asked.code == 0);
  const auto document = json::parse(asked.out);
  const auto& format = document.at("quantizations").at(0);
  const auto& room = format.at("headroom");
  const auto fits_with = [&](const char* key, const char* option, std::int64_t asked_for) {
    if (room.at(key).is_null()) return;
    const auto most = asked_for + room.at(key).get<std::int64_t>();
    CHECK(run_line(line + option + std::to_string(most)).code == 0);
  };
  fits_with("context_tokens", " --context ", document.at("workload").at("context"));
  fits_with("sequences", " --sequences ", 1);
  if (room.at("next_format").is_null()) return;
  CHECK(room.at("bits_per_weight") > format.at("bits_per_weight"));
  const auto next = "--quant " + room.at("next_format").get<std::string>();
  CHECK(run_line(with(line, next)).code == 0);
}
