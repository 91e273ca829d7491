// SPDX-License-Identifier: MIT
// A log's figures beside their prediction: who is judged by what.
#include <algorithm>
#include <string>

#include "catch.hpp"
#include "llmfit/build_model.hpp"
#include "support/logs.hpp"

using namespace llmfit;
using llmfit::test::read_log;

namespace {

/// Llama 3 8B in q4_0, everything on one card, with the lines that a test is about.
std::string llama3(const std::string& lines) {
  return "llama_model_loader: loaded meta data with 1 pairs from a.gguf (version)\n"
         "print_info: general.name     = Llama 3 8B\nprint_info: file type   = Q4_0\n"
         "load_tensors: offloaded 33/33 layers to GPU\n"
         "llama_context: n_seq_max     = 1\nllama_context: n_ctx         = 8192\n" +
         lines;
}

Verification verified(const std::string& log) {
  const auto facts = read_log(log);
  REQUIRE(facts.has_value());
  const auto& catalog = Catalog::builtin();
  const auto recognised = recognise_model(catalog, *facts);
  REQUIRE(recognised.has_value());
  const auto model = make_model(*recognised->record);
  REQUIRE(model.has_value());
  const auto format = recognise_format(catalog, *facts);
  REQUIRE(format.has_value());
  const auto workload = make_workload(merge_settings(*facts, {}), *facts->engine, *model, 0.9);
  REQUIRE(workload.has_value());
  const auto result =
      verify({*facts, *model, *format, *workload, catalog.engine(*facts->engine), std::nullopt});
  REQUIRE(result.has_value());
  return *result;
}

const Comparison& row(const Verification& result, Measure measure, const std::string& device) {
  const auto found = std::find_if(
      result.rows.begin(), result.rows.end(),
      [&](const Comparison& one) { return one.measure == measure && one.device == device; });
  REQUIRE(found != result.rows.end());
  return *found;
}

bool has_note(const Verification& result, NoteCode code) {
  return std::any_of(result.notes.begin(), result.notes.end(),
                     [&](const Note& note) { return note.code == code; });
}

}  // namespace

TEST_CASE("a figure within half its last digit is equal, else it needs a band", "[logs]") {
  struct Case {
    const char* line;
    Agreement agreement;
  };
  const Case cases[] = {
      {"llama_kv_cache: CUDA0 KV buffer size = 1024.00 MiB", Agreement::equal},
      {"llama_kv_cache: CUDA0 KV buffer size = 1024.01 MiB", Agreement::too_low},
      {"llama_kv_cache: CUDA0 KV buffer size = 1023.99 MiB", Agreement::too_high},
      {"load_tensors: CUDA0 model buffer size = 4155.99 MiB", Agreement::equal},
      {"load_tensors: CUDA0 model buffer size = 4157.00 MiB", Agreement::inside},
      {"load_tensors: CUDA0 model buffer size = 4200.00 MiB", Agreement::too_low},
      {"load_tensors: CUDA0 model buffer size = 4100.00 MiB", Agreement::too_high}};
  for (const auto& one : cases) {
    INFO(one.line);
    const auto result = verified(llama3(one.line));
    REQUIRE(result.rows.size() == 1);
    CHECK(result.rows[0].agreement == one.agreement);
    CHECK(agrees(result) ==
          (one.agreement == Agreement::equal || one.agreement == Agreement::inside));
  }
}

TEST_CASE("a build that does not tell its outputs plans logits for the whole batch", "[logs]") {
  const auto line = std::string("llama_context: flash_attn = enabled\n") +
                    "llama_context: CUDA0 compute buffer size = 258.50 MiB";
  const auto all = verified(llama3(line));
  CHECK(row(all, Measure::compute, "CUDA0").agreement == Agreement::equal);
  const auto few = verified(llama3("llama_context: n_outputs_max = 1\n" + line));
  CHECK(*row(few, Measure::compute, "CUDA0").predicted <
        *row(all, Measure::compute, "CUDA0").predicted / 2);
}

TEST_CASE("layers that stay on the host take their weights and cache with them", "[logs]") {
  auto log = llama3(
      "load_tensors: CUDA0 model buffer size = 1.00 MiB\nload_tensors: CPU model buffer size = "
      "1.00 MiB\nllama_kv_cache: CPU KV buffer size = 704.00 MiB\nllama_kv_cache: CUDA0 KV buffer "
      "size = 320.00 MiB\nllama_context: CUDA0 compute buffer size = 669.50 MiB");
  log.replace(log.find("33/33"), 5, "11/33");
  const auto result = verified(log);
  CHECK(row(result, Measure::kv_cache, "CUDA0").agreement == Agreement::equal);
  CHECK(row(result, Measure::kv_cache, "CPU").agreement == Agreement::equal);
  CHECK(has_note(result, NoteCode::verify_partial_offload));
  const auto card = *row(result, Measure::weights, "CUDA0").predicted;
  const auto host = *row(result, Measure::weights, "CPU").predicted;
  const auto whole = *row(verified(llama3("load_tensors: CUDA0 model buffer size = 1.00 MiB")),
                          Measure::weights, "CUDA0")
                          .predicted;
  CHECK(card < whole / 2);
  CHECK(card + host > whole);
}

TEST_CASE("cards whose memory the log does not tell share the layers as their cache says",
          "[logs]") {
  const auto result = verified(
      llama3("load_tensors: CUDA0 model buffer size = 2800.00 MiB\nload_tensors: CUDA1 model "
             "buffer size = 1355.00 MiB\nllama_kv_cache: CUDA0 KV buffer size = 704.00 MiB\n"
             "llama_kv_cache: CUDA1 KV buffer size = 320.00 MiB"));
  CHECK(row(result, Measure::kv_cache, "CUDA0").agreement == Agreement::equal);
  CHECK(row(result, Measure::kv_cache, "CUDA1").agreement == Agreement::equal);
  CHECK(has_note(result, NoteCode::verify_split_unknown));
}

TEST_CASE("a mapped file is a range that may hold more than the device's own tensors", "[logs]") {
  const auto mapped =
      verified(llama3("load_tensors: Metal_Mapped model buffer size = 4300.00 MiB"));
  CHECK(row(mapped, Measure::weights, "Metal").agreement == Agreement::inside);
  const auto more = verified(llama3("load_tensors: Metal_Mapped model buffer size = 5000.00 MiB"));
  CHECK(row(more, Measure::weights, "Metal").agreement == Agreement::too_low);
}

TEST_CASE("repacked copies beside a mapped file are no weights of their own", "[logs]") {
  auto log = llama3(
      "load_tensors: CPU_Mapped model buffer size = 4437.80 MiB\nload_tensors: CPU_REPACK model "
      "buffer size = 3744.00 MiB");
  const auto result = verified(log);
  CHECK(row(result, Measure::weights, "CPU").measured < 4438.0 * 1048576);
}

TEST_CASE("what the command line asks stands before what the log says", "[logs]") {
  const auto facts = read_log(llama3("load_tensors: CUDA0 model buffer size = 1.00 MiB"));
  REQUIRE(facts.has_value());
  WorkloadRequest asked;
  asked.context = 4096;
  const auto merged = merge_settings(*facts, asked);
  CHECK(merged.context == 4096);
  CHECK(std::none_of(merged.settings.begin(), merged.settings.end(),
                     [](const Setting& one) { return one.flag == "ctx-size"; }));
}

TEST_CASE("vLLM's tokens follow from the log's own memory and the bytes of a token", "[logs]") {
  const auto log = [](const std::string& tokens) {
    return "Initializing a V1 LLM engine (v0.12.0) with config: model='Llama-3.1-8B', "
           "dtype=torch.bfloat16, max_seq_len=65536, quantization=None, enforce_eager=False\n"
           "Available KV cache memory: 14.46 GiB\nGPU KV cache size: " +
           tokens + " tokens\n";
  };
  const auto right = verified(log("118,432"));
  CHECK(agrees(right));
  CHECK(row(right, Measure::kv_budget, "").agreement == Agreement::unjudged);
  CHECK(has_note(right, NoteCode::verify_card_unknown));
  CHECK(row(verified(log("59,216")), Measure::kv_tokens, "").agreement == Agreement::too_high);
}

TEST_CASE("vLLM's data ranks and dealt experts are taken from its log", "[logs]") {
  const std::string args = "'model': 'Qwen/Qwen3-30B-A3B', 'max_model_len': 4096";
  const auto weights = [&](const std::string& split) {
    const auto result = verified(
        "(APIServer pid=1) INFO 12-10 09:23:01 [api_server.py:1772] vLLM API server version "
        "0.12.0\n(APIServer pid=1) INFO 12-10 09:23:01 [utils.py:253] non-default args: {" +
        args + split +
        "}\n(EngineCore_DP0 pid=2) INFO 12-10 09:23:18 [core.py:93] Initializing a V1 LLM engine "
        "(v0.12.0) with config: model='Qwen/Qwen3-30B-A3B', dtype=torch.bfloat16, "
        "max_seq_len=4096, quantization=None\n(EngineCore_DP0 pid=2) INFO 12-10 09:23:18 "
        "[gpu_model_runner.py:3549] Model loading took 16.3800 GiB\n");
    return row(result, Measure::weights, "").agreement;
  };
  CHECK(weights(", 'tensor_parallel_size': 4") == Agreement::too_low);
  CHECK(weights(", 'data_parallel_size': 4, 'enable_expert_parallel': True") == Agreement::inside);
  CHECK(weights(", 'data_parallel_size': 2, 'enable_expert_parallel': True") ==
        Agreement::too_high);
}
