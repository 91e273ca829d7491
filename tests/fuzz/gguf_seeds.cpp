// SPDX-License-Identifier: MIT
// Writes the first files of the corpus, one for each kind of block.  usage: gguf_seeds FOLDER
#include <fstream>
#include <string>

#include "support/gguf_writer.hpp"

namespace {

using llmfit::test::GgufWriter;

struct Seed {
  std::string name;
  std::string architecture;
  std::vector<std::string> stems;
  std::vector<std::string> keys;  ///< each with the number 8
};

const std::vector<Seed> seeds = {
    {"full", "llama", {"attn_q", "attn_k", "attn_v", "attn_output", "ffn_up", "ffn_down"}, {}},
    {"experts",
     "qwen3moe",
     {"attn_q", "ffn_gate_inp", "ffn_down_exps", "ffn_up_exps"},
     {"expert_count", "expert_used_count"}},
    {"sliding", "gemma3", {"attn_q", "attn_k", "attn_v"}, {"attention.sliding_window"}},
    {"latent",
     "deepseek2",
     {"attn_q_a", "attn_q_b", "attn_kv_a_mqa", "attn_k_b", "attn_v_b"},
     {"attention.kv_lora_rank", "attention.key_length_mla", "attention.value_length_mla",
      "nextn_predict_layers"}},
    {"mamba",
     "mamba2",
     {"ssm_in", "ssm_conv1d", "ssm_out"},
     {"ssm.inner_size", "ssm.state_size", "ssm.conv_kernel", "ssm.time_step_rank",
      "ssm.group_count"}},
    {"delta",
     "qwen3next",
     {"attn_qkv", "ssm_ba", "ssm_norm", "ssm_out"},
     {"ssm.state_size", "ssm.conv_kernel", "ssm.time_step_rank", "ssm.group_count"}},
    {"short_conv", "lfm2", {"shortconv.conv", "shortconv.in_proj"}, {"shortconv.l_cache"}},
    {"rwkv", "rwkv7", {"time_mix_key", "channel_mix_key"}, {"wkv.head_size"}},
    {"compressed", "deepseek4", {"attn_kv", "attn_q_a", "attn_output_a", "indexer.proj"}, {}},
    {"encoder", "bert", {"attn_q", "attn_k", "attn_v", "ffn_up", "ffn_down"}, {}},
};

GgufWriter write(const Seed& seed) {
  GgufWriter writer;
  const auto prefix = seed.architecture + ".";
  writer.text("general.architecture", seed.architecture).number("general.file_type", 15);
  writer.number(prefix + "block_count", 9).number(prefix + "embedding_length", 256);
  writer.numbers(prefix + "attention.head_count_kv", {4, 4, 0, 4, 4, 4, 4, 4, 4});
  writer.number(prefix + "attention.head_count", 8).number(prefix + "context_length", 4096);
  for (const auto& key : seed.keys) writer.number(prefix + key, 8);
  writer.texts("tokenizer.ggml.tokens", {"a", "b", ""});
  writer.tensor("token_embd.weight", {256, 3}, llmfit::test::ggml_q4_k);
  for (int block = 0; block < 9; ++block) {
    for (const auto& stem : seed.stems) {
      const auto name = "blk." + std::to_string(block) + "." + stem + ".weight";
      writer.tensor(name, {256, 256, 2}, llmfit::test::ggml_q4_k);
    }
  }
  return writer;
}

GgufWriter stacks() {
  GgufWriter writer;
  writer.text("general.architecture", "t5").number("t5.block_count", 1);
  writer.number("t5.decoder_block_count", 1).number("t5.embedding_length", 64);
  writer.number("t5.attention.head_count", 4);
  for (const std::string stack : {"enc", "dec"}) {
    writer.tensor(stack + ".blk.0.attn_q.weight", {64, 64});
    writer.tensor(stack + ".blk.0.cross_attn_q.weight", {64, 64});
  }
  return writer;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto save = [&](const std::string& name, const std::string& bytes) {
    std::ofstream(std::string(argv[1]) + "/" + name, std::ios::binary) << bytes;
  };
  for (const auto& seed : seeds) save(seed.name, write(seed).header());
  save("small", llmfit::test::small_llama().header());
  save("stacks", stacks().header());
  return 0;
}
