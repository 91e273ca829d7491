// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "llmfit/catalog.hpp"
#include "sizing/packing.hpp"

using namespace llmfit;
using namespace llmfit::sizing;

namespace {

Tensor matrix(std::int64_t inputs, std::int64_t rows, std::int64_t experts = 1) {
  Tensor tensor;
  tensor.role = experts > 1 ? Role::ffn_up_exps : Role::ffn_up;
  tensor.stem = "ffn_up";
  tensor.layer = 0;
  tensor.shape = {inputs, rows, experts, 1};
  return tensor;
}

const Format& format_of(Engine engine, std::string_view id) {
  const auto* const format = Catalog::builtin().find_format(engine, id);
  REQUIRE(format != nullptr);
  return *format;
}

}  // namespace

TEST_CASE("scales, zero points and orders are counted to the byte", "[packing]") {
  struct Row {
    Engine engine;
    std::string_view format;
    Tensor tensor;
    std::int64_t bytes;
  };
  const auto row = GENERATE(
      // 256 x 512 elements, and what each format has beside them.
      Row{Engine::vllm, "awq", matrix(256, 512), 65536 + 1024 * 2 + 1024 / 2},
      Row{Engine::vllm, "awq_g32", matrix(256, 512), 65536 + 4096 * 2 + 4096 / 2},
      Row{Engine::vllm, "gptq", matrix(256, 512), 65536 + 1024 * 2 + 1024 / 2 + 256 * 4},
      Row{Engine::vllm, "gptq_int8", matrix(256, 512), 131072 + 1024 * 2 + 1024 + 256 * 4},
      Row{Engine::vllm, "w4a16", matrix(256, 512), 65536 + 1024 * 2 + 16},
      Row{Engine::vllm, "w8a8", matrix(256, 512), 131072 + 512 * 4},
      Row{Engine::vllm, "fp8", matrix(256, 512), 131072 + 8},
      Row{Engine::vllm, "fp8_channel", matrix(256, 512), 131072 + 512 * 4},
      Row{Engine::vllm, "fp8_block", matrix(256, 512), 131072 + 2 * 4 * 4},
      Row{Engine::vllm, "fp8_block", matrix(257, 513), 257 * 513 + 3 * 5 * 4},
      Row{Engine::vllm, "nvfp4", matrix(256, 512), 65536 + 16 * 512 + 8},
      Row{Engine::vllm, "mxfp4", matrix(256, 512, 4), 4 * (65536 + 8 * 512)},
      Row{Engine::vllm, "fp8", matrix(256, 512, 4), 4 * (131072 + 8)},
      Row{Engine::vllm, "awq", matrix(200, 512), 51200 + 2 * 512 * 2 + 2 * 512 / 2},
      Row{Engine::transformers, "nf4", matrix(256, 512), 65536 + 2048 * 4 + 64},
      Row{Engine::transformers, "nf4", matrix(100, 3), 150 + 5 * 4 + 64},  // across rows
      Row{Engine::transformers, "nf4_dq", matrix(256, 512), 65536 + 2048 + 8 * 4 + 1092},
      Row{Engine::transformers, "int8", matrix(256, 512), 131072 + 512 * 4 + 1},
      Row{Engine::transformers, "torchao_int4", matrix(256, 512), 65536 + 1024 * 4},
      Row{Engine::transformers, "hqq", matrix(256, 512), 65536 + 2048 * 4},
      Row{Engine::mlx, "mlx_4bit", matrix(256, 512), 65536 + 2048 * 4},
      Row{Engine::mlx, "mlx_3bit", matrix(256, 512), 49152 + 2048 * 4},
      Row{Engine::exllama, "exl2_4.25bpw", matrix(256, 512), 69632},
      Row{Engine::exllama, "exl3_3.0bpw", matrix(256, 512), 49152 + 512 * 2 + 256 * 2});
  const auto& format = format_of(row.engine, row.format);
  INFO(row.format);
  REQUIRE(format.scheme);
  CHECK(packed_bytes(row.tensor, *format.scheme) == Bytes{row.bytes});
}

TEST_CASE("the heads of a latent up-projection are one matrix", "[packing]") {
  Tensor keys = matrix(128, 512, 16);
  keys.role = Role::mla_k_b;  // transposed in GGUF files: 128 key elements x 512 latents x 16 heads
  Tensor values = matrix(512, 128, 16);
  values.role = Role::mla_v_b;
  const auto& channel = *format_of(Engine::vllm, "fp8_channel").scheme;
  const std::int64_t elements = 128 * 512 * 16;
  CHECK(packed_bytes(keys, channel) == Bytes{elements + 128 * 16 * 4});
  CHECK(packed_bytes(values, channel) == Bytes{elements + 128 * 16 * 4});
  const auto& tensor = *format_of(Engine::vllm, "fp8").scheme;
  CHECK(packed_bytes(values, tensor) == Bytes{elements + 8});
}

TEST_CASE("an order that nobody needs stays in the file", "[packing]") {
  const auto& plain = *format_of(Engine::vllm, "gptq").scheme;
  const auto& ordered = *format_of(Engine::vllm, "gptq_act").scheme;
  CHECK(packed_bytes(matrix(256, 512), plain) == packed_bytes(matrix(256, 512), ordered));
  CHECK(on_device(plain).input_bytes == 0);
  CHECK(on_device(ordered).input_bytes == 4);
}

TEST_CASE("a rank keeps whole groups", "[packing]") {
  CHECK(whole_group(format_of(Engine::vllm, "awq")) == 128);
  CHECK(whole_group(format_of(Engine::vllm, "awq_g32")) == 32);
  CHECK(whole_group(format_of(Engine::vllm, "nvfp4")) == 16);
  CHECK(whole_group(format_of(Engine::vllm, "fp8_block")) == 128);
  CHECK(whole_group(format_of(Engine::vllm, "fp8")) == 1);
  CHECK(whole_group(format_of(Engine::vllm, "w8a8")) == 1);
  CHECK(whole_group(format_of(Engine::vllm, "bf16")) == 1);
}

TEST_CASE("nominal bits count what groups carry", "[packing]") {
  const auto bits = [](Engine engine, std::string_view id) {
    return nominal_bits(format_of(engine, id));
  };
  CHECK(bits(Engine::vllm, "awq") == 4 + 20.0 / 128);
  CHECK(bits(Engine::vllm, "nvfp4") == 4.5);
  CHECK(bits(Engine::vllm, "mxfp4") == 4.25);
  CHECK(bits(Engine::vllm, "fp8") == 8);
  CHECK(bits(Engine::transformers, "nf4") == 4.5);
  CHECK(bits(Engine::transformers, "nf4_dq") == 4 + 8.125 / 64);
  CHECK(bits(Engine::mlx, "mlx_4bit") == 4.5);
  CHECK(bits(Engine::exllama, "exl2_4.0bpw") == 4);
  CHECK(bits(Engine::llama_cpp, "q4_k_m") == 4.5);
  CHECK(bits(Engine::params, "q4") == 4);
}

TEST_CASE("sizes beyond counting stick instead of wrapping", "[packing]") {
  const auto huge = std::int64_t{1} << 62;
  CHECK(packed_bytes(matrix(huge, huge), *format_of(Engine::vllm, "awq").scheme).overflowed());
}
