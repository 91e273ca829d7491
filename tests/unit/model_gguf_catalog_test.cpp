// SPDX-License-Identifier: MIT
#include <map>
#include <string>

#include "catch.hpp"
#include "llmfit/read_model.hpp"
#include "support/ask.hpp"
#include "support/hand_models.hpp"
#include "support/memory_files.hpp"
#include "support/model_gguf.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

Model through_a_file(const Model& model) {
  const auto writer = ModelWriter(model).write();
  const std::map<std::string, std::string> texts = {{"model.gguf", writer.header()}};
  MemoryFiles files(texts);
  files.hole = static_cast<std::uint64_t>(writer.data_bytes());
  auto read = read_model(files, "model.gguf");
  INFO((read ? std::string() : read.error().message));
  REQUIRE(read.has_value());
  return std::move(*read);
}

Footprint footprint(const Model& model, const Format& format, std::int64_t sequences) {
  const auto weights = weigh(model, format);
  REQUIRE(weights.has_value());
  const auto workload = workload_of(format.engine, 16384, sequences);
  auto sized = size(model, *weights, workload, format, Catalog::builtin().engine(format.engine));
  REQUIRE(sized.has_value());
  return std::move(*sized);
}

void check_same(const Model& entry, const Model& file, const Format& format) {
  INFO(to_string(format.engine) << " " << format.id);
  const auto expected = footprint(entry, format, 3);
  const auto found = footprint(file, format, 3);
  for (const auto kind : all_terms) {
    INFO(to_string(kind));
    const auto bytes = [&](const Footprint& of) { return of.of(kind).value_or(Bytes{-1}).count(); };
    CHECK(bytes(found) == bytes(expected));
  }
  CHECK(found.host.count() == expected.host.count());
  REQUIRE(found.blocks.size() == expected.blocks.size());
  for (std::size_t i = 0; i < found.blocks.size(); ++i) {
    INFO("block " << i);
    REQUIRE(found.blocks[i].kv_cache == expected.blocks[i].kv_cache);
  }
}

}  // namespace

TEST_CASE("a catalog entry and its GGUF file have the same footprint", "[gguf]") {
  const std::string name =
      GENERATE("llama3-8b", "qwen2.5-7b", "qwen3-30b-a3b", "gemma2-9b", "gemma3-27b", "gemma3n-e4b",
               "phi3-mini", "mixtral-8x7b", "gpt-oss-20b", "deepseek-v3", "glm4.5-air",
               "command-r7b", "starcoder2-15b", "falcon-7b", "gpt2", "olmo3-7b", "llama4-scout",
               "granite4.0-h-tiny", "falcon-h1-7b", "lfm2-1.2b", "mamba-2.8b", "nemotron-h-8b",
               "qwen3-next-80b-a3b", "jamba-v0.1", "bge-base-en-v1.5", "flan-t5-base");
  INFO(name);
  const auto entry = model_of(name);
  const auto file = through_a_file(entry);
  const auto& catalog = Catalog::builtin();
  CHECK(file.tensors.size() <= entry.tensors.size());
  for (const auto* id : {"f16", "q4_k_m", "iq2_xs"}) {
    check_same(entry, file, *catalog.find_format(Engine::llama_cpp, id));
  }
}
