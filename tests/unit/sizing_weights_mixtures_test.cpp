// SPDX-License-Identifier: MIT
#include <algorithm>
#include <vector>

#include "catch.hpp"
#include "llmfit/sizing.hpp"
#include "model_fixture.hpp"

using namespace llmfit;
using fixture::build;

namespace {

Format file_type(std::string_view id, bool imatrix = false) {
  auto format = fixture::format(id, Engine::llama_cpp, TensorType::q4_k);
  format.imatrix = imatrix;
  return format;
}

/// The types of all matrices of a role, in order.
std::vector<TensorType> types_of(const Model& model, const Format& format, Role role) {
  const auto types = tensor_types(model, format);
  std::vector<TensorType> found;
  for (std::size_t i = 0; i < types.size(); ++i) {
    const auto& tensor = model.tensors[i];
    if (tensor.role == role && !tensor.is_bias()) found.push_back(types[i]);
  }
  return found;
}

std::vector<TensorType> types_of(const Model& model, std::string_view format, Role role) {
  return types_of(model, file_type(format), role);
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

TEST_CASE("a fused matrix counts as its value part") {
  const auto fused = types_of(build(fixture::phi3_mini()), "q5_k_m", Role::attn_qkv);
  REQUIRE(fused.size() == 32);
  CHECK(std::count(fused.begin(), fused.end(), TensorType::q6_k) == 16);
}

TEST_CASE("an importance matrix changes the types of five file types") {
  const auto model = build(fixture::llama2_13b());
  struct Row {
    std::string_view format;
    Role role;
    TensorType without;
    TensorType with;
  };
  for (const auto& row : {Row{"q4_0", Role::ffn_down, TensorType::q4_0, TensorType::q4_1},
                          {"q5_0", Role::ffn_down, TensorType::q5_0, TensorType::q5_1},
                          {"iq4_nl", Role::ffn_down, TensorType::q5_k, TensorType::iq4_nl},
                          {"iq4_xs", Role::ffn_down, TensorType::q5_k, TensorType::iq4_xs},
                          {"iq3_xxs", Role::attn_v, TensorType::iq3_s, TensorType::iq3_xxs},
                          {"iq3_xxs", Role::ffn_down, TensorType::q4_k, TensorType::iq3_xxs},
                          {"q4_k_m", Role::ffn_down, TensorType::q6_k, TensorType::q6_k}}) {
    INFO(row.format);
    CHECK(types_of(model, file_type(row.format), row.role).front() == row.without);
    CHECK(types_of(model, file_type(row.format, true), row.role).front() == row.with);
  }
}

TEST_CASE("rows of the wrong length fall back") {
  const auto model = build(fixture::gpt_oss_20b());  // rows of 2880 and 4096
  CHECK(first(model, "q4_k_m", Role::attn_q) == TensorType::q5_0);
  CHECK(first(model, "q4_k_m", Role::attn_output) == TensorType::q4_k);
  CHECK(first(model, "q4_k_m", Role::output) == TensorType::q8_0);
  CHECK(first(model, "iq2_xs", Role::attn_q) == TensorType::iq4_nl);
  CHECK(first(model, "q3_k_s", Role::attn_q) == TensorType::q4_0);
}

TEST_CASE("tensors that no role is known for are treated by their names") {
  struct Row {
    std::string_view stem;
    Suffix suffix;
    TensorType type;
  };
  for (const auto& row : {Row{"vis_attn_v", Suffix::weight, TensorType::q5_k},
                          {"new_attn_output", Suffix::weight, TensorType::q4_k},
                          {"ffn_down_new", Suffix::weight, TensorType::q4_k},
                          {"brand_new", Suffix::weight, TensorType::q3_k},
                          {"brand_new", Suffix::none, TensorType::f32},
                          {"brand_new_norm", Suffix::weight, TensorType::f32},
                          {"new_laurel_part", Suffix::weight, TensorType::bf16}}) {
    auto model = build(fixture::decoder(8, 256, 2, 2, 128, 512, 64));
    for (int layer = 0; layer < 2; ++layer) {
      model.tensors.push_back({Role::other, row.stem, row.suffix, layer, {256, 256, 1, 1}, {}});
    }
    INFO(row.stem);
    CHECK(types_of(model, "q3_k_m", Role::other).front() == row.type);
  }
}

TEST_CASE("blocks for drafting count when matrices are counted") {
  auto model = build(fixture::decoder(16, 256, 2, 2, 128, 512, 64));
  const auto last_eighth = [&] {
    const auto down = types_of(model, "q4_k_m", Role::ffn_down);
    return std::vector<TensorType>(down.begin() + 13, down.begin() + 16);
  };
  using Types = std::vector<TensorType>;
  CHECK(last_eighth() == Types{TensorType::q6_k, TensorType::q6_k, TensorType::q6_k});
  model.tensors.push_back({Role::ffn_down, "ffn_down", Suffix::weight, 23, {512, 256, 1, 1}, {}});
  CHECK(last_eighth() == Types{TensorType::q4_k, TensorType::q6_k, TensorType::q4_k});
}

TEST_CASE("a GGUF file's small tensors keep their type, other files go through the converter") {
  auto model = build(fixture::decoder(1, 256, 2, 2, 128, 512, 64));
  for (auto& tensor : model.tensors) tensor.stored = StoredTensor{TensorType::bf16, Bytes{0}};
  CHECK(first(model, "q4_k_m", Role::norm) == TensorType::f32);
  model.source = ModelSource::gguf;
  CHECK(first(model, "q4_k_m", Role::norm) == TensorType::bf16);
  CHECK(first(model, "q4_k_m", Role::attn_q) == TensorType::q4_k);
}
