// SPDX-License-Identifier: MIT
#include <algorithm>
#include <vector>

#include "catch.hpp"
#include "llmfit/sizing.hpp"
#include "model_fixture.hpp"

using namespace llmfit;
using fixture::build;
using fixture::format;

namespace {

const Format f16 = format("f16", Engine::llama_cpp, TensorType::f16);
const Format q8_0 = format("q8_0", Engine::llama_cpp, TensorType::q8_0);
const Format q4_0 = format("q4_0", Engine::llama_cpp, TensorType::q4_0);
const Format fp16 = format("fp16", Engine::vllm, TensorType::f16);
const Format awq = *Catalog::builtin().find_format(Engine::vllm, "awq");

Bytes sum(const BlockLoad& load) { return load.sharded + load.replicated; }

// Llama 2 13B by hand: 40 layers of 4 x 5120 x 5120 and 3 x 5120 x 13824 elements, two matrices of
// 5120 x 32000 around them, 81 norms of 5120.
constexpr std::int64_t layer_elements = std::int64_t{40} * 5120 * (4 * 5120 + 3 * 13824);
constexpr std::int64_t matrix_elements = std::int64_t{5120} * 32000;
constexpr std::int64_t norm_bytes = std::int64_t{81} * 5120 * 4;

}  // namespace

TEST_CASE("uniform file types take their block size for every matrix and 32 bits for norms") {
  const auto model = build(fixture::llama2_13b());
  const auto all = layer_elements + 2 * matrix_elements;
  CHECK(weigh(model, f16)->tensor_bytes == Bytes{all * 2 + norm_bytes});
  CHECK(weigh(model, q8_0)->tensor_bytes == Bytes{all / 32 * 34 + norm_bytes});
  const auto output = matrix_elements / 256 * 210;  // the output matrix stays in six bits
  CHECK(weigh(model, q4_0)->tensor_bytes ==
        Bytes{(layer_elements + matrix_elements) / 32 * 18 + output + norm_bytes});
}

TEST_CASE("bits per weight are those of the tensors that were added up") {
  const auto weights = weigh(build(fixture::llama2_13b()), q8_0);
  CHECK(weights->elements == Elements{13015864320});
  CHECK(weights->tensor_count == 363);
  CHECK(weights->basis == Basis::exact);
  CHECK(weights->bits_per_weight > 8.5);
  CHECK(weights->bits_per_weight < 8.501);
}

TEST_CASE("llama.cpp keeps the embedding in host memory") {
  const auto weights = weigh(build(fixture::llama2_13b()), f16);
  CHECK(weights->host == Bytes{matrix_elements * 2});
  CHECK(sum(weights->input) == Bytes{0});
  CHECK(sum(weights->output) == Bytes{matrix_elements * 2 + 5120 * 4});
  CHECK(weights->blocks.size() == 40);
  CHECK(weights->blocks[7].replicated == Bytes{2 * 5120 * 4});
}

TEST_CASE("llama.cpp copies a tied embedding to the device, but not an encoder's") {
  const auto tied = weigh(build(fixture::gemma3_1b()), f16);
  CHECK(tied->host == Bytes{std::int64_t{1152} * 262144 * 2});
  CHECK(tied->output.sharded == tied->host);
  const auto encoder = weigh(build(fixture::bert_base()), f16);
  CHECK(encoder->output.sharded == Bytes{0});
}

TEST_CASE("llama.cpp leaves an encoder's pooler out and keeps positions in 32 bits") {
  const auto weights = weigh(build(fixture::bert_base()), f16);
  CHECK(weights->elements == Elements{109482240 - 768 * 768 - 768});
  CHECK(weights->host == Bytes{std::int64_t{30522} * 768 * 2 + (512 + 2) * 768 * 4});
  CHECK(weights->input.replicated == Bytes{2 * 768 * 4});  // the norm after the embedding
}

TEST_CASE("rows that do not divide by the block fall back to a type that does") {
  const auto model = build(fixture::decoder(1, 96, 2, 2, 48, 100, 64));
  const auto weights = weigh(model, format("q6_k", Engine::llama_cpp, TensorType::q6_k));
  // 96 is three blocks of 32 (8 bits), 100 is none at all (16 bits).
  const std::int64_t eights = 4 * 96 * 96 + 2 * 96 * 100 + 2 * 96 * 64;
  CHECK(weights->tensor_bytes == Bytes{eights / 32 * 34 + 100 * 96 * 2 + 3 * 96 * 4});
}

TEST_CASE("a quantized row that is no multiple of 512 costs its tail on the device once") {
  const auto model = build(fixture::decoder(1, 256, 2, 2, 128, 512, 64));
  const auto weights = weigh(model, q8_0);
  const std::int64_t tail = 256 / 32 * 34;
  // q, k, v, o, gate and up have rows of 256, down of 512; the norms have no tail.
  const std::int64_t raw = (4 * 256 * 256 + 3 * 256 * 512) / 32 * 34;
  CHECK(weights->blocks[0].sharded == Bytes{raw + 6 * 384});  // 272 rounded up to 128
  CHECK(tail == 272);
}

TEST_CASE("a format without a recipe of its own is uniform") {
  const auto custom = format("mine", Engine::llama_cpp, TensorType::q4_k);
  const auto model = build(fixture::llama2_13b());
  const auto all = layer_elements + 2 * matrix_elements;
  CHECK(weigh(model, custom)->tensor_bytes == Bytes{all / 256 * 144 + norm_bytes});
}

TEST_CASE("vLLM holds everything on the device and pads the vocabulary") {
  auto source = fixture::llama2_13b();
  source.record.dims.vocab_size = 32001;
  const auto weights = weigh(build(source), fp16);
  CHECK(weights->host == Bytes{0});
  CHECK(weights->input.sharded == Bytes{std::int64_t{32064} * 5120 * 2});
  CHECK(weights->output.sharded == Bytes{std::int64_t{32064} * 5120 * 2});
  CHECK(weights->output.replicated == Bytes{5120 * 2});
  const auto unpadded = std::int64_t{2} * (13015864320 + 2 * 5120);
  CHECK(weights->tensor_bytes == Bytes{unpadded});
}

TEST_CASE("vLLM quantizes the matrices of the layers and nothing else") {
  const auto weights = weigh(build(fixture::llama2_13b()), awq);
  CHECK(weights->input.sharded == Bytes{matrix_elements * 2});
  CHECK(weights->blocks[0].sharded == Bytes{layer_elements / 40 / 256 * 133});
  CHECK(weights->blocks[0].replicated == Bytes{2 * 5120 * 2});

  const auto mixtral = weigh(build(fixture::mixtral_8x7b()), awq);
  CHECK(mixtral->blocks[0].replicated == Bytes{(2 * 4096 + 8 * 4096) * 2});  // norms and router
}

TEST_CASE("channel scales cost four bytes a row") {
  const auto model = build(fixture::decoder(1, 256, 2, 2, 128, 512, 64));
  const auto w8a8 = weigh(model, *Catalog::builtin().find_format(Engine::vllm, "w8a8"));
  const std::int64_t rows = 4 * 256 + 2 * 512 + 256;
  CHECK(w8a8->blocks[0].sharded == Bytes{4 * 256 * 256 + 3 * 256 * 512 + 4 * rows});
}

TEST_CASE("tensor parallelism cannot divide latent projections and row biases") {
  const auto latent = weigh(build(fixture::deepseek_v3()), fp16);
  const std::int64_t low_rank = 7168 * (1536 + 512 + 64);
  const std::int64_t norms = 1536 + 512 + 2 * 7168;
  CHECK(latent->blocks[0].replicated == Bytes{2 * (low_rank + norms)});

  const auto biased = weigh(build(fixture::gpt3()), fp16);
  CHECK(biased->blocks[0].replicated == Bytes{2 * (2 * 12288 + 4 * 12288)});
}

TEST_CASE("the textbook rule is parameters times bytes, exactly") {
  const auto size = make_model("13b", Elements{13'000'000'000});
  const auto textbook = [&](double bytes) {
    return weigh(size, format("t", Engine::params, TensorType::f16, bytes))->tensor_bytes;
  };
  CHECK(textbook(4) == Bytes{52'000'000'000});
  CHECK(textbook(2) == Bytes{26'000'000'000});
  CHECK(textbook(0.75) == Bytes{9'750'000'000});
  const auto small = make_model("3.8b", Elements{3'800'000'000});
  CHECK(weigh(small, format("q4", Engine::params, TensorType::q4_0, 0.5))->tensor_bytes ==
        Bytes{1'900'000'000});
}

TEST_CASE("the textbook rule looks at the stated parameters, not at the tensors") {
  const auto model = build(fixture::llama2_13b(), 13'000'000'000);
  const auto weights = weigh(model, format("fp16", Engine::params, TensorType::f16, 2));
  CHECK(weights->tensor_bytes == Bytes{26'000'000'000});
  CHECK(weights->basis == Basis::estimate);
}

TEST_CASE("a model known by its size has its type's bits under every engine") {
  const auto size = make_model("1b", Elements{1'000'000'001});
  const auto fp8 = weigh(size, *Catalog::builtin().find_format(Engine::vllm, "fp8"));
  CHECK(fp8->tensor_bytes == Bytes{1'000'000'001});
  const auto four = weigh(size, awq);
  CHECK(four->tensor_bytes == Bytes{519'531'251});  // x 133 / 256, rounded up
  const auto mixed = weigh(size, format("q4_k_m", Engine::llama_cpp, TensorType::q4_k));
  CHECK(mixed->tensor_bytes == Bytes{608'000'001});  // 4.864 bits, rounded up
  CHECK(mixed->basis == Basis::estimate);
}

TEST_CASE("unknown tensors are spread evenly over the layers, the remainder on the first") {
  auto model = make_model("size", Elements{1001});
  model.layers.resize(3);
  const auto weights = weigh(model, fp16);
  REQUIRE(weights->blocks.size() == 3);
  CHECK(weights->blocks[0].sharded == Bytes{668});
  CHECK(weights->blocks[1].sharded == Bytes{667});
  CHECK(sum(weights->input) + sum(weights->output) == Bytes{0});
}

TEST_CASE("weights beyond 2^63 bytes are too large") {
  const auto huge = make_model("huge", Elements{std::int64_t{1} << 62});
  const auto weights = weigh(huge, format("fp32", Engine::params, TensorType::f32, 4));
  REQUIRE_FALSE(weights);
  CHECK(weights.error().code == ErrorCode::too_large);
  CHECK_FALSE(weigh(huge, format("fp32", Engine::vllm, TensorType::f32)));
}

TEST_CASE("llama.cpp does not load the blocks for drafting that its file holds") {
  auto model = build(fixture::decoder(2, 256, 2, 2, 128, 512, 64));
  const auto without = weigh(model, f16);
  model.tensors.push_back({Role::draft, "nextn.eh_proj", Suffix::weight, 2, {512, 256, 1, 1}, {}});
  const auto with = weigh(model, f16);
  CHECK(with->draft == Bytes{512 * 256 * 2});
  CHECK(with->tensor_bytes == without->tensor_bytes + with->draft);
  CHECK(with->elements == without->elements + Elements{512 * 256});
  CHECK(with->blocks.size() == 2);
  CHECK(sum(with->blocks[1]) == sum(without->blocks[1]));
  CHECK(with->host == without->host);
}

TEST_CASE("a file that is sized as it is takes the bytes of its tensors") {
  auto model = build(fixture::decoder(1, 256, 2, 2, 128, 512, 64));
  std::int64_t bytes = 1000;
  for (auto& tensor : model.tensors) tensor.stored = StoredTensor{TensorType::q4_k, Bytes{bytes++}};
  const auto count = static_cast<std::int64_t>(model.tensors.size());
  auto stored = format("mixed", Engine::llama_cpp, TensorType::q4_k);
  stored.as_stored = true;
  CHECK(weigh(model, stored)->tensor_bytes == Bytes{count * 1000 + count * (count - 1) / 2});
  CHECK(tensor_types(model, stored) == std::vector(model.tensors.size(), TensorType::q4_k));
}

TEST_CASE("what lies after the layers is known by name where a file lists it before them") {
  auto model = build(fixture::llama2_13b());
  const auto ordered = weigh(model, f16);
  std::stable_sort(model.tensors.begin(), model.tensors.end(),
                   [](const Tensor& a, const Tensor& b) { return a.layer < b.layer; });
  const auto sorted = weigh(model, f16);
  CHECK(sum(sorted->output) == sum(ordered->output));
  CHECK(sum(sorted->input) == sum(ordered->input));
}
