// SPDX-License-Identifier: MIT
#include <map>
#include <string>

#include "catch.hpp"
#include "llmfit/read_model.hpp"
#include "support/gguf_writer.hpp"
#include "support/memory_files.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

Result<Model> read(const GgufWriter& writer, std::uint64_t hole = 0) {
  const std::map<std::string, std::string> texts = {{"small.gguf", writer.file()}};
  MemoryFiles files(texts);
  files.hole = hole;
  return read_model(files, "small.gguf");
}

const Tensor& tensor_named(const Model& model, std::string_view name) {
  for (const auto& tensor : model.tensors) {
    if (tensor_name(model, tensor) == name) return tensor;
  }
  FAIL("no tensor " << name);
  return model.tensors.front();
}

}  // namespace

TEST_CASE("a GGUF file tells name, architecture and dimensions", "[gguf]") {
  const auto model = read(small_llama());
  REQUIRE(model.has_value());
  CHECK(model->id == "Small Llama");
  CHECK(model->source == ModelSource::gguf);
  CHECK(model->architecture == "llama");
  CHECK(model->context_length == Tokens{2048});
  CHECK(model->runs_on_llama_cpp);
  CHECK(model->arch.hidden_size == 64);
  CHECK(model->arch.vocab_size == 32);
  CHECK_FALSE(model->arch.tied_embeddings);
  REQUIRE(model->layers.size() == 2);
  CHECK(model->layers[1].heads == 4);
  CHECK(model->layers[1].kv_heads == 2);
  CHECK(model->layers[1].head_dim == 16);
  CHECK(model->layers[1].ffn_size == 128);
  CHECK(model->layers[1].kind == LayerKind::full);
  // 2 x 32 x 64 embedding and output, 64 norm, 2 blocks of 36,992.
  CHECK(model->parameters == Elements{78144});
  CHECK(model->active_parameters == model->parameters);
}

TEST_CASE("tensors keep their role, shape and stored bytes, in the order of the engine", "[gguf]") {
  const auto model = read(small_llama(ggml_q8_0));
  REQUIRE(model.has_value());
  const auto& down = tensor_named(*model, "blk.1.ffn_down.weight");
  CHECK(down.role == Role::ffn_down);
  CHECK(down.layer == 1);
  CHECK(down.shape == std::array<std::int64_t, 4>{128, 64, 1, 1});
  REQUIRE(down.stored);
  CHECK(down.stored->type == TensorType::q8_0);
  CHECK(down.stored->bytes == Bytes{128 / 32 * 34 * 64});
  CHECK(tensor_name(*model, model->tensors[0]) == "output.weight");
  CHECK(tensor_name(*model, model->tensors[2]) == "token_embd.weight");
  CHECK(tensor_name(*model, model->tensors[3]) == "blk.0.attn_k.weight");
  CHECK(tensor_name(*model, model->tensors.back()) == "blk.1.ffn_up.weight");
}

TEST_CASE("version 2 reads as version 3 does", "[gguf]") {
  auto writer = small_llama();
  writer.version = 2;
  CHECK(read(writer).has_value());
}

TEST_CASE("without a name the model is called as its file", "[gguf]") {
  GgufWriter writer;
  writer.text("general.architecture", "llama").number("llama.block_count", 1);
  writer.number("llama.embedding_length", 8).tensor("blk.0.ffn_up.weight", {8, 8});
  const auto model = read(writer);
  REQUIRE(model.has_value());
  CHECK(model->name == "small");
  CHECK_FALSE(model->context_length.has_value());
}

TEST_CASE("a name with control characters is made printable", "[gguf]") {
  GgufWriter writer;
  writer.text("general.architecture", "llama").number("llama.block_count", 1);
  writer.text("general.name", "a\x1b[31mb\n").number("llama.embedding_length", 8);
  writer.tensor("blk.0.ffn_up.weight", {8, 8});
  const auto model = read(writer);
  REQUIRE(model.has_value());
  CHECK(model->name == "a\\x1b[31mb\\x0a");
}

TEST_CASE("tokenizers, texts and nested lists are passed over", "[gguf]") {
  auto writer = small_llama();
  std::string nested;
  GgufWriter::put(nested, 9, 4);  // a list of lists
  GgufWriter::put(nested, 1, 8);
  GgufWriter::put(nested, 4, 4);  // of two 32-bit numbers
  GgufWriter::put(nested, 2, 8);
  GgufWriter::put(nested, 7, 8);
  writer.texts("tokenizer.ggml.tokens", std::vector<std::string>(5000, "token"));
  writer.raw("tokenizer.ggml.scores", 9, nested).text("tokenizer.chat_template", "{{ x }}");
  writer.raw("general.float", 6, "\x01\x02\x03\x04");
  const auto model = read(writer);
  REQUIRE(model.has_value());
  CHECK(model->tensors.size() == 21);
}

TEST_CASE("a file of 50 GB is read by its header alone", "[gguf]") {
  auto writer = small_llama();
  const auto model = read(writer, std::uint64_t{50} << 30U);
  REQUIRE(model.has_value());
  CHECK(model->file->metadata_bytes > gib(50));
}

TEST_CASE("towers beside the language model are terms of their own", "[gguf]") {
  auto writer = small_llama();
  writer.tensor("v.blk.0.attn_q.weight", {64, 64}).tensor("mm.0.weight", {64, 64});
  const auto model = read(writer);
  REQUIRE(model.has_value());
  CHECK(model->tensors.size() == 21);
  REQUIRE(model->towers.size() == 1);
  CHECK(model->towers[0].name == "vision");
  CHECK(model->towers[0].elements == Elements{2 * 64 * 64});
  CHECK(model->parameters == Elements{78144 + 2 * 64 * 64});
}
