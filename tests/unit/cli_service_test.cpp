// SPDX-License-Identifier: MIT
// Service levels as they are typed, and as each output shows them.
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/numbers.hpp"
#include "support/cli.hpp"

using namespace llmfit;
using namespace llmfit::test;
using nlohmann::json;

namespace {

const std::string service =
    "llama3-8b --quant fp8 --engine vllm --users 200 --input-tokens 1000 --output-tokens 300 "
    "--ttft 1 --tpot 0.05 --limit 3";

json configurations(const std::string& line) {
  const auto answer = run_line(line + " --json");
  INFO(line << "\n" << answer.error);
  REQUIRE(answer.code <= 1);
  return json::parse(answer.out).at("quantizations").at(0).at("configurations");
}

std::vector<std::string> cells(std::string line) {
  if (!line.empty() && line.back() == '\r') line.pop_back();
  std::vector<std::string> parts;
  for (auto& part : base::split(line, ',')) parts.push_back(part);
  return parts;
}

}  // namespace

TEST_CASE("values of a load that make no sense are errors of one line", "[service]") {
  const std::string wrong = GENERATE(
      as<std::string>{}, "--users 0", "--users -1", "--users 1.5", "--users nan", "--users 1e300",
      "--users 99999999999999999999", "--requests-per-second 0", "--requests-per-second -2",
      "--requests-per-second nan", "--requests-per-second 1e300", "--requests-per-second 1e-300",
      "--requests-per-second 9e-7", "--ttft 0", "--ttft -1", "--ttft nan", "--ttft 1e300",
      "--ttft 5m", "--ttft ms", "--tpot 0", "--tpot inf", "--tpot 90000s");
  const auto answer = run_line("llama3-8b --quant fp8 --gpu l4 " + wrong);
  INFO(wrong << "\n" << answer.error);
  CHECK(answer.code == 2);
  CHECK(answer.out.empty());
  CHECK(answer.error.find("llmfit: error: ") == 0);
}

TEST_CASE("latencies are typed in seconds or milliseconds", "[service]") {
  const std::string line = "llama3-8b --quant fp8 --gpu l4x1 --users 5 --ttft ";
  const auto plain = run_line(line + "0.5 --json").out;
  CHECK(run_line(line + "0.5s --json").out == plain);
  CHECK(run_line(line + "500ms --json").out == plain);
  CHECK(json::parse(plain).at("load").at("ttft_seconds") == 0.5);
}

TEST_CASE("without lengths a service takes the usual ones and says so", "[service]") {
  const auto answer =
      json::parse(run_line("llama3-8b --quant fp8 --gpu l4x1 --users 5 --json").out);
  CHECK(answer.at("workload").at("context") == 640);
  CHECK(answer.at("load").at("input_tokens") == 512);
  CHECK(answer.at("load").at("output_tokens") == 128);
  bool told = false;
  for (const auto& note : answer.at("notes")) told = told || note.at("code") == "service_lengths";
  CHECK(told);
}

TEST_CASE("without a load there is no service", "[service]") {
  const auto answer = json::parse(run_line("llama3-8b --quant fp8 --gpu l4x1 --json").out);
  CHECK(answer.at("load").is_null());
  const auto& one = answer.at("quantizations").at(0).at("configurations").at(0);
  CHECK(one.at("service").is_null());
}

TEST_CASE("copies, users and prices of a service go together", "[service]") {
  for (const auto& one : configurations(service)) {
    const auto& served = one.at("service");
    INFO(one.at("gpu"));
    const std::int64_t copies = served.at("copies");
    const std::int64_t most = served.at("at_most").at("users");
    CHECK(copies == (200 + most - 1) / most);
    CHECK(served.at("users_per_copy") == (200 + copies - 1) / copies);
    CHECK(most <= served.at("max_sequences"));
    CHECK(served.at("first_token_seconds") <= 1.0);
    CHECK(served.at("output_token_seconds") <= 0.05);
    const double each = one.at("cost").at("usd_per_hour");
    const double all = served.at("usd_per_hour");
    CHECK(std::abs(all - each * static_cast<double>(copies)) < 1e-5 * all);
    const double month = served.at("usd_per_month");
    CHECK(std::abs(month - 730 * all) < 1e-5 * month);
    const double rate = served.at("throughput_tokens_per_second");
    const double million = served.at("usd_per_million_tokens");
    CHECK(std::abs(million - all / rate / 3600 * 1e6) < 1e-4 * million);
    CHECK(one.at("cost").at("usd_per_million_tokens") == million);
  }
}

TEST_CASE("the numbers of a service are the same in JSON and CSV", "[service]") {
  const auto found = configurations(service);
  const auto lines = base::split(run_line(service + " --format csv").out, '\n');
  const auto names = cells(lines.at(0));
  for (std::size_t row = 0; row < found.size(); ++row) {
    const auto values = cells(lines.at(row + 1));
    const auto& served = found.at(row).at("service");
    const auto same = [&](const char* column, const char* key) {
      const auto at = std::find(names.begin(), names.end(), column) - names.begin();
      // Quoted cells with commas stand before these: count from the end.
      const auto from_end = static_cast<std::size_t>(at) + values.size() - names.size();
      INFO(column);
      CHECK(base::parse_number(values.at(from_end)) == served.at(key).get<double>());
    };
    same("service_copies", "copies");
    same("service_users_per_copy", "users_per_copy");
    same("service_first_token_seconds", "first_token_seconds");
    same("service_output_token_seconds", "output_token_seconds");
    same("service_tokens_per_second", "throughput_tokens_per_second");
    same("service_usd_per_hour", "usd_per_hour");
    same("service_usd_per_month", "usd_per_month");
    same("service_usd_per_million_tokens", "usd_per_million_tokens");
  }
}

TEST_CASE("one set of hardware is one copy for check", "[service]") {
  const std::string line = "check llama3-8b --quant fp8 --gpu l4x1 --tpot 0.05 --users ";
  const auto yes = json::parse(run_line(line + "2 --json").out);
  CHECK(yes.at("fits") == true);
  const auto answer = run_line(line + "200 --json");
  CHECK(answer.code == 1);
  const auto no = json::parse(answer.out);
  const auto& limits = no.at("limits");
  REQUIRE(limits.size() == 2);
  CHECK(limits.at(0).at("limit") == "tpot");
  CHECK(limits.at(0).at("kept") == true);
  CHECK(limits.at(1).at("limit") == "users");
  CHECK(limits.at(1).at("asked") == 200);
  CHECK(limits.at(1).at("actual") < 200);
  CHECK(limits.at(1).at("kept") == false);
  const auto& one = no.at("quantizations").at(0).at("configurations").at(0);
  CHECK(one.at("reason").is_null());
  CHECK(one.at("memory_fits") == true);
}

TEST_CASE("a latency that one request alone breaks is a no without a reason", "[service]") {
  const auto found = configurations("llama3-8b --quant fp8 --gpu l4x1 --users 5 --ttft 0.001");
  REQUIRE(found.size() == 1);
  CHECK(found.at(0).at("fits") == false);
  CHECK(found.at(0).at("reason").is_null());
  CHECK(found.at(0).at("service").at("copies").is_null());
  CHECK(found.at(0).at("service").at("at_most").at("users") == 0);
}

TEST_CASE("the price limit is judged on all copies", "[service]") {
  const std::string line = "llama3-8b --quant fp8 --gpu l4x1 --users 200 --tpot 0.05";
  const double all = configurations(line).at(0).at("service").at("usd_per_hour");
  const auto limit = " --max-usd-hour ";
  CHECK(run_line(line + limit + base::fixed(all + 0.01, 4)).code == 0);
  const auto over = configurations(line + limit + base::fixed(all - 0.01, 4)).at(0);
  CHECK(over.at("fits") == false);
  CHECK(over.at("reason") == "over_budget");
}

TEST_CASE("every change that is listed for a load that is not served is a yes", "[service]") {
  const std::string line = GENERATE(
      as<std::string>{}, "check llama3-8b --quant fp16 --gpu l4x1 --users 30 --tpot 0.04",
      "check llama3-8b --quant q8 --gpu rtx-3090x1 --users 4 --ttft 0.1",
      "check llama2-13b --quant fp16 --engine vllm --gpu l4x2 --requests-per-second 5 --context 4k",
      "llama3-8b --quant fp8 --gpu l4x1 --users 50 --tpot 0.05 --max-usd-hour 0.05");
  const auto asked = run_line(line + " --json");
  INFO(line);
  REQUIRE(asked.code == 1);
  const auto changes = json::parse(asked.out).at("changes");
  CHECK_FALSE(changes.empty());
  for (const auto& change : changes) {
    auto words = typed(line);
    const auto option = typed(change.at("option").get<std::string>());
    for (const auto& word : option) {
      const auto there = std::find(words.begin(), words.end(), word);
      if (word.starts_with("--") && there != words.end()) words.erase(there, there + 2);
    }
    std::string changed;
    words.insert(words.end(), option.begin(), option.end());
    for (const auto& word : words) changed += (changed.empty() ? "" : " ") + word;
    INFO(changed);
    CHECK(run_line(changed).code == 0);
  }
}

TEST_CASE("what costs least does not depend on how many rows are shown", "[service]") {
  const std::string line = GENERATE(
      as<std::string>{}, "llama3-8b --quant fp8 --users 200 --ttft 1 --tpot 0.05",
      "llama2-13b --quant q4 --users 200", "gemma3-12b --quant fp8 --users 1000 --tpot 0.02",
      "mixtral-8x7b --quant q4 --requests-per-second 3");
  INFO(line);
  const auto all = configurations(line + " --limit 0");
  const auto few = configurations(line + " --limit 5");
  REQUIRE(few.size() == 5);
  for (std::size_t i = 0; i < few.size(); ++i) CHECK(few.at(i) == all.at(i));
}

TEST_CASE("throughput and latencies of a load keep Little's law", "[service]") {
  const auto& line = GENERATE(
      as<std::string>{},
      "--quant fp16 --engine vllm --gpu h100-sxmx1 --users 20 --input-tokens 8000 "
      "--output-tokens 50",
      "--quant fp16 --engine vllm --gpu h100-sxmx1 --users 50 --input-tokens 4000 "
      "--output-tokens 10",
      "--quant q4_k_m --gpu rtx-4090x1 --users 100", "--quant q4_k_m --gpu rtx-4090x1 --users 1",
      "--quant q4_k_m --gpu rtx-4090x1 --users 10 --output-tokens 1");
  const auto answer = json::parse(run_line("check llama3-8b " + line + " --json").out);
  const auto& served = answer.at("quantizations").at(0).at("configurations").at(0).at("service");
  INFO(line);
  const double answers = answer.at("load").at("output_tokens");
  const double made = served.at("throughput_tokens_per_second").get<double>() / answers;
  const double takes = served.at("first_token_seconds").get<double>() +
                       (answers - 1) * served.at("output_token_seconds").get<double>();
  const double users = answer.at("load").at("users");
  CHECK(std::abs(made * takes - users) < 1e-3 * users);
}

TEST_CASE("users and a rate together are served by what the larger of them needs", "[service]") {
  struct Row {
    std::string load;
    double least;  // tokens a second
    double most;
  };
  const auto& row = GENERATE(Row{"--users 1 --requests-per-second 10", 1280, 1280},
                             Row{"--users 5 --requests-per-second 5", 640, 640},
                             Row{"--users 50 --requests-per-second 5", 1000, 2000});
  const auto one =
      configurations("check llama3-8b --quant q4_k_m --gpu rtx-4090x1 " + row.load).at(0);
  INFO(row.load);
  const double made = one.at("service").at("throughput_tokens_per_second");
  CHECK(made >= row.least);
  CHECK(made <= row.most);
  const double million = one.at("cost").at("usd_per_million_tokens");
  const double hourly = one.at("service").at("usd_per_hour");
  CHECK(std::abs(million - hourly / made / 3600 * 1e6) < 1e-4 * million);
  CHECK(std::abs(one.at("cost").at("usd_per_request").get<double>() - million * 128 / 1e6) <
        1e-4 * million);
}

TEST_CASE("what is not known keeps no limit of a load, and a note says so", "[service]") {
  const auto& line =
      GENERATE(as<std::string>{}, "check 13b --quant q4 --gpu rtx-4090 --users 5",
               "13b --quant q4 --gpu rtx-4090 --users 5",
               "check llama3-8b --quant q4_k_m --gpu arc-pro-b70 --requests-per-second 1",
               "llama3-8b --quant q4_k_m --gpu arc-pro-b70 --requests-per-second 10",
               "llama3-8b --quant q4_k_m --gpu arc-pro-b70 --requests-per-second 10 --ttft 1ms");
  const auto answer = run_line(line + " --json");
  INFO(line);
  CHECK(answer.code == 1);
  bool told = false;
  const auto notes = json::parse(answer.out).at("notes");
  for (const auto& note : notes) told = told || note.at("code") == "limit_unknown";
  CHECK(told);
  const auto text = run_line(line).out;
  CHECK(text.find("too late") == std::string::npos);
  CHECK(text.find("serves too few") == std::string::npos);
}

TEST_CASE("a load that is too large is offered smaller", "[service]") {
  const std::string line =
      GENERATE(as<std::string>{}, "check llama3-8b --quant fp16 --gpu l4x1 --users 300 --tpot 0.2",
               "check llama3-8b --quant fp16 --gpu l4x1 --batch-job 1M --lengths 512 --within 1");
  const auto changes = json::parse(run_line(line + " --json").out).at("changes");
  const std::string lever = line.find("--users") == std::string::npos ? "within" : "users";
  INFO(line);
  bool there = false;
  for (const auto& change : changes) {
    if (change.at("kind") != lever) continue;
    there = true;
    auto changed =
        line.substr(0, line.find(" --" + lever)) + " " + change.at("option").get<std::string>();
    if (lever == "users") changed += " --tpot 0.2";
    CHECK(run_line(changed).code == 0);
  }
  CHECK(there);
}

TEST_CASE("several sequences are compared by the throughput of all", "[service]") {
  const std::string line =
      "llama3-8b --quant q4_k_m --sequences 16 --limit 0 --gpu l4,rtx-4090,h100-sxm,a100-80gb";
  const auto of_all = [](const json& one) {
    return one.at("throughput_tokens_per_second").get<double>();
  };
  double before = 1e18;
  for (const auto& one : configurations(line + " --sort fastest")) {
    CHECK(of_all(one) <= before);
    before = of_all(one);
  }
  const auto answer = json::parse(run_line(line + " --frontier --json").out);
  const auto& rows = answer.at("quantizations").at(0).at("configurations");
  bool found = false;
  for (const auto& point : answer.at("frontier")) {
    for (const auto& one : rows) {
      const bool same =
          one.at("gpu") == point.at("gpu") && one.at("gpu_count") == point.at("gpu_count");
      if (!same) continue;
      found = true;
      CHECK(of_all(one) == point.at("tokens_per_second"));
    }
  }
  CHECK(found);
}
