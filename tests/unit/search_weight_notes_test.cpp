// SPDX-License-Identifier: MIT
#include <algorithm>

#include "catch.hpp"
#include "search/weight_notes.hpp"

using namespace llmfit;

namespace {

std::vector<std::string> codes(const Model& model, Engine engine, std::string_view format,
                               std::optional<Sparsity> sparsity = std::nullopt) {
  FitRequest request;
  request.sparsity = sparsity;
  FormatResult one;
  one.choice.engine = engine;
  one.choice.format = *Catalog::builtin().find_format(engine, format);
  std::vector<std::string> result;
  for (const auto& note : search::weight_notes(model, request, one)) {
    CHECK(text(note).find('{') == std::string::npos);
    result.emplace_back(to_string(note.code));
  }
  return result;
}

using Codes = std::vector<std::string>;

}  // namespace

TEST_CASE("pruned weights save nothing, and a note says why", "[notes]") {
  const Model model;
  CHECK(codes(model, Engine::vllm, "fp8").empty());
  CHECK(codes(model, Engine::vllm, "fp8", Sparsity{true, 0.5}) == Codes{"sparsity_refused"});
  CHECK(codes(model, Engine::vllm, "fp8", Sparsity{false, 0.5}) == Codes{"sparsity_in_full"});
  CHECK(codes(model, Engine::llama_cpp, "q4_k_m", Sparsity{true, 0.5}) ==
        Codes{"sparsity_in_full"});
}

TEST_CASE("llama.cpp's towers are files of their own", "[notes]") {
  Model model;
  model.towers = {{"vision", Elements{1'000'000'000}}};
  CHECK(codes(model, Engine::llama_cpp, "q4_k_m") == Codes{"tower_apart"});
  CHECK(codes(model, Engine::vllm, "fp8").empty());
}

TEST_CASE("an engine of unknown buffers says so", "[notes]") {
  CHECK(codes(Model{}, Engine::mlx, "mlx_4bit") == Codes{"buffers_unknown"});
  CHECK(codes(Model{}, Engine::exllama, "exl2_4.0bpw") == Codes{"buffers_unknown"});
}
