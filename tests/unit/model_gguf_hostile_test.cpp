// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>
#include <string>

#include "catch.hpp"
#include "llmfit/read_model.hpp"
#include "support/cli.hpp"
#include "support/gguf_writer.hpp"
#include "support/memory_files.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

Error refusal(const std::string& bytes) {
  const std::map<std::string, std::string> texts = {{"bad.gguf", bytes}};
  MemoryFiles files(texts);
  const auto model = read_model(files, "bad.gguf");
  REQUIRE_FALSE(model.has_value());
  CHECK(contains(model.error().where, "bad.gguf"));
  CHECK_FALSE(model.error().hint.empty());
  return model.error();
}

struct Bad {
  std::string name;
  std::string bytes;
  std::string message;
  ErrorCode code = ErrorCode::invalid_file;
};

std::string versioned(std::uint32_t version) {
  auto writer = small_llama();
  writer.version = version;
  return writer.file();
}

std::string with(std::string_view key, std::uint32_t type, const std::string& bytes) {
  return small_llama().raw(key, type, bytes).file();
}

std::string little(std::uint64_t value, int bytes) {
  std::string text;
  GgufWriter::put(text, value, bytes);
  return text;
}

std::string list(std::uint32_t type, std::uint64_t count) {
  return little(type, 4) + little(count, 8);
}

std::string nested(int depth) {
  std::string text;
  for (int i = 0; i < depth; ++i) text += list(9, 1);
  return text + list(4, 0);
}

std::string with_tensor(std::string_view name, const std::vector<std::int64_t>& shape,
                        std::uint32_t type = 0, std::int64_t offset = 0) {
  return GgufWriter().tensor_at(name, shape, type, offset).file() + std::string(4096, '\0');
}

std::string claiming(std::int64_t keys, std::int64_t tensors) {
  auto writer = small_llama();
  writer.more_keys = keys;
  writer.more_tensors = tensors;
  return writer.file();
}

std::string aligned_to(std::int64_t alignment) {
  return small_llama().number("general.alignment", alignment).file();
}

}  // namespace

TEST_CASE("what is no readable GGUF file is refused with one clear error", "[gguf]") {
  const auto unsupported = ErrorCode::unsupported;
  const std::int64_t huge = std::int64_t{1} << 62;
  const auto bad = GENERATE_COPY(
      Bad{"empty", "", "ends within"}, Bad{"magic", "GGML....", "not a GGUF file"},
      Bad{"version 1", versioned(1), "version 1", unsupported},
      Bad{"version 4", versioned(4), "version 4", unsupported},
      Bad{"big-endian", versioned(0x03000000), "big-endian", unsupported},
      Bad{"key count", claiming(std::int64_t{1} << 40, 0), "keys"},
      Bad{"one key more", claiming(1, 0), ""},
      Bad{"tensor count", claiming(0, std::int64_t{1} << 40), "tensors"},
      Bad{"one tensor more", claiming(0, 1), ""},
      Bad{"4 GB text", with("x", 8, little(std::uint64_t{1} << 32, 8)), "ends within"},
      Bad{"text of 2^64-1", with("x", 8, little(~std::uint64_t{0}, 8)), "ends within"},
      Bad{"billions of numbers", with("x", 9, list(10, std::uint64_t{1} << 61)), "ends within"},
      Bad{"billions of texts", with("x", 9, list(8, std::uint64_t{1} << 40)), "claims"},
      Bad{"many texts", with("x", 9, list(8, 1 << 20)), "ends within"},
      Bad{"nested lists", with("x", 9, nested(6)), "deep"},
      Bad{"unknown type", with("x", 13, ""), "unknown type 13"},
      Bad{"unknown list type", with("x", 9, list(99, 1)), "unknown type 99"},
      Bad{"same key", small_llama().number("llama.block_count", 3).file(), "occurs twice"},
      Bad{"key without a name", small_llama().number("", 3).file(), "without a name"},
      Bad{"key not UTF-8", small_llama().number("\xFF\xFE", 3).file(), "\\xff\\xfe"},
      Bad{"long key",
          small_llama().number(std::string(70000, 'x'), 1).file() + std::string(70000, 'x'),
          "more than the format allows"},
      Bad{"alignment 0", aligned_to(0), "power of two"},
      Bad{"alignment 48", aligned_to(48), "power of two"},
      Bad{"alignment -32", aligned_to(-32), "power of two"},
      Bad{"alignment is a text", small_llama().text("general.alignment", "32").file(), "power"},
      Bad{"name not UTF-8", with_tensor("\xC3(", {8}), "UTF-8"},
      Bad{"no name", with_tensor("", {8}), "empty"},
      Bad{"long name", with_tensor(std::string(64, 'x'), {8}), "more than the format allows"},
      Bad{"five dimensions", with_tensor("x", {1, 1, 1, 1, 1}), "5 dimensions"},
      Bad{"a dimension of 0", with_tensor("x", {8, 0}), "dimension of 0"},
      Bad{"a negative dimension", with_tensor("x", {-8}), "dimension of -8"},
      Bad{"elements overflow", with_tensor("x", {huge, 4}), "2^63 elements"},
      Bad{"bytes overflow", with_tensor("x", {huge}), "2^63 bytes"},
      Bad{"unknown tensor type", with_tensor("x", {32}, 77), "unknown type 77"},
      Bad{"removed tensor type", with_tensor("x", {32}, 31), "no longer"},
      Bad{"row and block", with_tensor("x", {48}, 8), "no multiple"},
      Bad{"offset not aligned", with_tensor("x", {8}, 0, 8), "not aligned"},
      Bad{"offset beyond all", with_tensor("x", {8}, 0, -32), "2^63"},
      Bad{"no tensors", GgufWriter().text("general.architecture", "llama").file(), "no tensors"},
      Bad{"no architecture", with_tensor("x", {8}), "general.architecture"});
  INFO(bad.name);
  const auto error = refusal(bad.bytes);
  CHECK(error.code == bad.code);
  INFO(error.message);
  CHECK(contains(error.message, bad.message));
}

TEST_CASE("a model that contradicts itself is refused", "[gguf]") {
  const auto bad = GENERATE(
      Bad{"overlap", small_llama().tensor_at("x", {64}, 0, 0).tensor_at("y", {64}, 0, 32).file(),
          "overlap"},
      Bad{"tensor twice", small_llama().tensor("output.weight", {64, 32}).file(), "occurs twice"},
      Bad{"block beyond", small_llama().tensor("blk.2.attn_q.weight", {64, 64}).file(), "beyond"},
      Bad{"negative width",
          small_llama()
              .number("llama.expert_used_count", -1)
              .tensor("blk.0.ffn_down_exps.weight", {32, 64, 4})
              .file(),
          "cannot be -1"},
      Bad{"no experts used", small_llama().tensor("blk.0.ffn_down_exps.weight", {32, 64, 4}).file(),
          "expert_used_count"},
      Bad{"all blocks are drafts", small_llama().number("llama.nextn_predict_layers", 2).file(),
          "predict"},
      Bad{"adapter", small_llama().text("general.type", "adapter").file(), "'adapter'",
          ErrorCode::unsupported});
  INFO(bad.name);
  const auto error = refusal(bad.bytes);
  CHECK(error.code == bad.code);
  INFO(error.message);
  CHECK(contains(error.message, bad.message));
}

TEST_CASE("blocks are believed only as far as there are tensors", "[gguf]") {
  GgufWriter writer;
  writer.text("general.architecture", "llama").number("llama.block_count", 2'000'000'000);
  writer.number("llama.embedding_length", 64).tensor("blk.0.ffn_up.weight", {64, 64});
  CHECK(contains(refusal(writer.file()).message, "2000000000 blocks but has 1 tensors"));
}

TEST_CASE("a header and its tensors have to tell the same", "[gguf]") {
  const auto two_blocks = [](std::int64_t hidden, const char* second) {
    GgufWriter writer;
    writer.text("general.architecture", "llama").number("llama.block_count", 2);
    writer.number("llama.embedding_length", hidden).number("llama.attention.head_count", 4);
    writer.tensor("token_embd.weight", {64, 32}).tensor("blk.0.ffn_up.weight", {64, 64});
    return writer.tensor(std::string(second) + "ffn_down.weight", {64, 64}).file();
  };
  CHECK(contains(refusal(two_blocks(64, "blk.0.")).message, "no tensors of number 1"));
  CHECK(contains(refusal(two_blocks(128, "blk.1.")).message, "128 numbers, its tensor has 64"));
}

TEST_CASE("a dimension that is missing is named and never made up", "[gguf]") {
  GgufWriter writer;
  writer.text("general.architecture", "llama").number("llama.block_count", 1);
  writer.tensor("blk.0.attn_q.weight", {64, 64});
  CHECK(contains(refusal(writer.file()).message, "does not tell 'llama.embedding_length'"));
  writer.number("llama.embedding_length", 64);
  CHECK(contains(refusal(writer.file()).message, "does not tell 'llama.attention.head_count'"));
  writer.numbers("llama.attention.head_count", {});
  CHECK(contains(refusal(writer.file()).message, "has 0 entries for 1 layers"));
}

TEST_CASE("a download that stopped is told by the bytes that are missing", "[gguf]") {
  auto bytes = small_llama().file();
  bytes.resize(bytes.size() - 1000);
  const auto error = refusal(bytes);
  CHECK(contains(error.message, "1000 bytes of tensor data are missing"));
  CHECK(contains(error.where, "at byte " + std::to_string(bytes.size())));
}

TEST_CASE("a header cut anywhere ends in an error, not in a crash", "[gguf]") {
  const auto whole = small_llama().texts("tokenizer.ggml.tokens", {"a", "b"}).file();
  for (std::size_t length = 0; length < whole.size(); length += length < 1500 ? 1 : 97) {
    const std::map<std::string, std::string> texts = {{"cut.gguf", whole.substr(0, length)}};
    MemoryFiles files(texts);
    const auto model = read_model(files, "cut.gguf");
    INFO(length);
    REQUIRE_FALSE(model.has_value());
    REQUIRE(model.error().code == ErrorCode::invalid_file);
  }
}

TEST_CASE("any byte of a header may be wrong", "[gguf]") {
  const auto whole = small_llama().numbers("llama.list", {1, 2, 3}).header();
  const auto flip = GENERATE(0x01, 0x80, 0xFF);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    auto bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ flip);
    const std::map<std::string, std::string> texts = {{"flipped.gguf", bytes}};
    MemoryFiles files(texts);
    files.hole = std::uint64_t{1} << 40;
    const auto model = read_model(files, "flipped.gguf");
    if (!model) REQUIRE(model.error().code != ErrorCode::internal);
  }
}
