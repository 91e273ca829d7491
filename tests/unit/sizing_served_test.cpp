// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "llmfit/sizing.hpp"

using namespace llmfit;

namespace {

constexpr std::int64_t hidden = 256;
constexpr std::int64_t vocabulary = 1000;
constexpr std::int64_t padded_vocabulary = 1024;

Tensor tensor(Role role, std::string_view stem, int layer, std::int64_t inputs,
              std::int64_t rows = 1, std::int64_t experts = 1) {
  Tensor made;
  made.role = role;
  made.stem = stem;
  made.layer = layer;
  made.shape = {inputs, rows, experts, 1};
  return made;
}

/// One layer and one of every tensor that formats treat in their own way.
Model model_with(std::vector<Tensor> tensors) {
  Model model;
  model.id = model.name = "sample";
  model.layers.resize(1);
  model.arch.hidden_size = hidden;
  model.arch.vocab_size = vocabulary;
  model.tensors = std::move(tensors);
  return model;
}

const Tensor embedding = tensor(Role::token_embedding, "token_embd", -1, hidden, vocabulary);
const Tensor output = tensor(Role::output, "output", -1, hidden, vocabulary);
const Tensor up = tensor(Role::ffn_up, "ffn_up", 0, hidden, 512);

const Format& format_of(Engine engine, std::string_view id) {
  const auto* const format = Catalog::builtin().find_format(engine, id);
  REQUIRE(format != nullptr);
  return *format;
}

Weights weighed(const Model& model, Engine engine, std::string_view id) {
  return weigh(model, format_of(engine, id)).value();
}

Bytes on_device(const Weights& weights) {
  auto sum = weights.input.sharded + weights.input.replicated + weights.output.sharded +
             weights.output.replicated;
  for (const auto& block : weights.blocks) sum += block.sharded + block.replicated;
  return sum;
}

constexpr std::int64_t up_bits4 = 512 * hidden / 2;

}  // namespace

TEST_CASE("each format packs its own tensors and leaves the others in 16 bits", "[served]") {
  const auto router = tensor(Role::router, "ffn_gate_inp", 0, hidden, 8);
  const auto experts = tensor(Role::ffn_up_exps, "ffn_up_exps", 0, hidden, 128, 8);
  const auto norm = tensor(Role::norm, "attn_norm", 0, hidden);
  const auto in = tensor(Role::recurrent, "ssm_in", 0, hidden, 512);
  const auto conv = tensor(Role::recurrent, "ssm_conv1d", 0, 4, 512);
  auto bias = up;
  bias.suffix = Suffix::bias;
  bias.shape = {512, 1, 1, 1};
  struct Row {
    Engine engine;
    std::string_view format;
    Tensor tensor;
    std::int64_t bytes;
  };
  const std::int64_t vocabulary_4bit = vocabulary * hidden / 64 * 36;  // 4 bits and 32 for 64
  const auto row = GENERATE_COPY(
      Row{Engine::vllm, "awq", up, up_bits4 + 1024 * 5 / 2},
      Row{Engine::vllm, "awq", embedding, vocabulary * hidden * 2},
      Row{Engine::vllm, "awq", output, vocabulary * hidden * 2},
      Row{Engine::vllm, "awq", router, 8 * hidden * 2}, Row{Engine::vllm, "awq", norm, hidden * 2},
      Row{Engine::vllm, "awq", bias, 512 * 2},
      Row{Engine::vllm, "awq", experts, 8 * (128 * hidden / 2 + 256 * 5 / 2)},
      Row{Engine::vllm, "awq", in, up_bits4 + 1024 * 5 / 2},
      Row{Engine::vllm, "awq", conv, 4 * 512 * 2}, Row{Engine::vllm, "mxfp4", up, 512 * hidden * 2},
      Row{Engine::vllm, "mxfp4", experts, 8 * 128 * hidden / 32 * 17},
      Row{Engine::vllm, "fp32", up, 512 * hidden * 4},
      Row{Engine::transformers, "nf4", output, vocabulary * hidden * 2},
      Row{Engine::mlx, "mlx_4bit", output, vocabulary_4bit},
      Row{Engine::mlx, "mlx_4bit", embedding, vocabulary_4bit},
      Row{Engine::mlx, "mlx_4bit", router, 8 * hidden * 2},
      Row{Engine::exllama, "exl2_4.0bpw", output, vocabulary * hidden * 63 / 80},
      Row{Engine::exllama, "exl2_4.0bpw", embedding, vocabulary * hidden * 2});
  INFO(row.format << " " << row.tensor.stem);
  CHECK(weighed(model_with({row.tensor}), row.engine, row.format).tensor_bytes == Bytes{row.bytes});
}

TEST_CASE("draft blocks are in the checkpoint and not on the device", "[served]") {
  auto draft = up;
  draft.layer = 1;
  const auto head = tensor(Role::draft, "nextn.eh_proj", 1, 2 * hidden, hidden);
  const auto weights = weighed(model_with({up, draft, head}), Engine::vllm, "bf16");
  CHECK(weights.tensor_bytes == Bytes{2 * (2 * 512 * hidden + 2 * hidden * hidden)});
  CHECK(on_device(weights) == Bytes{2 * 512 * hidden});
  CHECK(weights.draft == weights.tensor_bytes - on_device(weights));
}

TEST_CASE("GPTQ without act-order leaves the order of the inputs in the file", "[served]") {
  CHECK(weighed(model_with({up}), Engine::vllm, "gptq").dropped == Bytes{4 * hidden});
  CHECK(weighed(model_with({up}), Engine::vllm, "gptq_act").dropped == Bytes{0});
}

TEST_CASE("a tied matrix and rotary factors count for nothing", "[served]") {
  auto model = model_with({embedding, output, tensor(Role::rope_factors, "rope_freqs", -1, 64)});
  model.arch.tied_embeddings = true;
  const auto weights = weighed(model, Engine::vllm, "bf16");
  CHECK(weights.tensor_bytes == Bytes{2 * vocabulary * hidden});
  CHECK(on_device(weights) == Bytes{2 * padded_vocabulary * hidden});
}

TEST_CASE("transformers has a tied matrix twice under block-wise FP8", "[served]") {
  auto model = model_with({embedding});
  model.arch.tied_embeddings = true;
  const auto embedded = Bytes{2 * vocabulary * hidden};
  CHECK(on_device(weighed(model, Engine::transformers, "fp8_block")) == embedded * 2);
  CHECK(on_device(weighed(model, Engine::transformers, "bf16")) == embedded);
  CHECK(weighed(model, Engine::transformers, "fp8_block").tensor_bytes == embedded);
}

TEST_CASE("ExLlama keeps the embedding on the host and packs a tied head", "[served]") {
  auto model = model_with({embedding, up});
  model.arch.tied_embeddings = true;
  const auto weights = weighed(model, Engine::exllama, "exl3_4.0bpw");
  CHECK(weights.host == Bytes{2 * vocabulary * hidden});
  CHECK(weights.input.sharded == Bytes{0});
  // 6 bits, a 16-bit scale a row and one an input.
  CHECK(weights.output.sharded == Bytes{vocabulary * hidden * 6 / 8 + 2 * (vocabulary + hidden)});
}

TEST_CASE("towers are loaded by vLLM and transformers, beside the tensors", "[served]") {
  auto model = model_with({up});
  model.towers = {{"vision", Elements{1000}}, {"audio", Elements{10}}};
  const auto engine = GENERATE(Engine::vllm, Engine::transformers);
  const auto weights = weighed(model, engine, "bf16");
  CHECK(weights.towers == Bytes{2020});
  // vLLM's ranks cut them
  const auto& input = weights.input;
  CHECK((engine == Engine::vllm ? input.sharded : input.replicated) == Bytes{2020});
  CHECK(weights.tensor_bytes == Bytes{2 * 512 * hidden});
}

TEST_CASE("a file's tensors are sized as they are stored", "[served]") {
  auto packed = up;
  packed.stored = StoredTensor{std::nullopt, Bytes{70000}};
  auto words = embedding;
  words.stored = StoredTensor{TensorType::bf16, Bytes{vocabulary * hidden * 2}};
  auto format = format_of(Engine::vllm, "awq");
  format.as_stored = true;
  auto missing = tensor(Role::ffn_down, "ffn_down", 0, 512, hidden);
  const auto weights = weigh(model_with({words, packed, missing}), format).value();
  const std::int64_t down = 512 * hidden / 2 + 4 * hidden * 5 / 2;
  CHECK(weights.tensor_bytes == Bytes{70000 + vocabulary * hidden * 2 + down});
  CHECK(on_device(weights) == Bytes{70000 + padded_vocabulary * hidden * 2 + down});
  format.as_stored = false;  // asked for another format, the file's bytes do not count
  CHECK(weigh(model_with({packed}), format)->tensor_bytes == Bytes{up_bits4 + 1024 * 5 / 2});
}

TEST_CASE("vLLM's padding of packed experts makes an estimate", "[served]") {
  const auto model = model_with({tensor(Role::ffn_up_exps, "ffn_up_exps", 0, hidden, 128, 8)});
  CHECK(weighed(model, Engine::vllm, "mxfp4").basis == Basis::estimate);
  CHECK(weighed(model, Engine::vllm, "bf16").basis == Basis::exact);
}

TEST_CASE("engines whose buffers are unknown say nothing about them", "[served]") {
  const auto engine = GENERATE(Engine::mlx, Engine::exllama);
  auto model = model_with({up});
  model.layers[0].heads = model.layers[0].kv_heads = 2;
  model.layers[0].head_dim = model.layers[0].value_head_dim = 64;
  Workload workload;
  workload.engine = engine;
  workload.context = 300;
  const auto& format = format_of(engine, "fp16");
  const auto footprint =
      size(model, weigh(model, format).value(), workload, format, Catalog::builtin().engine(engine))
          .value();
  CHECK_FALSE(footprint.of(TermKind::compute));
  CHECK_FALSE(footprint.of(TermKind::runtime));
  CHECK(footprint.of(TermKind::kv_cache) == Bytes{512 * 2 * 2 * 64 * 2});  // 512 cells, K and V
}
