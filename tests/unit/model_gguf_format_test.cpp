// SPDX-License-Identifier: MIT
#include <map>
#include <optional>
#include <string>

#include "catch.hpp"
#include "llmfit/read_model.hpp"
#include "support/gguf_writer.hpp"
#include "support/memory_files.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

struct Row {
  std::string name;
  std::optional<std::int64_t> file_type;
  GgmlType type;
  GgmlType other;  ///< of one more matrix
  std::string id;
  bool quantized;
};

}  // namespace

TEST_CASE("a file's own format is its type where the tensors bear it out", "[gguf]") {
  const auto row =
      GENERATE(Row{"f16", 1, ggml_f16, ggml_f16, "f16", false},
               Row{"q4_k_m", 15, ggml_q4_k, ggml_q6_k, "q4_k_m", true},
               Row{"guessed q4_k_m", 15 + 1024, ggml_q4_k, ggml_q6_k, "q4_k_m", true},
               Row{"says f16 but is not", 1, ggml_q4_k, ggml_q6_k, "mixed", true},
               Row{"says q4_k_m but is not", 15, ggml_f16, ggml_f16, "mixed", false},
               Row{"says q4_0 but all is q8_0", 2, ggml_q8_0, ggml_q8_0, "q8_0", true},
               Row{"unknown number", 999, ggml_q4_k, ggml_q4_k, "mixed", true},
               Row{"says nothing, all alike", {}, ggml_q8_0, ggml_q8_0, "q8_0", true},
               Row{"says nothing, f32", {}, ggml_f32, ggml_f32, "f32", false},
               Row{"says nothing, no format is like it", {}, ggml_q4_k, ggml_q4_k, "mixed", true},
               Row{"says nothing, several types", {}, ggml_q8_0, ggml_q6_k, "mixed", true});
  INFO(row.name);
  GgufWriter writer;
  writer.text("general.architecture", "llama").number("llama.block_count", 1);
  writer.number("llama.embedding_length", 256).tensor("output_norm.weight", {256});
  if (row.file_type) writer.number("general.file_type", *row.file_type);
  writer.tensor("blk.0.ffn_up.weight", {256, 512}, row.type);
  writer.tensor("blk.0.ffn_down.weight", {256, 64}, row.other);
  const std::map<std::string, std::string> texts = {{"x.gguf", writer.file()}};
  MemoryFiles files(texts);
  const auto model = read_model(files, "x.gguf");
  REQUIRE(model.has_value());
  REQUIRE(model->file.has_value());
  CHECK(model->file->format.id == row.id);
  CHECK(model->file->format.as_stored);
  CHECK(model->file->format.engine == Engine::llama_cpp);
  CHECK(model->file->quantized == row.quantized);
  const auto blocks = [](GgmlType type, std::int64_t rows) {
    return 256 / type.elements * type.bytes * rows;
  };
  const auto tensors = 1024 + blocks(row.type, 512) + blocks(row.other, 64);
  CHECK(model->file->tensor_bytes == Bytes{tensors});
  CHECK(model->file->tensor_bytes + model->file->metadata_bytes ==
        Bytes{static_cast<std::int64_t>(texts.at("x.gguf").size())});
}
