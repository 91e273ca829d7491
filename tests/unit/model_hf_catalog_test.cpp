// SPDX-License-Identifier: MIT
// A configuration and a checkpoint lead to the very tensors that the catalog has of a model.
#include <map>
#include <set>
#include <string>

#include "catch.hpp"
#include "llmfit/build_model.hpp"
#include "llmfit/sizing.hpp"
#include "support/gguf_writer.hpp"
#include "support/hf_checkpoints.hpp"
#include "support/hf_config_writer.hpp"
#include "support/model_gguf.hpp"

namespace {

using namespace llmfit;
using test::SparseFiles;

/// Draft blocks left out: two models with one configuration may have them and not.
std::multimap<std::string, std::array<std::int64_t, 4>> inventory(const Model& model,
                                                                  bool output = true) {
  std::multimap<std::string, std::array<std::int64_t, 4>> names;
  for (const auto& tensor : model.tensors) {
    if (tensor.layer >= static_cast<int>(model.layers.size())) continue;
    if (output || tensor.role != Role::output)
      names.emplace(tensor_name(model, tensor), tensor.shape);
  }
  return names;
}

bool alike(const Layer& a, const Layer& b) {
  return a.kind == b.kind && a.ffn == b.ffn && a.heads == b.heads && a.kv_heads == b.kv_heads &&
         a.head_dim == b.head_dim && a.value_head_dim == b.value_head_dim &&
         a.ffn_size == b.ffn_size && a.window == b.window && a.caches == b.caches;
}

void require_same(const Model& model, const Model& entry, bool output) {
  CHECK((inventory(model, output) == inventory(entry, output)));
  CHECK(model.architecture.value_or("") == entry.architecture.value_or(""));
  REQUIRE(model.layers.size() == entry.layers.size());
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    if (alike(model.layers[i], entry.layers[i])) continue;
    INFO("layer " << i);
    CHECK(alike(model.layers[i], entry.layers[i]));
    return;
  }
}

const ModelRecord& record_of(std::string_view id) {
  const auto* const record = Catalog::builtin().find_model(id);
  REQUIRE(record != nullptr);
  return *record;
}

void add_config(SparseFiles& files, const ModelRecord& record) {
  files.files["m/config.json"].text = test::HfConfigWriter(record).text();
}

std::int64_t tensor_bytes(const Model& model, Engine engine, std::string_view format) {
  const auto weights = weigh(model, *Catalog::builtin().find_format(engine, format));
  REQUIRE(weights.has_value());
  return weights->tensor_bytes.count();
}

}  // namespace

TEST_CASE("the configuration of every catalog model leads to the entry's tensors", "[hf]") {
  for (const auto& record : Catalog::builtin().models()) {
    if (record.architecture == nullptr || record.id == "gpt3-175b")
      continue;  // has no published one
    INFO(record.id << " (" << record.architecture->model_type << ")");
    SparseFiles files;
    add_config(files, record);
    const auto model = read_model(files, "m/config.json");
    if (!model) FAIL_CHECK(model.error().message << " at " << model.error().where);
    if (!model) continue;
    // A configuration does not tell whether a tied matrix is stored twice all the same.
    require_same(*model, make_model(record).value(), !record.architecture->stores_tied_head);
  }
}

TEST_CASE("one model has the same weights from every kind of file", "[hf]") {
  const std::string id =
      GENERATE("llama3-8b", "qwen2.5-0.5b", "gemma2-9b", "mixtral-8x7b", "deepseek-v2-lite",
               "deepseek-v3", "gpt-oss-20b", "phi3-mini", "bge-small-en-v1.5", "gpt2");
  INFO(id);
  const auto& record = record_of(id);
  const auto entry = make_model(record).value();
  SparseFiles files;
  add_config(files, record);
  const auto config = read_model(files, "m").value();
  files.add("m/model.safetensors", test::HfCheckpoint(*record.architecture).write());
  const auto folder = read_model(files, "m").value();
  auto gguf = test::ModelWriter(entry).write();
  files.files["g/m.gguf"] = {gguf.header(), static_cast<std::uint64_t>(gguf.data_bytes())};
  const auto header = read_model(files, "g/m.gguf").value();

  CHECK(config.source == ModelSource::config);
  CHECK(folder.source == ModelSource::safetensors);
  CHECK(folder.file.has_value());
  CHECK((inventory(config) == inventory(entry)));
  CHECK((inventory(folder) == inventory(entry)));
  for (const auto* const format : {"f16", "q4_k_m", "q8_0", "iq2_xs"}) {
    INFO(format);
    const auto bytes = tensor_bytes(entry, Engine::llama_cpp, format);
    CHECK(tensor_bytes(config, Engine::llama_cpp, format) == bytes);
    CHECK(tensor_bytes(folder, Engine::llama_cpp, format) == bytes);
    CHECK(tensor_bytes(header, Engine::llama_cpp, format) == bytes);
  }
  for (const auto* const format : {"bf16", "awq"}) {
    INFO(format);
    const auto bytes = tensor_bytes(entry, Engine::vllm, format);
    CHECK(tensor_bytes(config, Engine::vllm, format) == bytes);
    CHECK(tensor_bytes(folder, Engine::vllm, format) == bytes);
  }
}
