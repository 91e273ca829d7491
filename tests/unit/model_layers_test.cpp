// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "model_fixture.hpp"

using namespace llmfit;

TEST_CASE("sliding layers take their own heads and window, full layers none") {
  auto source = fixture::gemma3_1b();
  source.record.window_heads = 8;
  source.record.window_kv_heads = 2;
  source.record.window_head_dim = 128;
  const auto model = fixture::build(source);
  const auto& sliding = model.layers[0];
  CHECK(sliding.heads == 8);
  CHECK(sliding.kv_heads == 2);
  CHECK(sliding.head_dim == 128);
  CHECK(sliding.value_head_dim == 128);
  CHECK(sliding.window == 512);
  const auto& full = model.layers[5];
  CHECK(full.kind == LayerKind::full);
  CHECK(full.heads == 4);
  CHECK(full.head_dim == 256);
  CHECK(full.window == 0);
}

TEST_CASE("per-layer arrays override every other dimension") {
  const std::array<std::int32_t, 2> heads{32, 0};
  const std::array<std::int32_t, 2> kv_heads{4, 0};
  const std::array<std::int32_t, 2> ffn{1024, 2048};
  auto source = fixture::decoder(2, 2048, 16, 16, 64, 512, 1000);
  source.record.heads_by_layer = heads;
  source.record.kv_heads_by_layer = kv_heads;
  source.record.ffn_size_by_layer = ffn;
  const auto model = fixture::build(source);
  CHECK(model.layers[0].heads == 32);
  CHECK(model.layers[0].kv_heads == 4);
  CHECK(model.layers[1].ffn_size == 2048);
  CHECK_FALSE(model.layers[1].caches);  // its attention is removed
  CHECK(fixture::count_of(model, Role::attn_q) == 1);
}

TEST_CASE("norms may differ from layer to layer") {
  const std::array<std::int32_t, 2> norms{1, 3};
  auto source = fixture::decoder(2, 2048, 16, 16, 64, 512, 1000);
  source.record.norms_by_layer = norms;
  CHECK(fixture::count_of(fixture::build(source), Role::norm) == 1 + 3 + 1);
}

TEST_CASE("encoders cache nothing") {
  for (const auto& layer : fixture::build(fixture::bert_base()).layers) CHECK_FALSE(layer.caches);
}

TEST_CASE("the last layers that share a cache do not own one") {
  auto source = fixture::gemma3_1b();
  source.record.kv_shared_layers = 10;
  const auto model = fixture::build(source);
  CHECK(model.layers[15].caches);
  CHECK_FALSE(model.layers[16].caches);
}

TEST_CASE("recurrent and hybrid models cache in their attention only") {
  auto source = fixture::decoder(4, 2048, 16, 4, 128, 8192, 32000);
  source.kinds = "MFHl";
  source.record.dims.ssm = Ssm{};
  const auto model = fixture::build(source);
  CHECK_FALSE(model.known_by_size_only);
  CHECK(model.layers[0].kind == LayerKind::mamba);
  CHECK_FALSE(model.layers[0].caches);
  CHECK(model.layers[1].caches);
  CHECK(model.layers[1].kv_heads == 4);
  CHECK(model.layers[2].kind == LayerKind::attention_mamba);
  CHECK(model.layers[2].caches);
  CHECK(model.layers[3].kind == LayerKind::linear);
  CHECK_FALSE(model.layers[3].caches);
}

TEST_CASE("an encoder-decoder has its encoder's layers before its decoder's") {
  auto source = fixture::bert_base();
  auto& dims = source.record.dims;
  dims.kind = ModelKind::encoder_decoder;
  dims.encoder_decoder = EncoderDecoder{12, 6, 32, false};
  source.kinds = "F";
  const auto model = fixture::build(source);
  REQUIRE(model.layers.size() == 18);
  CHECK(model.layers[11].kind == LayerKind::bidirectional);
  CHECK_FALSE(model.layers[11].caches);
  CHECK(model.layers[12].kind == LayerKind::full);
  CHECK(model.layers[12].caches);
}

TEST_CASE("records that cannot be built say why") {
  auto unknown = fixture::llama3_8b();
  unknown.kinds = "?";
  const auto kind = fixture::try_build(unknown);
  REQUIRE_FALSE(kind);
  CHECK(kind.error().code == ErrorCode::internal);
  CHECK(kind.error().message.find('?') != std::string::npos);
}

TEST_CASE("dimensions beyond all counting are too large, not wrapped around") {
  auto source = fixture::llama3_8b();
  source.record.dims.hidden_size = std::int64_t{1} << 62;
  const auto model = fixture::try_build(source);
  REQUIRE_FALSE(model);
  CHECK(model.error().code == ErrorCode::too_large);
}

TEST_CASE("a model known by its size has one tensor and no layers") {
  const auto model = make_model("13b", Elements{13'000'000'000});
  CHECK(model.known_by_size_only);
  CHECK(model.source == ModelSource::parameters);
  CHECK(model.layers.empty());
  CHECK(count_elements(model) == Elements{13'000'000'000});

  ModelRecord record;
  record.id = "closed";
  record.parameters = 1'000'000'000'000;
  const auto closed = make_model(record);
  REQUIRE(closed);
  CHECK(closed->known_by_size_only);
  CHECK_FALSE(closed->architecture);
}

TEST_CASE("the architecture's name is llama.cpp's, else the configuration's") {
  const auto llama = fixture::build(fixture::llama3_8b());
  CHECK(llama.architecture == "llama");
  CHECK(llama.runs_on_llama_cpp);
  const auto opt = fixture::build(fixture::opt_350m());
  CHECK(opt.architecture == "opt");
  CHECK_FALSE(opt.runs_on_llama_cpp);
}
