// SPDX-License-Identifier: MIT
// Writes the GGUF file of a model with a vocabulary of 150,000 tokens and their merges.
// usage: bench_vocabulary FILE
#include <filesystem>
#include <fstream>
#include <iostream>

#include "support/gguf_writer.hpp"

namespace {

using llmfit::test::GgufWriter;

constexpr std::int64_t tokens = 150'000;

/// As long as the tokens of Llama 3 and Qwen are: four to nine letters.
std::string token(std::int64_t number) { return "tok" + std::to_string(number); }

void add_tokenizer(GgufWriter& writer) {
  std::vector<std::string> names;
  std::vector<std::string> merges;
  for (std::int64_t i = 0; i < tokens; ++i) {
    names.push_back(token(i));
    merges.push_back(token(i / 2) + " " + std::to_string(i % 100));
  }
  writer.text("tokenizer.ggml.model", "gpt2").texts("tokenizer.ggml.tokens", names);
  writer.numbers("tokenizer.ggml.token_type", std::vector<std::int32_t>(tokens, 1));
  writer.texts("tokenizer.ggml.merges", merges);
}

void add_block(GgufWriter& writer, const std::string& block) {
  constexpr auto type = llmfit::test::ggml_f16;
  writer.tensor(block + "attn_norm.weight", {4096}).tensor(block + "ffn_norm.weight", {4096});
  writer.tensor(block + "attn_q.weight", {4096, 4096}, type);
  writer.tensor(block + "attn_k.weight", {4096, 1024}, type);
  writer.tensor(block + "attn_v.weight", {4096, 1024}, type);
  writer.tensor(block + "attn_output.weight", {4096, 4096}, type);
  writer.tensor(block + "ffn_gate.weight", {4096, 14336}, type);
  writer.tensor(block + "ffn_up.weight", {4096, 14336}, type);
  writer.tensor(block + "ffn_down.weight", {14336, 4096}, type);
}

GgufWriter model() {
  GgufWriter writer;
  writer.text("general.architecture", "llama").text("general.name", "Bench 8B");
  writer.number("llama.block_count", 32).number("llama.embedding_length", 4096);
  writer.number("llama.context_length", 8192).number("llama.feed_forward_length", 14336);
  writer.number("llama.attention.head_count", 32).number("llama.attention.head_count_kv", 8);
  add_tokenizer(writer);
  writer.tensor("token_embd.weight", {4096, tokens}, llmfit::test::ggml_f16);
  writer.tensor("output_norm.weight", {4096});
  writer.tensor("output.weight", {4096, tokens}, llmfit::test::ggml_f16);
  for (int i = 0; i < 32; ++i) add_block(writer, "blk." + std::to_string(i) + ".");
  return writer;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto writer = model();
  const auto header = writer.header();
  std::ofstream(argv[1], std::ios::binary) << header;
  std::error_code error;
  const auto size = header.size() + static_cast<std::uintmax_t>(writer.data_bytes());
  std::filesystem::resize_file(argv[1], size, error);
  if (error) std::cerr << argv[1] << ": " << error.message() << '\n';
  return error ? 1 : 0;
}
