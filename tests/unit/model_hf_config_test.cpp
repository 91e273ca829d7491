// SPDX-License-Identifier: MIT
#include <string>

#include "catch.hpp"
#include "support/hf_config_writer.hpp"
#include "support/safetensors_writer.hpp"

namespace {

using namespace llmfit;
using test::HfJson;
using test::SparseFiles;

Result<Model> read(const HfJson& config) {
  SparseFiles files;
  files.files["m/config.json"] = {config.dump(), 0};
  return read_model(files, "m/config.json");
}

HfJson llama() {
  return {{"model_type", "llama"},
          {"architectures", {"LlamaForCausalLM"}},
          {"hidden_size", 64},
          {"num_hidden_layers", 2},
          {"num_attention_heads", 4},
          {"num_key_value_heads", 2},
          {"intermediate_size", 128},
          {"vocab_size", 100},
          {"torch_dtype", "bfloat16"},
          {"max_position_embeddings", 512},
          {"_name_or_path", "owner/tiny"}};
}

HfJson with(HfJson config, const std::string& key, HfJson value) {
  config[key] = std::move(value);
  return config;
}
HfJson without(HfJson config, const std::string& key) {
  config.erase(key);
  return config;
}

void require_error(const HfJson& config, ErrorCode code, const std::string& message,
                   const std::string& pointer) {
  const auto model = read(config);
  REQUIRE_FALSE(model.has_value());
  INFO(model.error().message << " at " << model.error().where);
  CHECK(model.error().code == code);
  CHECK(model.error().message == message);
  CHECK(model.error().where == "m/config.json" + (pointer.empty() ? "" : ": " + pointer));
}

}  // namespace

TEST_CASE("a configuration tells the model beside its tensors", "[hf]") {
  const auto model = read(llama()).value();
  CHECK(model.id == "tiny");
  CHECK(model.source == ModelSource::config);
  CHECK(model.architecture == "llama");
  CHECK(model.runs_on_llama_cpp);
  CHECK(model.context_length == Tokens{512});
  CHECK(model.native_dtype == "bfloat16");
  // embedding, output, final norm; per layer q o, k v, gate up down, two norms
  CHECK(model.parameters ==
        Elements{2 * 100 * 64 + 64 + 2 * (2 * 64 * 64 + 2 * 64 * 32 + 3 * 64 * 128 + 2 * 64)});
  CHECK_FALSE(model.file.has_value());
}

TEST_CASE("a dimension that is missing, zero or absurd is an error with its pointer", "[hf]") {
  for (const auto* const key :
       {"hidden_size", "num_hidden_layers", "num_attention_heads", "vocab_size"}) {
    require_error(without(llama(), key), ErrorCode::invalid_file, std::string(key) + " is missing",
                  "/" + std::string(key));
  }
}

TEST_CASE("values of the wrong kind are errors with their pointer", "[hf]") {
  const auto invalid = ErrorCode::invalid_file;
  require_error(without(llama(), "intermediate_size"), invalid, "intermediate_size is missing",
                "/intermediate_size");
  require_error(with(llama(), "hidden_size", 0), invalid, "hidden_size must not be 0",
                "/hidden_size");
  require_error(with(llama(), "hidden_size", -64), invalid,
                "a whole number of 0 or more is expected", "/hidden_size");
  require_error(with(llama(), "hidden_size", "64"), invalid,
                "a whole number of 0 or more is expected", "/hidden_size");
  require_error(with(llama(), "hidden_size", 1e30), invalid,
                "a whole number of 0 or more is expected", "/hidden_size");
  require_error(with(llama(), "hidden_size", std::int64_t{1} << 40), invalid,
                "must be between 0 and 2^31 - 1", "/hidden_size");
  require_error(with(llama(), "num_hidden_layers", 1000000), invalid, "more than 4,096 layers", "");
  require_error(with(llama(), "num_attention_heads", 5), invalid,
                "head_dim is missing, and hidden_size does not divide by heads", "/head_dim");
  require_error(without(with(llama(), "model_type", "mistral"), "num_key_value_heads"), invalid,
                "num_key_value_heads is missing", "/num_key_value_heads");
  require_error(with(llama(), "layer_types", {"full_attention"}), invalid,
                "the kinds of 1 layers are given, of 2", "");
}

TEST_CASE("what llmfit does not know of a configuration is named", "[hf]") {
  require_error(with(llama(), "model_type", "llama9"), ErrorCode::unsupported,
                "models of type 'llama9' are not known", "/model_type");
  require_error(without(llama(), "model_type"), ErrorCode::invalid_file, "model_type is missing",
                "/model_type");
  require_error(with(llama(), "layer_types", {"full_attention", "magic"}), ErrorCode::unsupported,
                "layers of kind 'magic' are not known", "/layer_types");
  require_error(with(llama(), "quantization_config", {{"quant_method", "magic"}}),
                ErrorCode::unsupported, "quantization by 'magic' is not known",
                "/quantization_config/quant_method");
}

TEST_CASE("text that is no JSON is refused with the byte", "[hf]") {
  const std::pair<std::string, std::string> cases[] = {
      {"", "m/config.json: byte 0"},
      {"{\"a\":1,}", "m/config.json: byte 7"},
      {"{\"a\":1,\"a\":2}", "m/config.json: byte 1"},
      {"{\"a\":\"\x01\"}", "m/config.json: byte 6"},
      {std::string(70, '['), "m/config.json: byte 64"},
  };
  for (const auto& [text, where] : cases) {
    SparseFiles files;
    files.files["m/config.json"] = {text, 0};
    const auto model = read_model(files, "m/config.json");
    REQUIRE_FALSE(model.has_value());
    INFO(text << " -> " << model.error().message);
    CHECK(model.error().code == ErrorCode::invalid_file);
    CHECK(model.error().where == where);
  }
}

TEST_CASE("a multimodal configuration nests the language model's", "[hf]") {
  auto inner = without(without(llama(), "torch_dtype"), "_name_or_path");
  inner.erase("architectures");
  const HfJson config = {{"model_type", "llava"},
                         {"architectures", {"LlavaForConditionalGeneration"}},
                         {"torch_dtype", "float16"},
                         {"text_config", inner},
                         {"vision_config", {{"hidden_size", 32}}}};
  const auto model = read(config).value();
  CHECK(model.native_dtype == "float16");
  // The towers are not described well enough to be counted.
  CHECK_FALSE(model.parameters.has_value());
  auto broken = config;
  broken["text_config"].erase("num_hidden_layers");
  require_error(broken, ErrorCode::invalid_file, "num_hidden_layers is missing",
                "/text_config/num_hidden_layers");
}

TEST_CASE("a class without a count of key heads has as many as query heads", "[hf]") {
  const auto model = read(without(llama(), "num_key_value_heads")).value();
  CHECK(model.layers.front().kv_heads == 4);
}

TEST_CASE("a window is used where the configuration switches it on", "[hf]") {
  auto config = with(without(llama(), "architectures"), "model_type", "qwen2");
  config["sliding_window"] = 256;
  config["use_sliding_window"] = false;
  config["max_window_layers"] = 1;
  CHECK(read(config)->layers[1].kind == LayerKind::full);
  config["use_sliding_window"] = true;
  const auto model = read(config).value();
  CHECK(model.layers[0].kind == LayerKind::full);
  CHECK(model.layers[1].kind == LayerKind::sliding);
  CHECK(model.layers[1].window == 256);
}

TEST_CASE("a path on somebody's machine is no name", "[hf]") {
  CHECK(read(with(llama(), "_name_or_path", "/home/me/out"))->id == "m");
  CHECK(read(with(llama(), "_name_or_path", "./out"))->id == "m");
  CHECK(read(without(llama(), "_name_or_path"))->id == "m");
}
