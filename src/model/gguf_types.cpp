// SPDX-License-Identifier: MIT
#include "model/gguf_types.hpp"

#include <algorithm>
#include <array>

namespace llmfit::model {
namespace {

// Numbers and block sizes of llama.cpp: ggml/include/ggml.h, ggml/src/ggml.c. nvfp4 has 4 scales
// for its 64 elements, which is four of ours of 16.
constexpr auto types = std::to_array<GgufType>({
    {0, "f32", 1, 4, TensorType::f32},
    {1, "f16", 1, 2, TensorType::f16},
    {2, "q4_0", 32, 18, TensorType::q4_0},
    {3, "q4_1", 32, 20, TensorType::q4_1},
    {4, "q4_2", 32, 0, {}},
    {5, "q4_3", 32, 0, {}},
    {6, "q5_0", 32, 22, TensorType::q5_0},
    {7, "q5_1", 32, 24, TensorType::q5_1},
    {8, "q8_0", 32, 34, TensorType::q8_0},
    {9, "q8_1", 32, 36, {}},
    {10, "q2_k", 256, 84, TensorType::q2_k},
    {11, "q3_k", 256, 110, TensorType::q3_k},
    {12, "q4_k", 256, 144, TensorType::q4_k},
    {13, "q5_k", 256, 176, TensorType::q5_k},
    {14, "q6_k", 256, 210, TensorType::q6_k},
    {15, "q8_k", 256, 292, {}},
    {16, "iq2_xxs", 256, 66, TensorType::iq2_xxs},
    {17, "iq2_xs", 256, 74, TensorType::iq2_xs},
    {18, "iq3_xxs", 256, 98, TensorType::iq3_xxs},
    {19, "iq1_s", 256, 50, TensorType::iq1_s},
    {20, "iq4_nl", 32, 18, TensorType::iq4_nl},
    {21, "iq3_s", 256, 110, TensorType::iq3_s},
    {22, "iq2_s", 256, 82, TensorType::iq2_s},
    {23, "iq4_xs", 256, 136, TensorType::iq4_xs},
    {24, "i8", 1, 1, {}},
    {25, "i16", 1, 2, {}},
    {26, "i32", 1, 4, {}},
    {27, "i64", 1, 8, {}},
    {28, "f64", 1, 8, {}},
    {29, "iq1_m", 256, 56, TensorType::iq1_m},
    {30, "bf16", 1, 2, TensorType::bf16},
    {31, "q4_0_4_4", 32, 0, {}},
    {32, "q4_0_4_8", 32, 0, {}},
    {33, "q4_0_8_8", 32, 0, {}},
    {34, "tq1_0", 256, 54, TensorType::tq1_0},
    {35, "tq2_0", 256, 66, TensorType::tq2_0},
    {36, "iq4_nl_4_4", 32, 0, {}},
    {37, "iq4_nl_4_8", 32, 0, {}},
    {38, "iq4_nl_8_8", 32, 0, {}},
    {39, "mxfp4", 32, 17, TensorType::mxfp4},
    {40, "nvfp4", 64, 36, TensorType::nvfp4},
    {41, "q1_0", 128, 18, {}},
    {42, "q2_0", 64, 18, {}},
});

constexpr bool numbered() {
  std::uint32_t id = 0;
  for (const auto& entry : types) {
    if (entry.id != id++) return false;
  }
  return true;
}
static_assert(numbered(), "a type stands at its number");

// llama.cpp: enum llama_ftype in include/llama.h, default types in src/llama-quant.cpp.
constexpr auto file_types = std::to_array<GgufFileType>({
    {0, "f32", TensorType::f32},          {1, "f16", TensorType::f16},
    {2, "q4_0", TensorType::q4_0},        {3, "q4_1", TensorType::q4_1},
    {7, "q8_0", TensorType::q8_0},        {8, "q5_0", TensorType::q5_0},
    {9, "q5_1", TensorType::q5_1},        {10, "q2_k", TensorType::q2_k},
    {11, "q3_k_s", TensorType::q3_k},     {12, "q3_k_m", TensorType::q3_k},
    {13, "q3_k_l", TensorType::q3_k},     {14, "q4_k_s", TensorType::q4_k},
    {15, "q4_k_m", TensorType::q4_k},     {16, "q5_k_s", TensorType::q5_k},
    {17, "q5_k_m", TensorType::q5_k},     {18, "q6_k", TensorType::q6_k},
    {19, "iq2_xxs", TensorType::iq2_xxs}, {20, "iq2_xs", TensorType::iq2_xs},
    {21, "q2_k_s", TensorType::q2_k},     {22, "iq3_xs", TensorType::iq3_s},
    {23, "iq3_xxs", TensorType::iq3_xxs}, {24, "iq1_s", TensorType::iq1_s},
    {25, "iq4_nl", TensorType::iq4_nl},   {26, "iq3_s", TensorType::iq3_s},
    {27, "iq3_m", TensorType::iq3_s},     {28, "iq2_s", TensorType::iq2_xs},
    {29, "iq2_m", TensorType::iq2_s},     {30, "iq4_xs", TensorType::iq4_xs},
    {31, "iq1_m", TensorType::iq1_m},     {32, "bf16", TensorType::bf16},
    {36, "tq1_0", TensorType::tq1_0},     {37, "tq2_0", TensorType::tq2_0},
    {38, "mxfp4_moe", TensorType::mxfp4}, {39, "nvfp4", TensorType::nvfp4},
});

/// Set in `general.file_type` where the loader had to guess it from the tensors.
constexpr std::int64_t guessed = 1024;

}  // namespace

const GgufType* gguf_type(std::uint32_t id) { return id < types.size() ? &types[id] : nullptr; }

const GgufFileType* gguf_file_type(std::int64_t id) {
  if (id >= guessed) id -= guessed;
  const auto* const found =
      std::find_if(file_types.begin(), file_types.end(),
                   [id](const GgufFileType& entry) { return entry.id == id; });
  return found == file_types.end() ? nullptr : found;
}

const GgufFileType* gguf_file_type_of(TensorType type) {
  const auto name = layout(type).name;
  const auto* const found =
      std::find_if(file_types.begin(), file_types.end(),
                   [name](const GgufFileType& entry) { return entry.name == name; });
  return found == file_types.end() ? nullptr : found;
}

}  // namespace llmfit::model
