// SPDX-License-Identifier: MIT
#include <numeric>
#include <string>

#include "catch.hpp"
#include "llmfit/build_model.hpp"
#include "llmfit/sizing.hpp"
#include "support/hf_checkpoints.hpp"
#include "support/hf_config_writer.hpp"

namespace {

using namespace llmfit;
using test::HfJson;
using test::SafetensorsWriter;
using test::SparseFiles;

const std::string config = R"({"model_type":"llama","architectures":["LlamaForCausalLM"],
  "hidden_size":64,"num_hidden_layers":2,"num_attention_heads":4,"num_key_value_heads":2,
  "intermediate_size":128,"vocab_size":100,"tie_word_embeddings":false})";

void write_layer(SafetensorsWriter& writer, int layer, std::int64_t ffn = 128) {
  const auto at = "model.layers." + std::to_string(layer) + ".";
  writer.tensor(at + "self_attn.q_proj.weight", {64, 64})
      .tensor(at + "self_attn.k_proj.weight", {32, 64})
      .tensor(at + "self_attn.v_proj.weight", {32, 64})
      .tensor(at + "self_attn.o_proj.weight", {64, 64})
      .tensor(at + "mlp.gate_proj.weight", {ffn, 64})
      .tensor(at + "mlp.up_proj.weight", {ffn, 64})
      .tensor(at + "mlp.down_proj.weight", {64, ffn})
      .tensor(at + "input_layernorm.weight", {64})
      .tensor(at + "post_attention_layernorm.weight", {64});
}

void write_ends(SafetensorsWriter& writer) {
  writer.tensor("model.embed_tokens.weight", {100, 64})
      .tensor("model.norm.weight", {64})
      .tensor("lm_head.weight", {100, 64});
}

SparseFiles tiny() {
  SparseFiles files;
  SafetensorsWriter writer;
  write_ends(writer);
  for (int i = 0; i < 2; ++i) write_layer(writer, i);
  files.add("m/model.safetensors", writer);
  return files;
}

SparseFiles split_in_two() {
  SparseFiles files;
  SafetensorsWriter first;
  SafetensorsWriter second;
  write_ends(first);
  write_layer(first, 0);
  write_layer(second, 1);
  files.add("m/model-00001-of-00002.safetensors", first);
  files.add("m/model-00002-of-00002.safetensors", second);
  files.files["m/model.safetensors.index.json"].text =
      R"({"metadata":{"total_size":1},"weight_map":{
      "lm_head.weight":"model-00001-of-00002.safetensors",
      "model.layers.1.mlp.up_proj.weight":"model-00002-of-00002.safetensors"}})";
  return files;
}

std::string names(const Model& model) {
  std::string list;
  for (const auto& tensor : model.tensors) list += tensor_name(model, tensor) + "\n";
  return list;
}

std::int64_t stored_bytes(const Model& model) {
  return std::accumulate(model.tensors.begin(), model.tensors.end(), std::int64_t{0},
                         [](std::int64_t sum, const Tensor& tensor) {
                           return sum + (tensor.stored ? tensor.stored->bytes.count() : 0);
                         });
}

bool says(const Error& error, const std::string& words) {
  return error.message.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("a folder is its weights with the dimensions of its configuration", "[hf]") {
  auto files = tiny();
  files.files["m/config.json"].text = config;
  const auto model = read_model(files, "m").value();
  CHECK(model.source == ModelSource::safetensors);
  CHECK(model.id == "m");
  CHECK(model.layers.front().kv_heads == 2);
  REQUIRE(model.file.has_value());
  CHECK(model.file->format.id == "bf16");
  CHECK_FALSE(model.file->quantized);
  CHECK(model.file->parts == 1);
  CHECK(model.file->tensor_bytes.count() == stored_bytes(model));
  CHECK(model.parameters->count() * 2 == stored_bytes(model));
}

TEST_CASE("every part of a split model, its index and its folder lead to all of it", "[hf]") {
  auto files = split_in_two();
  files.files["m/config.json"].text = config;
  auto single = tiny();
  single.files["m/config.json"].text = config;
  const auto whole = names(read_model(single, "m").value());
  for (const auto* const path :
       {"m", "m/model.safetensors.index.json", "m/model-00002-of-00002.safetensors"}) {
    INFO(path);
    const auto model = read_model(files, path).value();
    CHECK(names(model) == whole);
    CHECK(model.file->parts == 2);
    CHECK(model.id == "m");
  }
  files.files.erase("m/model.safetensors.index.json");
  CHECK(names(read_model(files, "m/model-00001-of-00002.safetensors").value()) == whole);
}

TEST_CASE("a missing or mixed-up part is named", "[hf]") {
  auto files = split_in_two();
  files.files.erase("m/model-00002-of-00002.safetensors");
  const auto missing = read_model(files, "m");
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().code == ErrorCode::invalid_file);
  CHECK(says(missing.error(), "'model-00002-of-00002.safetensors' is named by the index"));

  auto moved = split_in_two();
  moved.files["m/model.safetensors.index.json"].text =
      R"({"weight_map":{"lm_head.weight":"model-00002-of-00002.safetensors"}})";
  CHECK(says(read_model(moved, "m").error(), "'lm_head.weight' is not in"));

  auto twice = tiny();
  twice.files.emplace("m/other.safetensors", twice.files.at("m/model.safetensors"));
  twice.files.emplace("m/third.safetensors", twice.files.at("m/model.safetensors"));
  twice.files.erase("m/model.safetensors");
  CHECK(says(read_model(twice, "m").error(), "is in two of the files"));
}

TEST_CASE("without a configuration the weights are sized and the cache is unknown", "[hf]") {
  auto files = tiny();
  const auto model = read_model(files, "m/model.safetensors").value();
  CHECK(model.cache_unknown);
  CHECK_FALSE(model.architecture.has_value());
  CHECK(model.layers.size() == 2);
  CHECK(model.arch.vocab_size == 100);
  CHECK(stored_bytes(model) == model.file->tensor_bytes.count());
  const auto& bf16 = *Catalog::builtin().find_format(Engine::vllm, "bf16");
  CHECK(weigh(model, bf16)->tensor_bytes == model.file->tensor_bytes);
}

TEST_CASE("what the file says wins over the configuration", "[hf]") {
  SparseFiles files;
  SafetensorsWriter writer;
  write_ends(writer);
  write_layer(writer, 0);
  write_layer(writer, 1, 96);  // a pruned layer
  writer.tensor("model.layers.1.mlp.novelty.weight", {7, 64});
  files.add("m/model.safetensors", writer);
  files.files["m/config.json"].text = config;
  const auto model = read_model(files, "m").value();
  CHECK(stored_bytes(model) == static_cast<std::int64_t>(writer.data()));
  CHECK(names(model).find("blk.1.mlp.novelty.weight") != std::string::npos);
  for (const auto& tensor : model.tensors) {
    if (tensor.stem != "ffn_up") continue;
    CHECK(tensor.shape[1] == (tensor.layer == 0 ? 128 : 96));
  }
}

TEST_CASE("an unknown class is read by its weights where it is like a Llama", "[hf]") {
  auto files = tiny();
  auto text = config;
  text.replace(text.find("\"llama\""), 7, "\"llama9\"");
  files.files["m/config.json"].text = text;
  const auto model = read_model(files, "m").value();
  CHECK(model.architecture == "llama9");
  CHECK_FALSE(model.runs_on_llama_cpp);
  CHECK(model.layers.front().heads == 4);
  CHECK(stored_bytes(model) == model.file->tensor_bytes.count());
}

TEST_CASE("towers, buffers and draft blocks are no layers of the language model", "[hf]") {
  SparseFiles files;
  SafetensorsWriter writer;
  write_ends(writer);
  for (int i = 0; i < 3; ++i) write_layer(writer, i);  // the third is a draft block
  writer.tensor("vision_tower.encoder.layers.0.fc1.weight", {10, 10});
  writer.tensor("multi_modal_projector.linear_1.weight", {64, 10});
  writer.tensor("model.layers.0.self_attn.rotary_emb.inv_freq", {8}, "F32", 32);
  files.add("m/model.safetensors", writer);
  files.files["m/config.json"].text = config;
  const auto model = read_model(files, "m").value();
  CHECK(model.layers.size() == 2);
  REQUIRE(model.towers.size() == 1);
  CHECK(model.towers.front().elements == Elements{100 + 640});
  CHECK(model.parameters == count_parameters(model) + Elements{740});
  CHECK(names(model).find("blk.2.") == std::string::npos);
}

TEST_CASE("an output matrix of its own lies beside a tied embedding", "[hf]") {
  auto files = tiny();
  auto text = config;
  text.replace(text.find("false"), 5, "true");
  files.files["m/config.json"].text = text;
  const auto model = read_model(files, "m").value();
  CHECK(model.parameters->count() == count_parameters(model).count());
  CHECK(names(model).find("output.weight") != std::string::npos);
}

TEST_CASE("packed weights take the matrices' shapes and keep their bytes", "[hf]") {
  SparseFiles files;
  SafetensorsWriter writer;
  write_ends(writer);
  for (int i = 0; i < 2; ++i) {
    const auto at = "model.layers." + std::to_string(i) + ".";
    for (const auto* const name :
         {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
          "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"}) {
      const std::string matrix = name;
      const std::int64_t in = matrix == "mlp.down_proj" ? 128 : 64;
      const std::int64_t out =
          matrix.find("k_proj") != std::string::npos || matrix.find("v_proj") != std::string::npos
              ? 32
          : matrix == "mlp.gate_proj" || matrix == "mlp.up_proj" ? 128
                                                                 : 64;
      writer.tensor(at + matrix + ".qweight", {in, out / 8}, "I32", 32)
          .tensor(at + matrix + ".qzeros", {in / 32, out / 8}, "I32", 32)
          .tensor(at + matrix + ".scales", {in / 32, out}, "F16", 16);
    }
    writer.tensor(at + "input_layernorm.weight", {64});
    writer.tensor(at + "post_attention_layernorm.weight", {64});
  }
  files.add("m/model.safetensors", writer);
  auto bare = files;
  auto text = config;
  text.insert(1, R"("quantization_config":{"quant_method":"awq","bits":4,"group_size":32},)");
  files.files["m/config.json"].text = text;
  const auto model = read_model(files, "m").value();
  CHECK(model.file->quantized);
  CHECK(model.file->format.id == "awq_g32");
  CHECK(stored_bytes(model) == static_cast<std::int64_t>(writer.data()));
  // The scheme alone comes to the same.
  SparseFiles alone;
  alone.files["m/config.json"].text = text;
  const auto planned = read_model(alone, "m").value();
  CHECK(names(planned) == names(model));
  CHECK(weigh(planned, planned.file->format)->tensor_bytes.count() == stored_bytes(model));
  CHECK(weigh(model, model.file->format)->tensor_bytes.count() == stored_bytes(model));
  // Without it nothing tells how the integers are to be read.
  CHECK(read_model(bare, "m").error().code == ErrorCode::unsupported);
}

TEST_CASE("Gemma 3's short configuration is completed by the weights beside it", "[hf]") {
  SparseFiles files;
  SafetensorsWriter writer;
  const auto name = [](int i) { return "language_model.model.layers." + std::to_string(i) + "."; };
  writer.tensor("language_model.model.embed_tokens.weight", {320, 64});
  writer.tensor("language_model.model.norm.weight", {64});
  for (int i = 0; i < 6; ++i) {
    writer.tensor(name(i) + "self_attn.q_proj.weight", {4 * 32, 64})
        .tensor(name(i) + "self_attn.k_proj.weight", {2 * 32, 64})
        .tensor(name(i) + "self_attn.v_proj.weight", {2 * 32, 64})
        .tensor(name(i) + "self_attn.o_proj.weight", {64, 4 * 32})
        .tensor(name(i) + "self_attn.q_norm.weight", {32})
        .tensor(name(i) + "self_attn.k_norm.weight", {32})
        .tensor(name(i) + "mlp.gate_proj.weight", {128, 64})
        .tensor(name(i) + "mlp.up_proj.weight", {128, 64})
        .tensor(name(i) + "mlp.down_proj.weight", {64, 128});
    for (const auto* const norm : {"input_layernorm", "post_attention_layernorm",
                                   "pre_feedforward_layernorm", "post_feedforward_layernorm"}) {
      writer.tensor(name(i) + norm + ".weight", {64});
    }
  }
  files.files["m/config.json"].text = R"({"model_type":"gemma3","text_config":{
      "model_type":"gemma3_text","hidden_size":64,"intermediate_size":128,"num_hidden_layers":6,
      "sliding_window":16},"vision_config":{}})";
  CHECK(read_model(files, "m").error().where == "m/config.json: /text_config/vocab_size");
  files.add("m/model.safetensors", writer);
  const auto model = read_model(files, "m").value();
  CHECK(model.layers[0].heads == 4);
  CHECK(model.layers[0].kv_heads == 2);
  CHECK(model.layers[0].head_dim == 32);
  CHECK(model.layers[4].kind == LayerKind::sliding);
  CHECK(model.layers[5].kind == LayerKind::full);
  CHECK(stored_bytes(model) == static_cast<std::int64_t>(writer.data()));
}

TEST_CASE("a folder without weights of a language model is an error", "[hf]") {
  SparseFiles files;
  SafetensorsWriter writer;
  writer.tensor("vision_tower.x.weight", {4, 4});
  files.add("m/model.safetensors", writer);
  CHECK(says(read_model(files, "m").error(), "no weights of a language model"));
}

TEST_CASE("a safetensors file of metadata alone is an error", "[hf]") {
  SparseFiles files;
  files.files["m/model.safetensors"].text =
      SafetensorsWriter::framed(R"({"__metadata__":{"format":"pt"}})");
  CHECK(says(read_model(files, "m").error(), "no weights of a language model"));
}
