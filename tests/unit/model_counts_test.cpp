// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "model_fixture.hpp"

using namespace llmfit;

namespace {

struct Published {
  const char* name;
  fixture::Source (*source)();
  std::int64_t elements;
};

// The counts that the publishers' own files have.
constexpr Published published[] = {
    {"llama 2 13B", fixture::llama2_13b, 13015864320},
    {"llama 3 8B, grouped queries", fixture::llama3_8b, 8030261248},
    {"mixtral 8x7B, experts", fixture::mixtral_8x7b, 46702792704},
    {"bert base, encoder", fixture::bert_base, 109482240},
    {"gpt-3, biases and positions", fixture::gpt3, 174604259328},
    {"phi-3 mini", fixture::phi3_mini, 3821079552},
    {"gemma 3 1B, tied, query and key norms", fixture::gemma3_1b, 999885952},
    {"opt 350m, projected embeddings", fixture::opt_350m, 331196416},
    {"command r plus, full-width norms", fixture::command_r_plus, 103810674688},
    {"gpt-oss 20B, sinks and expert biases", fixture::gpt_oss_20b, 20914757184},
    {"qwen 1.5 moe, shared experts", fixture::qwen15_moe, 14315784192},
    {"deepseek v3, latent attention", fixture::deepseek_v3, 671026419200},
};

}  // namespace

TEST_CASE("the tensors of well-known models add up to their published parameter counts") {
  for (const auto& model : published) {
    INFO(model.name);
    const auto built = fixture::build(model.source());
    CHECK(count_parameters(built) == Elements{model.elements});
  }
}

TEST_CASE("llama 2 13B has the 363 tensors of its file") {
  const auto model = fixture::build(fixture::llama2_13b());
  CHECK(model.tensors.size() == 363);
  CHECK(model.layers.size() == 40);
}

TEST_CASE("a tied model has no output matrix") {
  CHECK(fixture::count_of(fixture::build(fixture::gemma3_1b()), Role::output) == 0);
  CHECK(fixture::count_of(fixture::build(fixture::llama3_8b()), Role::output) == 1);
}

TEST_CASE("a tied matrix that a checkpoint stores again is in the file and counts once") {
  auto source = fixture::gemma3_1b();
  source.record.gguf = "llama";
  source.record.stores_tied_head = true;
  const auto stored = fixture::build(source);
  CHECK(fixture::count_of(stored, Role::output) == 1);
  CHECK(count_elements(stored) == count_parameters(stored) + Elements{1152 * 262144});
  source.record.gguf = "gemma3";  // its converter drops it
  CHECK(fixture::count_of(fixture::build(source), Role::output) == 0);
}

TEST_CASE("an output matrix may have rows of its own") {
  auto source = fixture::llama3_8b();
  source.record.dims.output_rows = 128248;
  const auto plain = count_elements(fixture::build(fixture::llama3_8b()));
  CHECK(count_elements(fixture::build(source)) == plain - Elements{8 * 4096});
}

TEST_CASE("rotary factors are in the file and are no parameters") {
  auto source = fixture::llama3_8b();
  source.record.rope_freqs = true;
  source.record.long_rope = true;
  source.record.rotary_dim = 96;
  const auto model = fixture::build(source);
  CHECK(fixture::count_of(model, Role::rope_factors) == 3);
  CHECK(count_elements(model) == count_parameters(model) + Elements{3 * 48});
  CHECK(count_parameters(model) == Elements{8030261248});
}

TEST_CASE("towers stand beside the tensors") {
  auto source = fixture::llama3_8b();
  CHECK(fixture::build(source).towers.empty());
  source.record.vision_parameters = 434957312;
  const auto model = fixture::build(source);
  REQUIRE(model.towers.size() == 1);
  CHECK(model.towers[0].name == "vision");
  CHECK(model.towers[0].elements == Elements{434957312});
  CHECK(count_elements(model) == Elements{8030261248});
}

TEST_CASE("output gates widen the queries or stand beside them") {
  struct Case {
    OutputGate gate;
    std::int64_t more;
  };
  const auto plain = count_elements(fixture::build(fixture::llama3_8b()));
  const auto layers = 32;
  for (const auto& gate : {Case{OutputGate::in_q, 4096 * 4096},
                           {OutputGate::separate, 4096 * 4096},
                           {OutputGate::per_head, 4096 * 32}}) {
    auto source = fixture::llama3_8b();
    source.record.dims.output_gate = gate.gate;
    CHECK(count_elements(fixture::build(source)) == plain + Elements{gate.more * layers});
  }
}

TEST_CASE("layers whose keys are their values have no value projection") {
  auto source = fixture::gemma3_1b();
  source.record.dims.k_eq_v = true;
  CHECK(fixture::count_of(fixture::build(source), Role::attn_v) == 22);  // 4 of 26 are full
}

TEST_CASE("an indexer is only in the layers that own one") {
  auto source = fixture::deepseek_v3();
  source.record.dims.indexer = Indexer{64, 128};
  CHECK(fixture::count_of(fixture::build(source), Role::indexer) == 61 * 3);  // and a norm
  const std::array<std::int32_t, 2> owners{0, 4};
  source.record.indexer_layers = owners;
  CHECK(fixture::count_of(fixture::build(source), Role::indexer) == 2 * 3);
}

TEST_CASE("a cross-attention layer has head norms and two gates") {
  auto source = fixture::llama3_8b();
  source.kinds = "FFFX";
  const auto model = fixture::build(source);
  const auto plain = count_elements(fixture::build(fixture::llama3_8b()));
  CHECK(count_elements(model) == plain + Elements{8 * (2 * 128 + 2)});
}

TEST_CASE("extra tensors get their role from their name") {
  static constexpr std::array<std::int64_t, 2> table{8960, 1000};
  static constexpr std::array<std::int64_t, 3> altup{64, 64, 3};
  static constexpr std::array<std::int64_t, 1> narrow{256};
  const std::array<std::int32_t, 1> second{1};
  const std::array<ExtraTensor, 3> extras{ExtraTensor{"per_layer_token_embd.weight", table, {}},
                                          ExtraTensor{"altup_proj.weight", altup, {}},
                                          ExtraTensor{"per_layer_proj_norm.weight", narrow, {}}};
  const std::array<ExtraTensor, 1> in_layers{ExtraTensor{"post_norm.weight", narrow, second}};
  auto source = fixture::gemma3_1b();
  const auto norms = fixture::count_of(fixture::build(source), Role::norm);
  source.record.extra_tensors = extras;
  source.record.extra_per_layer = in_layers;
  const auto model = fixture::build(source);
  CHECK(fixture::count_of(model, Role::per_layer_embedding) == 1);
  CHECK(fixture::count_of(model, Role::auxiliary) == 1);
  CHECK(fixture::count_of(model, Role::norm) == norms + 2);
}
