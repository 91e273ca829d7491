// SPDX-License-Identifier: MIT
#include <string>

#include "catch.hpp"
#include "llmfit/sizing.hpp"
#include "support/hf_config_writer.hpp"
#include "support/safetensors_writer.hpp"

namespace {

using namespace llmfit;
using test::HfJson;
using test::SparseFiles;

Result<Model> read(const std::string& key, const std::string& quantization) {
  HfJson config = {{"model_type", "llama"},      {"hidden_size", 256},
                   {"num_hidden_layers", 1},     {"num_attention_heads", 4},
                   {"intermediate_size", 512},   {"vocab_size", 100},
                   {"tie_word_embeddings", true}};
  config[key] = HfJson::parse(quantization);
  SparseFiles files;
  files.files["m/config.json"] = {config.dump(), 0};
  return read_model(files, "m");
}

struct Case {
  std::string text;
  std::string id;
  Engine engine;
  Scheme scheme;
};

bool alike(const Scheme& a, const Scheme& b) {
  return a.millibits == b.millibits && a.group == b.group && a.group_rows == b.group_rows &&
         a.flat == b.flat && a.scale_bits == b.scale_bits && a.zero_bits == b.zero_bits &&
         a.outer_group == b.outer_group && a.outer_bits == b.outer_bits &&
         a.input_bytes == b.input_bytes && a.order_dropped == b.order_dropped &&
         a.matrix_bytes == b.matrix_bytes && a.head_millibits == b.head_millibits &&
         a.embedding_millibits == b.embedding_millibits && a.experts_only == b.experts_only;
}

}  // namespace

TEST_CASE("quantization_config becomes a format with its own groups", "[hf]") {
  const Case cases[] = {
      {R"({"quant_method":"awq","bits":4,"group_size":128,"zero_point":true})",
       "awq",
       Engine::vllm,
       {.millibits = 4000, .group = 128, .scale_bits = 16, .zero_bits = 4}},
      {R"({"quant_method":"awq","bits":4,"group_size":64,"zero_point":false})",
       "awq_g64",
       Engine::vllm,
       {.millibits = 4000, .group = 64, .scale_bits = 16}},
      {R"({"quant_method":"gptq","bits":8,"group_size":32,"desc_act":true,"sym":true})",
       "gptq_int8_g32_act",
       Engine::vllm,
       {.millibits = 8000, .group = 32, .scale_bits = 16, .zero_bits = 8, .input_bytes = 4}},
      {R"({"quant_method":"gptq","bits":4,"group_size":-1})",
       "gptq_channel",
       Engine::vllm,
       {.millibits = 4000,
        .group = 0,
        .scale_bits = 16,
        .zero_bits = 4,
        .input_bytes = 4,
        .order_dropped = true}},
      {R"({"quant_method":"fp8","activation_scheme":"static"})",
       "fp8",
       Engine::vllm,
       {.millibits = 8000, .group = -1, .matrix_bytes = 8}},
      {R"({"quant_method":"fp8","weight_block_size":[128,64]})",
       "fp8_block",
       Engine::vllm,
       {.millibits = 8000, .group = 64, .group_rows = 128, .scale_bits = 32}},
      {R"({"quant_method":"fbgemm_fp8"})",
       "fp8_channel",
       Engine::vllm,
       {.millibits = 8000, .group = 0, .scale_bits = 32}},
      {R"({"quant_method":"compressed-tensors","format":"pack-quantized","config_groups":{"group_0":
           {"weights":{"num_bits":4,"type":"int","strategy":"group","group_size":128,
            "symmetric":true},"input_activations":null}}})",
       "w4a16",
       Engine::vllm,
       {.millibits = 4000, .group = 128, .scale_bits = 16, .matrix_bytes = 16}},
      {R"({"quant_method":"compressed-tensors","format":"int-quantized","config_groups":{"group_0":
           {"weights":{"num_bits":8,"type":"int","strategy":"channel"},
            "input_activations":{"num_bits":8}}}})",
       "w8a8",
       Engine::vllm,
       {.millibits = 8000, .group = 0, .scale_bits = 32}},
      {R"({"quant_method":"compressed-tensors","format":"nvfp4-pack-quantized","config_groups":
           {"group_0":{"weights":{"num_bits":4,"type":"float","group_size":16}}}})",
       "nvfp4",
       Engine::vllm,
       {.millibits = 4000, .group = 16, .scale_bits = 8, .matrix_bytes = 8}},
      {R"({"quant_method":"compressed-tensors","config_groups":
           {"group_0":{"weights":{"num_bits":8,"type":"float","strategy":"channel"}}}})",
       "fp8_channel",
       Engine::vllm,
       {.millibits = 8000, .group = 0, .scale_bits = 32}},
      {R"({"quant_method":"bitsandbytes","load_in_4bit":true,"bnb_4bit_quant_type":"nf4",
           "bnb_4bit_use_double_quant":true})",
       "nf4_dq",
       Engine::transformers,
       {.millibits = 4000,
        .group = 64,
        .flat = true,
        .scale_bits = 8,
        .outer_group = 256,
        .outer_bits = 32,
        .matrix_bytes = 1092}},
      {R"({"quant_method":"bitsandbytes","load_in_8bit":true})",
       "int8",
       Engine::transformers,
       {.millibits = 8000, .group = 0, .scale_bits = 32, .matrix_bytes = 1}},
      {R"({"quant_method":"mxfp4"})",
       "mxfp4",
       Engine::vllm,
       {.millibits = 4000, .group = 32, .scale_bits = 8, .experts_only = true}},
      {R"({"quant_method":"exl2","bits":4.25,"head_bits":6})",
       "exl2_4.25bpw",
       Engine::exllama,
       {.millibits = 4250, .group = 0, .head_millibits = 6300}},
      {R"({"quant_method":"exl3","bits":3.0,"head_bits":6})",
       "exl3_3.0bpw",
       Engine::exllama,
       {.millibits = 3000, .group = 0, .scale_bits = 16, .input_bytes = 2, .head_millibits = 6000}},
      {R"({"quant_method":"modelopt","quant_algo":"NVFP4"})",
       "nvfp4",
       Engine::vllm,
       {.millibits = 4000, .group = 16, .scale_bits = 8, .matrix_bytes = 8}},
      {R"({"quant_method":"torchao","quant_type":"int4_weight_only",
           "quant_type_kwargs":{"group_size":64}})",
       "torchao_int4_g64",
       Engine::transformers,
       {.millibits = 4000, .group = 64, .scale_bits = 32}},
      {R"({"quant_method":"hqq","quant_config":{"weight_quant_params":{"nbits":4,
           "group_size":64}}})",
       "hqq",
       Engine::transformers,
       {.millibits = 4000, .group = 64, .scale_bits = 32}},
      {R"({"group_size":64,"bits":4,"mode":"affine"})",
       "mlx_4bit",
       Engine::mlx,
       {.millibits = 4000,
        .group = 64,
        .scale_bits = 32,
        .head_millibits = 4000,
        .embedding_millibits = 4000}},
  };
  for (const auto& known : cases) {
    INFO(known.text);
    const auto model = read("quantization_config", known.text);
    if (!model) FAIL_CHECK(model.error().message);
    if (!model) continue;
    REQUIRE(model->file.has_value());
    CHECK(model->file->quantized);
    CHECK(model->file->format.as_stored);
    CHECK(model->file->format.id == known.id);
    CHECK(model->file->format.engine == known.engine);
    REQUIRE(model->file->format.scheme.has_value());
    CHECK(alike(*model->file->format.scheme, known.scheme));
  }
}

TEST_CASE("MLX calls it quantization", "[hf]") {
  CHECK(read("quantization", R"({"group_size":32,"bits":8})")->file->format.id == "mlx_8bit_g32");
}

TEST_CASE("senseless numbers of a quantization are errors with their pointer", "[hf]") {
  const std::pair<std::string, std::string> cases[] = {
      {R"({"quant_method":"awq","bits":400})", "/bits"},
      {R"({"quant_method":"awq"})", "/bits"},
      {R"({"quant_method":"gptq","bits":4,"group_size":0})", "/group_size"},
      {R"({"quant_method":"gptq","bits":4,"group_size":1e30})", "/group_size"},
      {R"({"quant_method":"fp8","weight_block_size":[0,128]})", "/weight_block_size"},
      {R"({"quant_method":"bitsandbytes"})", "/load_in_4bit"},
      {R"({"quant_method":"modelopt","quant_algo":"W1"})", "/quant_algo"},
      {R"({})", "/quant_method"},
  };
  for (const auto& [text, key] : cases) {
    INFO(text);
    const auto model = read("quantization_config", text);
    REQUIRE_FALSE(model.has_value());
    CHECK(model.error().where == "m/config.json: /quantization_config" + key);
  }
}

TEST_CASE("a configuration of quantized weights is sized by its own scheme", "[hf]") {
  const auto model = read("quantization_config",
                          R"({"quant_method":"awq","bits":4,"group_size":128,"zero_point":true})");
  const auto weights = weigh(*model, model->file->format).value();
  // Per 128 weights: 64 bytes, a scale of two and a zero point of half a byte.
  const std::int64_t matrices = 4 * 256 * 256 + 3 * 256 * 512;
  const std::int64_t plain = 100 * 256 + 3 * 256;
  CHECK(weights.tensor_bytes.count() == matrices / 2 + matrices / 128 * 5 / 2 + plain * 2);
}

TEST_CASE("modules that a configuration lists stay in 16 bits", "[hf]") {
  const std::int64_t square = 256 * 256;  // elements of each of four matrices of attention
  const std::int64_t wide = 256 * 512;    // and of each of three of the feed-forward part
  struct {
    std::string listed;
    std::int64_t attention;  // matrices kept
    std::int64_t feed_forward;
  } const cases[] = {
      {R"("modules_to_not_convert":null)", 0, 0},
      {R"("modules_to_not_convert":["lm_head","gate","up","q_pro"])", 0, 0},
      {R"("modules_to_not_convert":["model.layers.1"])", 0, 0},
      {R"("modules_to_not_convert":["self_attn"])", 4, 0},
      {R"("modules_to_not_convert":["model.layers.0"])", 4, 3},
      {R"("ignored_layers":["model.layers.0.mlp.down_proj"])", 0, 1},
      {R"("ignore":["re:.*self_attn.*"])", 4, 0},
      {R"("ignore":["re:model\\.layers\\.\\d+\\.mlp\\.(gate|up|gate_up|down)_proj$"])", 0, 3},
      {R"("ignore":["re:.*mlp\\.(gate|up)_proj"])", 0, 2},
      {R"("ignore":["re:.*\\.gate$","re:self_attn"])", 0, 0},
      {R"("exclude_modules":["*self_attn*","lm_head"])", 4, 0},
      {R"("exclude_modules":["model.layers.*.mlp"])", 0, 0},
  };
  for (const auto& known : cases) {
    INFO(known.listed);
    const auto model =
        read("quantization_config",
             R"({"quant_method":"fp8","activation_scheme":"dynamic",)" + known.listed + "}");
    REQUIRE(model.has_value());
    const auto kept = known.attention * square + known.feed_forward * wide;
    const auto packed = 4 * square + 3 * wide - kept;
    const auto scales = 7 - known.attention - known.feed_forward;
    const std::int64_t plain = 100 * 256 + 3 * 256;
    CHECK(weigh(*model, model->file->format)->tensor_bytes.count() ==
          (plain + kept) * 2 + packed + scales * 4);
  }
}

TEST_CASE("a list of modules that cannot be read is an error, not a guess", "[hf]") {
  const auto model =
      read("quantization_config", R"({"quant_method":"fp8","ignore":["re:layers\\.[0-3]\\..*"]})");
  REQUIRE_FALSE(model.has_value());
  CHECK(model.error().code == ErrorCode::unsupported);
}
