// SPDX-License-Identifier: MIT
#include "cli/hardware.hpp"
#include "cli/values.hpp"
#include "support/request.hpp"

using namespace llmfit;
using namespace llmfit::cli;
using namespace llmfit::test;

TEST_CASE("a card may have a count; without one it is any number", "[cli]") {
  struct Row {
    std::string word;
    std::optional<std::int32_t> count;
  };
  const auto row =
      GENERATE(Row{"t4", std::nullopt}, Row{"t4x2", 2}, Row{"T4X2", 2}, Row{"rtx-3090x1", 1},
               Row{"v100-16gbx4096", 4096}, Row{"RTX 3090x2", 2});
  INFO(row.word);
  const auto hardware = read_hardware({row.word}, Catalog::builtin());
  REQUIRE(hardware.has_value());
  REQUIRE(hardware->alternatives.size() == 1);
  CHECK(hardware->alternatives.front().count == row.count);
  CHECK(hardware->alternatives.front().typed == row.word);
  CHECK_FALSE(hardware->alternatives.front().variants.empty());
  CHECK(hardware->together.empty());
}

TEST_CASE("a card whose own name ends like a count is that card", "[cli]") {
  for (const auto& gpu : Catalog::builtin().gpus()) {
    INFO(gpu.id);
    const auto hardware = read_hardware({std::string(gpu.id)}, Catalog::builtin());
    REQUIRE(hardware.has_value());
    CHECK_FALSE(hardware->alternatives.front().count.has_value());
  }
}

TEST_CASE("commas are alternatives, a repeated option is one machine", "[cli]") {
  const auto& catalog = Catalog::builtin();
  const auto either = read_hardware({"t4x2, a10,cpu"}, catalog);
  REQUIRE(either.has_value());
  REQUIRE(either->alternatives.size() == 3);
  CHECK(either->alternatives[2].variants.empty());

  const auto both = read_hardware({"rtx-3090", "t4x2"}, catalog);
  REQUIRE(both.has_value());
  CHECK(both->alternatives.empty());
  REQUIRE(both->together.size() == 2);
  CHECK(both->together[0].count == 1);
  CHECK(both->together[1].count == 2);

  const auto same = read_hardware({"t4", "t4x2"}, catalog);
  REQUIRE(same.has_value());
  CHECK(same->together.empty());
  REQUIRE(same->alternatives.size() == 1);
  CHECK(same->alternatives[0].count == 3);
}

TEST_CASE("what is no card is refused with the word as typed", "[cli]") {
  struct Row {
    std::vector<std::string> typed;
    ErrorCode code;
    std::string hint;
  };
  const auto row = GENERATE(Row{{"rtx-309O"}, ErrorCode::unknown_gpu, "rtx-3090"},
                            Row{{"rtx-309Ox2"}, ErrorCode::unknown_gpu, "rtx-3090"},
                            Row{{"t4x0"}, ErrorCode::invalid_value, "1 to 4096"},
                            Row{{"t4x4097"}, ErrorCode::invalid_value, "1 to 4096"},
                            Row{{"t4x99999999999999999999"}, ErrorCode::invalid_value, "1 to 4096"},
                            Row{{"t4,,a10"}, ErrorCode::invalid_value, "alternatives"},
                            Row{{"cpux2"}, ErrorCode::invalid_value, "--gpu cpu"},
                            Row{{"x2"}, ErrorCode::unknown_gpu, ""},
                            Row{{"local"}, ErrorCode::unsupported, "gpus"},
                            Row{{"t4,a10", "t4"}, ErrorCode::usage, "alternatives"},
                            Row{{"cpu", "t4"}, ErrorCode::usage, "n-gpu-layers"});
  INFO(row.typed.front());
  const auto hardware = read_hardware(row.typed, Catalog::builtin());
  REQUIRE_FALSE(hardware.has_value());
  CHECK(hardware.error().code == row.code);
  CHECK(contains(hardware.error().hint, row.hint));
}

TEST_CASE("values become numbers, or an error that says what the option takes", "[cli]") {
  const auto request = request_of(
      "llama2-13b --context 8k --sequences 3 --max-gpus 16 --limit 0 --max-usd-hour 1.5 --spot "
      "--sort headroom --all --kv-type q8_0 --set ubatch-size=256 --set a=b=c --provider "
      "AWS,azure");
  REQUIRE(request.has_value());
  CHECK(request->workload.context == 8192);
  CHECK(request->workload.sequences == 3);
  CHECK(request->workload.kv_type == "q8_0");
  REQUIRE(request->workload.settings.size() == 2);
  CHECK(request->workload.settings[1].flag == "a");
  CHECK(request->workload.settings[1].value == "b=c");
  CHECK(request->hardware.max_gpus == 16);
  CHECK(request->limit == 0);
  CHECK(request->sort == Sort::headroom);
  CHECK(request->all);
  CHECK(request->offers.term == RentalTerm::spot);
  CHECK(request->offers.max_usd_hour == 1.5);
  CHECK(request->offers.providers == std::vector<std::string>{"aws", "azure"});
  CHECK(request->today == "2026-11-21");
}

TEST_CASE("what is not given keeps its default", "[cli]") {
  const auto request = request_of("llama2-13b");
  REQUIRE(request.has_value());
  CHECK_FALSE(request->workload.context.has_value());
  CHECK(request->hardware.max_gpus == 8);
  CHECK(request->limit == 20);
  CHECK(request->sort == Sort::cheapest);
  CHECK_FALSE(request->all);
  CHECK(request->formats.size() == 7);
}

TEST_CASE("a value that an option cannot take is refused", "[cli]") {
  struct Row {
    std::string options;
    ErrorCode code;
    std::string where;
  };
  const auto row =
      GENERATE(Row{"--context abc", ErrorCode::invalid_value, "--context abc"},
               Row{"--context 0", ErrorCode::invalid_value, "--context 0"},
               Row{"--context 99999999999999999999", ErrorCode::invalid_value, "--context"},
               Row{"--sequences 0", ErrorCode::invalid_value, "--sequences 0"},
               Row{"--sequences 1.5", ErrorCode::invalid_value, "--sequences 1.5"},
               Row{"--max-gpus 1025", ErrorCode::invalid_value, "--max-gpus 1025"},
               Row{"--limit -1", ErrorCode::invalid_value, "--limit -1"},
               Row{"--max-usd-hour 0", ErrorCode::invalid_value, "--max-usd-hour 0"},
               Row{"--max-usd-hour nan", ErrorCode::invalid_value, "--max-usd-hour nan"},
               Row{"--set ubatch-size", ErrorCode::invalid_value, "--set ubatch-size"},
               Row{"--set =1", ErrorCode::invalid_value, "--set =1"},
               Row{"--provider awss", ErrorCode::unknown_provider, "awss"},
               Row{"--provider aws,", ErrorCode::invalid_value, "--provider aws,"},
               Row{"--quant q4,,q8", ErrorCode::invalid_value, "--quant q4,,q8"},
               Row{"--quant q99", ErrorCode::unknown_format, "q99"});
  INFO(row.options);
  const auto request = request_of("llama2-13b " + row.options);
  REQUIRE_FALSE(request.has_value());
  CHECK(request.error().code == row.code);
  CHECK(contains(request.error().where, row.where));
  CHECK_FALSE(request.error().hint.empty());
}

TEST_CASE("check judges one format on one set of hardware", "[cli]") {
  const auto request = request_of("check llama2-13b --quant q4 --gpu t4");
  REQUIRE(request.has_value());
  CHECK(request->hardware.alternatives.front().count == 1);
  for (const auto* line :
       {"check llama2-13b --gpu t4", "check llama2-13b --quant q4",
        "check llama2-13b --quant q4,q8 --gpu t4", "check llama2-13b --quant q4 --gpu t4,a10"}) {
    INFO(line);
    const auto refused = request_of(line);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::usage);
  }
}

TEST_CASE("MODEL is a name, or a size where no name matches", "[cli]") {
  struct Row {
    std::string line;
    std::string name;
    ModelSource source;
    std::optional<std::int64_t> parameters;
  };
  const auto row = GENERATE(
      Row{"llama2-13b", "Llama 2 13B", ModelSource::catalog, std::nullopt},
      Row{"LLAMA_2_13B", "Llama 2 13B", ModelSource::catalog, std::nullopt},
      Row{"13b", "13b", ModelSource::parameters, 13'000'000'000},
      Row{"7.5B", "7.5B", ModelSource::parameters, 7'500'000'000},
      Row{"--params 13e9", "13e9", ModelSource::parameters, 13'000'000'000},
      Row{"my-own-model --params 560m", "my-own-model", ModelSource::parameters, 560'000'000});
  INFO(row.line);
  const auto model = choose_model(arguments_of(row.line), Catalog::builtin(), FakeEnvironment());
  REQUIRE(model.has_value());
  CHECK(model->name == row.name);
  CHECK(model->source == row.source);
  if (row.parameters) CHECK(model->parameters == Elements{*row.parameters});
}

TEST_CASE("what is no model is refused", "[cli]") {
  FakeEnvironment environment;
  environment.files["weights"] = "";
  struct Row {
    std::string line;
    ErrorCode code;
    std::string hint;
  };
  const auto row =
      GENERATE(Row{"llama2-31b", ErrorCode::unknown_model, "llama2-13b"},
               Row{"modles", ErrorCode::unknown_model, "there is a command `llmfit models`"},
               Row{"7", ErrorCode::unknown_model, ""},
               Row{"model.gguf", ErrorCode::unreadable_file, "is taken as a file"},
               Row{"./llama2-13b", ErrorCode::unreadable_file, "is taken as a file"},
               Row{"/tmp/config", ErrorCode::unreadable_file, "is taken as a file"},
               Row{"weights", ErrorCode::invalid_file, "config.json"},
               Row{"--params x", ErrorCode::invalid_value, "13e9"},
               Row{"--params -5", ErrorCode::invalid_value, "13e9"},
               Row{"llama2-13b --params 13b", ErrorCode::usage, "leave out"},
               Row{"--quant q4", ErrorCode::usage, "llmfit models"});
  INFO(row.line);
  const auto model = choose_model(arguments_of(row.line), Catalog::builtin(), environment);
  REQUIRE_FALSE(model.has_value());
  CHECK(model.error().code == row.code);
  CHECK(contains(model.error().hint, row.hint));
}

TEST_CASE("--imatrix holds for llama.cpp's formats alone", "[cli]") {
  const auto request = request_of("llama2-13b --quant q4_0,fp8,q6 --imatrix");
  REQUIRE(request.has_value());
  REQUIRE(request->formats.size() == 3);
  CHECK(request->formats[0].format->imatrix);
  CHECK_FALSE(request->formats[1].format->imatrix);
  CHECK(request->formats[2].format->imatrix);
  CHECK_FALSE(request_of("llama2-13b --quant q4_0")->formats[0].format->imatrix);
}
