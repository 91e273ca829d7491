// SPDX-License-Identifier: MIT
#include <algorithm>

#include "catch.hpp"
#include "support/hand_models.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

Term term_of(const Model& model, Weights weights, const Workload& workload, TermKind kind,
             TensorType type = TensorType::bf16) {
  Format format;
  format.engine = workload.engine;
  format.type = type;
  const auto footprint = size(model, weights, workload, format, engine_record(workload.engine));
  REQUIRE(footprint.has_value());
  const auto& terms = footprint->terms;
  const auto found = std::find_if(terms.begin(), terms.end(),
                                  [kind](const Term& term) { return term.kind == kind; });
  REQUIRE(found != terms.end());
  return *found;
}

Term cache_of(const Model& model, Engine engine) {
  return term_of(model, even_weights(model, mib(100), mib(100)), workload_of(engine, 8192),
                 TermKind::kv_cache);
}

double above(const Term& term) {
  return static_cast<double>((term.high - term.bytes).count()) /
         static_cast<double>(term.bytes.count());
}

double below(const Term& term) {
  return static_cast<double>((term.bytes - term.low).count()) /
         static_cast<double>(term.bytes.count());
}

}  // namespace

TEST_CASE("weights known by their size have the band of the quantizer's plans", "[bands]") {
  auto model = llama2_13b();
  model.known_by_size_only = true;
  auto weights = even_weights(model, mib(100), mib(100));
  weights.basis = Basis::estimate;
  const auto term = term_of(model, weights, workload_of(Engine::llama_cpp), TermKind::weights);
  CHECK(term.basis == Basis::estimate);
  CHECK((below(term) > 0.079 && below(term) < 0.081));
  CHECK((above(term) > 0.069 && above(term) < 0.071));
  const auto textbook = term_of(model, weights, workload_of(Engine::params), TermKind::weights);
  CHECK((above(textbook) > 0.039 && above(textbook) < 0.041));
}

TEST_CASE("an estimated term has a band, an exact one has none", "[bands]") {
  auto hybrid = llama2_13b();
  hybrid.layers.front().kind = LayerKind::mamba;
  auto encoder_decoder = llama2_13b();
  encoder_decoder.arch.kind = ModelKind::encoder_decoder;
  auto sparse = deepseek_v3();
  sparse.arch.indexer = Indexer{64, 128};
  struct Row {
    Model model;
    Engine engine;
    Basis basis;
  };
  const auto row = GENERATE_COPY(Row{hybrid, Engine::llama_cpp, Basis::exact},
                                 Row{encoder_decoder, Engine::vllm, Basis::estimate},
                                 Row{encoder_decoder, Engine::llama_cpp, Basis::exact},
                                 Row{sparse, Engine::vllm, Basis::exact},
                                 Row{sparse, Engine::llama_cpp, Basis::exact},
                                 Row{gemma3_27b(), Engine::vllm, Basis::exact},
                                 Row{gemma3_27b(), Engine::llama_cpp, Basis::exact},
                                 Row{llama3_8b(), Engine::vllm, Basis::exact});
  const auto term = cache_of(row.model, row.engine);
  INFO(*row.model.architecture << " under " << to_string(row.engine));
  CHECK(term.basis == row.basis);
  CHECK((term.low < term.high) == (row.basis == Basis::estimate));
}

TEST_CASE("vLLM's cache is whole blocks, its padding not rounded layer by layer", "[bands]") {
  // 8,192 tokens: 512 blocks of ten layers, and 321 blocks of sixty, eight of them padding
  const auto term = cache_of(gemma3_27b(), Engine::vllm);
  CHECK(term.bytes == Bytes{8192LL * 16 * (512 * 10 + 321 * 60)});
}

TEST_CASE("inputs say whether somebody asked for them", "[bands]") {
  const auto model = llama3_8b();
  const auto sources = [&](bool by_default) {
    auto workload = workload_of(Engine::llama_cpp);
    workload.context_is_default = workload.sequences_are_default = by_default;
    const auto term =
        term_of(model, even_weights(model, mib(1), mib(1)), workload, TermKind::kv_cache);
    CHECK(term.inputs.at(1).name == "context");
    CHECK(term.inputs.at(2).name == "sequences");
    CHECK(term.inputs.at(1).source == term.inputs.at(2).source);
    return term.inputs.at(1).source;
  };
  CHECK(sources(true) == "default");
  CHECK(sources(false) == "option");
}

TEST_CASE("widths beyond any counting are too large, not undefined", "[bands]") {
  const auto engine = GENERATE(Engine::llama_cpp, Engine::vllm, Engine::transformers);
  const auto huge = std::int64_t{5'000'000'000'000'000'000};
  auto model = tinyllama();
  model.arch.hidden_size = huge;
  const auto sized = [&] {
    return size(model, even_weights(model, mib(1), mib(1)), workload_of(engine), Format{},
                engine_record(engine));
  };
  INFO(to_string(engine));
  REQUIRE_FALSE(sized().has_value());
  CHECK(sized().error().code == ErrorCode::too_large);
  model.arch.hidden_size = 2048;
  for (auto& layer : model.layers) {
    layer.heads = layer.kv_heads = layer.head_dim = layer.value_head_dim = 2'147'483'647;
  }
  CHECK_FALSE(sized().has_value());
}
