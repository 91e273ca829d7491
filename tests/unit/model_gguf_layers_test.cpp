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

Result<Model> try_read(const GgufWriter& writer) {
  const std::map<std::string, std::string> texts = {{"x.gguf", writer.file()}};
  MemoryFiles files(texts);
  return read_model(files, "x.gguf");
}

Model read(const GgufWriter& writer) {
  auto model = try_read(writer);
  REQUIRE(model.has_value());
  return std::move(*model);
}

/// Blocks with nothing but the given tensors, each a matrix of 64 x 64.
GgufWriter blocks(const std::string& architecture, int count,
                  const std::vector<std::string>& stems) {
  GgufWriter writer;
  writer.text("general.architecture", architecture);
  writer.number(architecture + ".block_count", count);
  writer.number(architecture + ".embedding_length", 64);
  writer.number(architecture + ".attention.head_count", 4);
  for (int block = 0; block < count; ++block) {
    for (const auto& stem : stems) {
      writer.tensor("blk." + std::to_string(block) + "." + stem + ".weight", {64, 64});
    }
  }
  return writer;
}

std::string kinds(const Model& model) {
  std::string letters;
  for (const auto& layer : model.layers) letters.push_back(static_cast<char>(layer.kind));
  return letters;
}

std::string ffns(const Model& model) {
  std::string letters;
  for (const auto& layer : model.layers) letters.push_back(static_cast<char>(layer.ffn));
  return letters;
}

}  // namespace

TEST_CASE("architectures with a pattern of their own get their windows", "[gguf]") {
  struct Row {
    std::string architecture;
    std::int64_t window;  ///< 0: the file does not say
    std::string kinds;
  };
  const auto row = GENERATE(Row{"gemma2", 0, "SFSFSFSF"}, Row{"gemma3", 1024, "SSSSSFSS"},
                            Row{"gemma3n", 512, "SSSSFSSS"}, Row{"gpt-oss", 128, "SFSFSFSF"},
                            Row{"cohere2", 4096, "SSSFSSSF"}, Row{"llama4", 0, "CCCFCCCF"},
                            Row{"olmo2", 4096, "SSSFSSSF"}, Row{"olmo2", 0, "FFFFFFFF"},
                            Row{"smallthinker", 4096, "FSSSFSSS"}, Row{"phi3", 2047, "SSSSSSSS"},
                            Row{"exaone4", 4096, "FFFFFFFF"}, Row{"plamo3", 2048, "SSSSSSSF"},
                            Row{"llama", 0, "FFFFFFFF"}, Row{"bert", 0, "BBBBBBBB"});
  INFO(row.architecture);
  auto writer = blocks(row.architecture, 8, {"attn_q"});
  if (row.window > 0) writer.number(row.architecture + ".attention.sliding_window", row.window);
  CHECK(kinds(read(writer)) == row.kinds);
}

TEST_CASE("some architectures have one window, whatever the file says", "[gguf]") {
  const auto window = GENERATE(std::int64_t{1024}, std::int64_t{0});
  auto writer = blocks("llama4", 4, {"attn_q"});
  writer.number("llama4.attention.sliding_window", window);
  CHECK(read(writer).layers[0].window == (window > 0 ? 8192 : 0));
}

TEST_CASE("a window without a pattern does not make a hybrid's attention sliding", "[gguf]") {
  auto writer = blocks("jamba", 1, {"attn_q"});
  writer.number("jamba.attention.sliding_window", 512);
  CHECK(kinds(read(writer)) == "S");
  writer = blocks("lfm2", 2, {"ffn_up"});
  writer.number("lfm2.attention.sliding_window", 512).number("lfm2.shortconv.l_cache", 3);
  writer.tensor("blk.0.attn_q.weight", {64, 64}).tensor("blk.1.shortconv.conv.weight", {3, 64});
  CHECK(kinds(read(writer)) == "FK");
}

TEST_CASE("a pattern in the file wins over the architecture's", "[gguf]") {
  auto writer = blocks("gemma3", 4, {"attn_q"});
  writer.number("gemma3.attention.sliding_window", 512);
  SECTION("one by one") {
    writer.numbers("gemma3.attention.sliding_window_pattern", {0, 1, 1, 0});
    CHECK(kinds(read(writer)) == "FSSF");
  }
  SECTION("as a period") {
    writer.number("gemma3.attention.sliding_window_pattern", 2);
    CHECK(kinds(read(writer)) == "SFSF");
  }
}

TEST_CASE("the tensors of a block tell how it mixes tokens", "[gguf]") {
  struct Row {
    std::string stem;
    char kind;
  };
  const auto row = GENERATE(Row{"attn_qkv", 'F'}, Row{"ssm_in", 'M'}, Row{"shortconv.conv", 'K'},
                            Row{"ssm_ba", 'L'}, Row{"ssm_f_a", 'L'}, Row{"time_mix_key", 'R'},
                            Row{"attn_kv", 'V'}, Row{"attn_output", 'l'}, Row{"cross_attn_q", 'X'},
                            Row{"ffn_up", '-'});
  auto writer = blocks("any", 1, {row.stem});
  for (const auto* key :
       {"inner_size", "state_size", "conv_kernel", "group_count", "time_step_rank"}) {
    writer.number(std::string("any.ssm.") + key, 4);
  }
  writer.number("any.shortconv.l_cache", 3).number("any.wkv.head_size", 64);
  const auto model = read(writer);
  INFO(row.stem);
  CHECK(kinds(model) == std::string(1, row.kind));
  const bool attends = row.kind == 'F' || row.kind == 'V';
  CHECK(model.layers[0].caches == attends);
}

TEST_CASE("attention and Mamba in one block are both there", "[gguf]") {
  auto writer = blocks("falcon-h1", 2, {"attn_q", "ssm_in", "ffn_up", "ffn_down"});
  for (const auto* key : {"inner_size", "state_size", "conv_kernel", "time_step_rank"}) {
    writer.number(std::string("falcon-h1.ssm.") + key, 8);
  }
  const auto model = read(writer);
  CHECK(kinds(model) == "HH");
  REQUIRE(model.arch.ssm.has_value());
  CHECK(model.arch.ssm->version == 2);
  CHECK(model.arch.ssm->n_groups == 1);
}

TEST_CASE("a recurrence without its dimensions is refused", "[gguf]") {
  const auto model = try_read(blocks("mamba", 1, {"ssm_in"}));
  REQUIRE_FALSE(model.has_value());
  CHECK(model.error().message.find("mamba.ssm.inner_size") != std::string::npos);
}

TEST_CASE("feed-forward parts are told by their tensors", "[gguf]") {
  auto writer = blocks("any", 1, {"attn_q"});
  writer.number("any.expert_used_count", 2);
  SECTION("dense") {
    writer.tensor("blk.0.ffn_down.weight", {96, 64}).tensor("blk.0.ffn_up.weight", {64, 192});
    const auto model = read(writer);
    CHECK(ffns(model) == "D");
    CHECK(model.layers[0].ffn_size == 96);
    CHECK(model.arch.gated_mlp);
  }
  SECTION("experts, a shared one, and what a token touches") {
    writer.tensor("blk.0.ffn_down_exps.weight", {32, 64, 8});
    writer.tensor("blk.0.ffn_gate_exps.weight", {64, 32, 8});
    writer.tensor("blk.0.ffn_up_exps.weight", {64, 32, 8});
    writer.tensor("blk.0.ffn_down_shexp.weight", {48, 64}).tensor("blk.0.exp_probs_b.bias", {8});
    const auto model = read(writer);
    CHECK(ffns(model) == "E");
    REQUIRE(model.arch.experts.has_value());
    CHECK(model.arch.experts->count == 8);
    CHECK(model.arch.experts->active == 2);
    CHECK(model.arch.experts->ffn_size == 32);
    CHECK(model.arch.experts->shared_ffn_size == 48);
    CHECK(model.arch.experts->router_bias);
    CHECK(model.arch.experts->gated);
    const std::int64_t outside = 64 * 64 + 48 * 64 + 8;
    CHECK(model.parameters == Elements{outside + 3 * 8 * 2048});
    CHECK(model.active_parameters == Elements{outside + 3 * 2 * 2048});
  }
  SECTION("both") {
    writer.tensor("blk.0.ffn_up.weight", {64, 64}).tensor("blk.0.ffn_up_exps.weight", {64, 64, 8});
    CHECK(ffns(read(writer)) == "B");
  }
  SECTION("none") { CHECK(ffns(read(writer)) == "-"); }
}

TEST_CASE("latent attention is cached as such only in files that say so", "[gguf]") {
  auto writer = blocks("deepseek2", 1, {"attn_q", "attn_kv_a_mqa"});
  writer.number("deepseek2.attention.kv_lora_rank", 48);
  writer.number("deepseek2.attention.key_length", 24)
      .number("deepseek2.attention.value_length", 16);
  SECTION("a file from before that") {
    const auto model = read(writer);
    CHECK(kinds(model) == "F");
    CHECK(model.layers[0].head_dim == 24);
    CHECK(model.layers[0].value_head_dim == 16);
    CHECK_FALSE(model.arch.mla.has_value());
  }
  SECTION("a newer one") {
    writer.number("deepseek2.attention.key_length_mla", 40);
    writer.number("deepseek2.attention.value_length_mla", 32);
    const auto model = read(writer);
    CHECK(kinds(model) == "A");
    REQUIRE(model.arch.mla.has_value());
    CHECK(model.arch.mla->qk_rope_head_dim == 16);
    CHECK(model.arch.mla->qk_nope_head_dim == 24);
    CHECK(model.layers[0].value_head_dim == 32);
  }
}

TEST_CASE("layers may differ in their heads and widths", "[gguf]") {
  auto writer = blocks("openelm", 2, {"attn_qkv", "ffn_up"});
  SECTION("by lists") {
    writer.numbers("openelm.attention.head_count_kv", {2, 0});
    writer.numbers("openelm.feed_forward_length", {100, 200});
    const auto model = read(writer);
    CHECK(model.layers[0].kv_heads == 2);
    CHECK(model.layers[1].kv_heads == 0);
    CHECK(model.layers[1].ffn_size == 200);
  }
  SECTION("sliding ones by keys of their own") {
    writer.number("openelm.attention.sliding_window", 512);
    writer.numbers("openelm.attention.sliding_window_pattern", {1, 0});
    writer.number("openelm.attention.key_length", 32);
    writer.number("openelm.attention.key_length_swa", 8);
    const auto model = read(writer);
    CHECK(model.layers[0].head_dim == 8);
    CHECK(model.layers[1].head_dim == 32);
  }
}

TEST_CASE("draft blocks come after the layers", "[gguf]") {
  auto writer = blocks("glm4moe", 3, {"attn_q"});
  writer.number("glm4moe.nextn_predict_layers", 1).tensor("blk.2.nextn.eh_proj.weight", {128, 64});
  const auto model = read(writer);
  CHECK(model.layers.size() == 2);
  CHECK(model.arch.mtp_layers == 1);
  CHECK(model.tensors.back().layer == 2);
}

TEST_CASE("the last layers may reuse an earlier cache", "[gguf]") {
  auto writer = blocks("gemma4", 4, {"attn_q"});
  writer.number("gemma4.attention.shared_kv_layers", 3);
  const auto model = read(writer);
  CHECK(model.layers[0].caches);
  CHECK_FALSE(model.layers[1].caches);
}

TEST_CASE("an encoder's layers stand before a decoder's", "[gguf]") {
  GgufWriter writer;
  writer.text("general.architecture", "t5").number("t5.block_count", 1);
  writer.number("t5.decoder_block_count", 2).number("t5.embedding_length", 64);
  writer.number("t5.attention.head_count", 4).tensor("enc.blk.0.attn_q.weight", {64, 64});
  writer.tensor("dec.blk.0.attn_q.weight", {64, 64}).tensor("dec.blk.1.attn_q.weight", {64, 64});
  const auto model = read(writer);
  CHECK(model.arch.kind == ModelKind::encoder_decoder);
  CHECK(kinds(model) == "BFF");
  CHECK_FALSE(model.layers[0].caches);
  CHECK(model.layers[2].caches);
  CHECK(tensor_name(model, model.tensors.front()) == "dec.blk.0.attn_q.weight");
  CHECK(model.tensors.front().layer == 1);
  CHECK(tensor_name(model, model.tensors.back()) == "enc.blk.0.attn_q.weight");
}
