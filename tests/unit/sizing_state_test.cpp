// SPDX-License-Identifier: MIT
// What each kind of layer keeps of a sequence, in numbers that can be checked on paper.
#include "catch.hpp"
#include "support/hand_models.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

/// A model of one layer of that kind, 2,048 wide.
Model one_layer(LayerKind kind, const std::string& architecture = "any") {
  auto model = dense_model({architecture, 1, 2048, 32000, 16, 2, 128, 5632, 4096});
  model.layers.front().kind = kind;
  return model;
}

Model mamba_2() {
  auto model = one_layer(LayerKind::mamba);
  Ssm ssm;
  ssm.d_inner = 4096;
  ssm.d_state = 128;
  ssm.d_conv = 4;
  ssm.n_groups = 8;
  ssm.heads = 64;
  model.arch.ssm = ssm;
  return model;
}

Model mamba_1() {
  auto model = mamba_2();
  model.arch.ssm->version = 1;
  model.arch.ssm->d_state = 16;
  return model;
}

Model linear(LinearKind kind, int keys, int values, int taps) {
  auto model = one_layer(LayerKind::linear_attention);
  LinearAttention dims;
  dims.kind = kind;
  dims.key_heads = keys;
  dims.value_heads = values;
  dims.key_head_dim = dims.value_head_dim = 128;
  dims.conv_kernel = taps;
  model.arch.linear_attention = dims;
  return model;
}

Model short_conv() {
  auto model = one_layer(LayerKind::short_conv);
  model.arch.short_conv = ShortConv{3};
  return model;
}

Model rwkv_7() {
  auto model = one_layer(LayerKind::rwkv);
  model.arch.rwkv = Rwkv{64, 96, 96, 64, 320};
  return model;
}

Model griffin() {
  auto model = one_layer(LayerKind::rg_lru);
  model.arch.rg_lru = RgLru{2560, 10, 4};
  return model;
}

/// DeepSeek V4: heads of 512, an indexer of 128, a window of 128.
Model compressed(int ratio) {
  auto model = one_layer(LayerKind::compressed, "deepseek4");
  auto& layer = model.layers.front();
  layer.head_dim = 512;
  layer.window = 128;
  layer.compress_ratio = ratio;
  CompressedAttention dims;
  dims.index_head_dim = 128;
  model.arch.compressed = dims;
  return model;
}

std::int64_t state_of(const Model& model, const Workload& workload) {
  return state_bytes(model, model.layers.front(), workload).value().count();
}

std::int64_t cache_of(const Model& model, const Workload& workload) {
  return kv_cache_bytes(model, model.layers.front(), workload).count();
}

}  // namespace

TEST_CASE("llama.cpp keeps the state of each kind of layer in 32 bits", "[state]") {
  struct Row {
    const char* what;
    Model model;
    std::int64_t floats;
  };
  const auto row = GENERATE(
      Row{"Mamba: 3 columns of the inner width, a row of 16 a channel", mamba_1(),
          3 * 4096 + 16 * 4096},
      Row{"Mamba-2: B and C of its groups are convolved too", mamba_2(),
          3 * (4096 + 2 * 8 * 128) + 128 * 4096},
      Row{"gated delta: 128 x 128 a value head, queries, keys and values convolved",
          linear(LinearKind::gated_delta, 16, 32, 4),
          3 * (2 * 16 * 128 + 32 * 128) + 32 * 128 * 128},
      Row{"Kimi delta: the same with equal heads", linear(LinearKind::kimi_delta, 32, 32, 4),
          3 * 3 * 32 * 128 + 32 * 128 * 128},
      Row{"lightning: no convolution", linear(LinearKind::lightning, 64, 64, 0), 64 * 128 * 128},
      Row{"short convolution: all but the current token", short_conv(), 2 * 2048},
      Row{"RWKV: two shifted tokens, 64 columns a channel", rwkv_7(), 2 * 2048 + 64 * 2048},
      Row{"compressed by 4: two overlapping windows of keys and scores, and an indexer's",
          compressed(4), 2 * 8 * (2 * 512) + 2 * 8 * (2 * 128)},
      Row{"compressed by 128: one window", compressed(128), 2 * 128 * 512},
      Row{"latest tokens only", compressed(0), 0});
  INFO(row.what);
  CHECK(state_of(row.model, workload_of(Engine::llama_cpp, 4096)) == 4 * row.floats);
  CHECK(state_of(row.model, workload_of(Engine::llama_cpp, 100'000, 3)) == 3 * 4 * row.floats);
}

TEST_CASE("attention beside Mamba keeps both", "[state]") {
  auto model = mamba_2();
  model.layers.front().kind = LayerKind::attention_mamba;
  const auto workload = workload_of(Engine::llama_cpp);
  CHECK(cache_of(model, workload) == 4096 * 2 * (2 * 128) * 2);
  CHECK(state_of(model, workload) == state_of(mamba_2(), workload));
}

TEST_CASE("where drafts can be taken back, llama.cpp keeps older states", "[state]") {
  auto workload = workload_of(Engine::llama_cpp, 4096, 2);
  workload.llama_cpp.rollback = 2;
  auto model = short_conv();
  CHECK(state_of(model, workload) == 2 * 4 * 2 * 2048);  // the engine ignores the setting
  model.architecture = "lfm2";
  CHECK(state_of(model, workload) == 3 * 2 * 4 * 2 * 2048);
}

TEST_CASE("compressed attention caches the latest tokens, compressed rows and index keys",
          "[state]") {
  // cells: min(128 + 512, 32,768) padded to 768, 32,768 / 4 and 32,768 / 128
  const auto workload = workload_of(Engine::llama_cpp, 32768);
  CHECK(cache_of(compressed(0), workload) == 768LL * 512 * 2);
  CHECK(cache_of(compressed(4), workload) == (768LL * 512 + 8192LL * (512 + 128)) * 2);
  CHECK(cache_of(compressed(128), workload) == (768LL + 256) * 512 * 2);
  auto unified = workload_of(Engine::llama_cpp, 8192, 4);
  unified.llama_cpp.kv_unified = true;  // four streams, each as long as all of them
  CHECK(cache_of(compressed(4), unified) == 4 * cache_of(compressed(4), workload));
}

TEST_CASE("a sparse indexer has a cache of keys, MiniMax's of values too", "[state]") {
  auto latent = deepseek_v3();
  latent.arch.indexer = Indexer{64, 128};
  auto& layer = latent.layers.front();
  const auto workload = workload_of(Engine::llama_cpp);
  CHECK(cache_of(latent, workload) == 4096 * 576 * 2);
  layer.indexed = true;
  CHECK(cache_of(latent, workload) == 4096 * (576 + 128) * 2);
  auto blocks = one_layer(LayerKind::full);
  blocks.arch.indexer = Indexer{4, 128};
  blocks.layers.front().indexed = true;
  CHECK(cache_of(blocks, workload) == 4096 * (2 * 2 * 128 + 2 * 128) * 2);
}

TEST_CASE("files with one up-projection have no latent cache", "[state]") {
  auto model = deepseek_v3();
  model.arch.mla->joined_kv_b = true;
  for (auto& layer : model.layers) layer.kv_heads = layer.heads;
  CHECK(cache_of(model, workload_of(Engine::llama_cpp)) == 4096LL * 128 * (192 + 128) * 2);
  CHECK(cache_of(model, workload_of(Engine::vllm)) == 4096LL * 128 * (192 + 192) * 2);
}

TEST_CASE("vLLM pads a state to a page of attention, and pages grow to hold it", "[state]") {
  auto model = mamba_2();
  auto workload = workload_of(Engine::vllm, 4096);
  workload.vllm.prefix_caching = false;
  const std::int64_t state = 2 * (3 * (4096 + 2 * 8 * 128) + 128 * 4096);
  CHECK(state_of(model, workload) == state);  // no attention, no page
  auto attention = model.layers.front();
  attention.kind = LayerKind::full;
  model.layers.push_back(attention);
  // A token takes 2 heads x (128 + 128) x 2 bytes = 1,024; 1,085,440 / 1,024 is 1,060 tokens, in
  // steps of 16: 1,072.
  CHECK(state == 1'085'440);
  CHECK(state_of(model, workload) == 1072 * 1024);
  CHECK(kv_cache_bytes(model, attention, workload) == Bytes{4 * 1072 * 1024});
  workload.vllm.prefix_caching = true;  // a second one is kept
  CHECK(state_of(model, workload) == 2 * 1072 * 1024);
  workload.vllm.prefix_caching = false;
  model.architecture = "nemotron_h";  // its configuration asks for a recurrence in f32
  CHECK(state_of(model, workload) > 2 * 1072 * 1024 - 100 * 1024);
}

TEST_CASE("transformers keeps the current token in a convolution's state", "[state]") {
  const auto workload = workload_of(Engine::transformers, 4096, 2);
  CHECK(state_of(mamba_1(), workload) == 2 * 2 * (4 * 4096 + 16 * 4096));
  CHECK(state_of(linear(LinearKind::gated_delta, 16, 32, 4), workload) ==
        2 * (2 * 4 * (2 * 16 * 128 + 32 * 128) + 4 * 32 * 128 * 128));
  CHECK(state_of(griffin(), workload) == 2 * (2 * 3 * 2560 + 4 * 2560));
  CHECK(state_of(one_layer(LayerKind::rwkv4), workload) == 2 * (2 * 2 * 2048 + 4 * 3 * 2048));
}

TEST_CASE("what an engine keeps in an unknown way is absent", "[state]") {
  const auto absent = [](const Model& model, Engine engine) {
    return !state_bytes(model, model.layers.front(), workload_of(engine)).has_value();
  };
  CHECK(absent(mamba_1(), Engine::mlx));
  CHECK(absent(mamba_1(), Engine::exllama));
  CHECK(absent(rwkv_7(), Engine::transformers));
  CHECK(absent(linear(LinearKind::kimi_delta, 32, 32, 4), Engine::transformers));
  CHECK(absent(compressed(4), Engine::vllm));
  CHECK(state_of(mamba_1(), workload_of(Engine::params)) == 0);
  CHECK(state_of(one_layer(LayerKind::full), workload_of(Engine::mlx)) == 0);
}
