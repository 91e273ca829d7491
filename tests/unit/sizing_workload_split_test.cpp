// SPDX-License-Identifier: MIT
#include <string>

#include "catch.hpp"
#include "support/ask.hpp"
#include "support/hand_models.hpp"
#include "support/workloads.hpp"

using namespace llmfit;
using namespace llmfit::test;

TEST_CASE("a split is settled under both of its names", "[workload]") {
  auto request = with({{"pipeline-parallel-size", "2"},
                       {"data-parallel-size", "4"},
                       {"enable-expert-parallel", ""},
                       {"cpu-offload-gb", "2.5"},
                       {"decode-context-parallel-size", "8"},
                       {"VLLM_PP_LAYER_PARTITION", "20,12"}});
  request.split.tensor = 8;
  const auto workload = make(llama3_8b(), Engine::vllm, request);
  REQUIRE(workload.has_value());
  CHECK(workload->split.tensor == 8);
  CHECK(workload->vllm.tensor_parallel == 8);
  CHECK(workload->split.pipeline == 2);
  CHECK(workload->split.data == 4);
  CHECK(workload->vllm.data_parallel == 4);
  CHECK(workload->split.experts);
  CHECK(workload->vllm.cpu_offload == gib(5) - gib(2) - mib(512));
  CHECK(workload->vllm.decode_context == 8);
  CHECK(workload->vllm.stage_layers == std::vector<std::int32_t>{20, 12});
}

TEST_CASE("a split under two names has one size", "[workload]") {
  struct Row {
    std::string flag;
    std::string value;
    bool good;
  };
  const auto row =
      GENERATE(Row{"tensor-parallel-size", "2", true}, Row{"tensor-parallel-size", "4", false},
               Row{"pipeline-parallel-size", "3", true}, Row{"pipeline-parallel-size", "1", false},
               Row{"data-parallel-size", "2", true}, Row{"data-parallel-size", "1", false});
  auto request = with({{row.flag, row.value}});
  request.split = {2, 3, 2, false, std::nullopt};
  const auto workload = make(llama3_8b(), Engine::vllm, request);
  INFO(row.flag << "=" << row.value);
  CHECK(workload.has_value() == row.good);
  if (!workload) CHECK(workload.error().code == ErrorCode::usage);
}

TEST_CASE("an engine refuses an offload that it has nothing like", "[workload]") {
  struct Row {
    Engine engine;
    Offload offload;
    bool runs;
  };
  const auto row = GENERATE(
      Row{Engine::llama_cpp, Offload::layers, true}, Row{Engine::llama_cpp, Offload::experts, true},
      Row{Engine::vllm, Offload::automatic, true}, Row{Engine::vllm, Offload::layers, false},
      Row{Engine::transformers, Offload::automatic, false}, Row{Engine::mlx, Offload::none, true});
  WorkloadRequest request;
  request.offload = row.offload;
  INFO(to_string(row.engine));
  CHECK(lacking_option(row.engine, request) == (row.runs ? "" : "--offload"));
  CHECK(make(llama3_8b(), row.engine, request).has_value() == row.runs);
}

TEST_CASE("an engine refuses a split that it has nothing like", "[workload]") {
  struct Row {
    Engine engine;
    SplitRequest split;
    std::string_view lacking;
  };
  const SplitRequest tensor{2, {}, {}, false, {}};
  const SplitRequest pipeline{{}, 2, {}, false, {}};
  const SplitRequest data{{}, {}, 2, false, {}};
  const SplitRequest experts{{}, {}, {}, true, {}};
  const SplitRequest mode{{}, {}, {}, false, SplitMode::row};
  const auto row =
      GENERATE_COPY(Row{Engine::llama_cpp, tensor, "--tp"}, Row{Engine::llama_cpp, pipeline, ""},
                    Row{Engine::llama_cpp, experts, "--ep"}, Row{Engine::llama_cpp, mode, ""},
                    Row{Engine::vllm, mode, "--split"}, Row{Engine::vllm, data, ""},
                    Row{Engine::transformers, tensor, ""}, Row{Engine::transformers, data, "--dp"},
                    Row{Engine::exllama, tensor, ""}, Row{Engine::exllama, experts, "--ep"},
                    Row{Engine::mlx, pipeline, "--pp"}, Row{Engine::params, tensor, ""});
  INFO(to_string(row.engine) << " " << row.lacking);
  WorkloadRequest request;
  request.split = row.split;
  CHECK(lacking_option(row.engine, request) == row.lacking);
  const auto workload = make(llama3_8b(), row.engine, request);
  CHECK(workload.has_value() == row.lacking.empty());
  if (!workload) CHECK(workload.error().where == row.lacking);
}
