// SPDX-License-Identifier: MIT
// Caches and states of files whose architecture no catalog model has, against llama.cpp's own
// allocation plans (v0.5.0) for files of these dimensions: 4,096 tokens a sequence, host memory.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "llmfit/placement.hpp"
#include "llmfit/read_model.hpp"
#include "support/gguf_writer.hpp"
#include "support/memory_files.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

using Keys = std::vector<std::pair<std::string, std::int64_t>>;
using Stems = std::vector<std::string>;

struct File {
  std::string architecture;
  Keys keys;
  std::vector<Stems> blocks;  ///< what tells the kind of each block
  std::int64_t one;           ///< bytes of one sequence
  std::int64_t two;
};

std::vector<Stems> alike(std::size_t count, const Stems& stems) { return {count, stems}; }

const Stems attention = {"attn_q", "attn_k", "attn_v", "attn_output"};
const Keys eight_heads = {{"attention.head_count", 8},
                          {"attention.head_count_kv", 2},
                          {"attention.key_length", 64},
                          {"attention.value_length", 64}};

Keys with_window(Keys keys) {
  keys.emplace_back("attention.sliding_window", 512);
  return keys;
}

/// 512 wide; a cache of all tokens takes 2 MiB a layer and sequence.
std::vector<File> files() {
  auto plamo2 = eight_heads;
  for (const auto& key : Keys{{"ssm.conv_kernel", 4},
                              {"ssm.inner_size", 1024},
                              {"ssm.state_size", 64},
                              {"ssm.time_step_rank", 16},
                              {"ssm.group_count", 0}}) {
    plamo2.push_back(key);
  }
  const Stems mamba = {"ssm_in", "ssm_x"};
  const Stems rwkv = {"time_mix_key"};
  const Keys one_shift = {{"wkv.head_size", 64}, {"token_shift_count", 1}};
  return {
      {"rwkv6", {{"wkv.head_size", 64}}, alike(3, rwkv), 405'504, 811'008},
      {"rwkv6qwen2", one_shift, alike(3, rwkv), 399'360, 798'720},
      {"arwkv7", one_shift, alike(3, rwkv), 399'360, 798'720},
      {"plamo2", plamo2, {mamba, attention, mamba, attention}, 4'743'168, 9'486'336},
      {"smallthinker", with_window(eight_heads), alike(8, attention), 16'777'216, 33'554'432},
      {"llada", eight_heads, alike(8, attention), 0, 0},
      {"cohere2", with_window(eight_heads), alike(8, attention), 7'340'032, 14'680'064},
      {"mellum", with_window(eight_heads), alike(8, attention), 7'340'032, 14'680'064},
      {"exaone4", with_window(eight_heads), alike(8, attention), 16'777'216, 33'554'432},
      {"qwen3", eight_heads, alike(8, attention), 16'777'216, 33'554'432},
  };
}

Model read(const File& file) {
  GgufWriter writer;
  writer.text("general.architecture", file.architecture);
  writer.number(file.architecture + ".block_count", static_cast<std::int64_t>(file.blocks.size()));
  writer.number(file.architecture + ".embedding_length", 512);
  for (const auto& [key, value] : file.keys) writer.number(file.architecture + "." + key, value);
  for (std::size_t block = 0; block < file.blocks.size(); ++block) {
    for (const auto& stem : file.blocks[block]) {
      writer.tensor("blk." + std::to_string(block) + "." + stem + ".weight", {64, 64});
    }
  }
  const std::map<std::string, std::string> texts = {{"x.gguf", writer.file()}};
  MemoryFiles in_memory(texts);
  auto model = read_model(in_memory, "x.gguf");
  if (!model) FAIL(model.error().message);
  return std::move(*model);
}

Bytes on_host(const Model& model, std::int64_t sequences) {
  Workload workload;
  workload.sequences = sequences;
  const auto& format = *Catalog::builtin().find_format(Engine::llama_cpp, "f16");
  const auto weights = weigh(model, format).value();
  const auto& engine = Catalog::builtin().engine(Engine::llama_cpp);
  const auto load = host_load(weights, size(model, weights, workload, format, engine).value());
  return load.kv_cache.value() + load.state.value();
}

}  // namespace

TEST_CASE("files of architectures outside the catalog have the engine's caches and states",
          "[truth]") {
  for (const auto& file : files()) {
    INFO(file.architecture);
    const auto model = read(file);
    CHECK(on_host(model, 1) == Bytes{file.one});
    CHECK(on_host(model, 2) == Bytes{file.two});
  }
}
