// SPDX-License-Identifier: MIT
#include <algorithm>
#include <vector>

#include "catch.hpp"
#include "model_fixture.hpp"
#include "sizing/llama_cpp_types.hpp"

using namespace llmfit;
using fixture::build;

namespace {

/// The types of all matrices of a role, in order.
std::vector<TensorType> types_of(const Model& model, std::string_view format, Role role) {
  sizing::LlamaCppTypes types(model, fixture::format(format, Engine::llama_cpp, TensorType::q4_k));
  std::vector<TensorType> found;
  for (const auto& tensor : model.tensors) {
    const auto type = types.next(tensor);
    if (tensor.role == role && !tensor.bias) found.push_back(type);
  }
  return found;
}

/// The type of the first matrix of a role.
TensorType first(const Model& model, std::string_view format, Role role) {
  return types_of(model, format, role).front();
}

}  // namespace

TEST_CASE("q4_k_m gives six bits to the outer eighths and every third layer between") {
  const auto model = build(fixture::llama3_8b());
  const auto down = types_of(model, "q4_k_m", Role::ffn_down);
  REQUIRE(down.size() == 32);
  for (std::size_t i = 0; i < down.size(); ++i) {
    const bool more = i < 4 || i >= 28 || (i - 4) % 3 == 2;
    CHECK(down[i] == (more ? TensorType::q6_k : TensorType::q4_k));
  }
  CHECK(types_of(model, "q4_k_m", Role::attn_v) == down);
  CHECK(first(model, "q4_k_m", Role::attn_q) == TensorType::q4_k);
  CHECK(first(model, "q4_k_m", Role::output) == TensorType::q6_k);
  CHECK(first(model, "q4_k_m", Role::token_embedding) == TensorType::q4_k);
}

TEST_CASE("a tied embedding gets the type of an output matrix") {
  CHECK(first(build(fixture::command_r_plus()), "q4_k_m", Role::token_embedding) ==
        TensorType::q6_k);
}

TEST_CASE("grouped queries earn the few value projections more bits") {
  const auto grouped = build(fixture::llama3_8b());
  const auto plain = build(fixture::llama2_13b());
  CHECK(first(grouped, "q2_k", Role::attn_v) == TensorType::q4_k);
  CHECK(first(plain, "q2_k", Role::attn_v) == TensorType::q3_k);
  CHECK(first(grouped, "iq4_xs", Role::attn_v) == TensorType::q5_k);
  CHECK(first(plain, "iq4_xs", Role::attn_v) == TensorType::iq4_xs);
}

TEST_CASE("eighty layers with grouped queries are a 70B model") {
  const auto source = fixture::decoder(80, 8192, 64, 8, 128, 28672, 32000);
  const auto model = build(source);
  CHECK(types_of(model, "q3_k_m", Role::attn_v) == std::vector(80, TensorType::q5_k));
  const auto ungrouped = build(fixture::decoder(80, 8192, 64, 64, 128, 22016, 32000));
  CHECK(types_of(ungrouped, "q3_k_m", Role::attn_v)[2] == TensorType::q4_k);
}

TEST_CASE("eight experts raise the attention around them") {
  const auto model = build(fixture::mixtral_8x7b());
  CHECK(first(model, "q4_k_m", Role::attn_k) == TensorType::q8_0);
  CHECK(first(model, "q4_k_m", Role::attn_v) == TensorType::q8_0);
  CHECK(first(model, "q4_k_m", Role::attn_output) == TensorType::q5_k);
  CHECK(first(model, "q3_k_l", Role::attn_output) == TensorType::q3_k);
  CHECK(first(model, "q4_k_m", Role::router) == TensorType::f32);
}

TEST_CASE("mxfp4 holds for three-dimensional tensors") {
  const auto model = build(fixture::deepseek_v3());
  CHECK(first(model, "mxfp4_moe", Role::ffn_up_exps) == TensorType::mxfp4);
  CHECK(first(model, "mxfp4_moe", Role::mla_k_b) == TensorType::mxfp4);
  CHECK(first(model, "mxfp4_moe", Role::ffn_up_shexp) == TensorType::q8_0);
}

TEST_CASE("two-bit types count shared and routed experts together") {
  const auto down = types_of(build(fixture::deepseek_v3()), "iq2_xxs", Role::ffn_down_exps);
  // 61 / 8 = 7 of them: three dense layers, then two pairs.
  CHECK(std::count(down.begin(), down.end(), TensorType::q2_k) == 2);
}

TEST_CASE("a fused matrix takes the type of its value part") {
  const auto model = build(fixture::phi3_mini());
  const auto fused = types_of(model, "q5_k_m", Role::attn_q);
  CHECK(fused == types_of(model, "q5_k_m", Role::attn_v));
  CHECK(std::count(fused.begin(), fused.end(), TensorType::q6_k) == 16);
}

TEST_CASE("rows of the wrong length fall back") {
  const auto model = build(fixture::gpt_oss_20b());  // rows of 2880 and 4096
  CHECK(first(model, "q4_k_m", Role::attn_q) == TensorType::q5_0);
  CHECK(first(model, "q4_k_m", Role::attn_output) == TensorType::q4_k);
  CHECK(first(model, "q4_k_m", Role::output) == TensorType::q8_0);
  CHECK(first(model, "iq2_xs", Role::attn_q) == TensorType::iq4_nl);
  CHECK(first(model, "q3_k_s", Role::attn_q) == TensorType::q4_0);
}
