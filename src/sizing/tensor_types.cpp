// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "llmfit/format.hpp"

namespace llmfit {
namespace {

// In the order of TensorType. Block sizes of ggml's types: ggml/src/ggml-common.h of llama.cpp.
constexpr auto layouts = std::to_array<TypeLayout>({
    {TensorType::f32, "f32", 1, 4},
    {TensorType::f16, "f16", 1, 2},
    {TensorType::bf16, "bf16", 1, 2},
    {TensorType::q4_0, "q4_0", 32, 18},
    {TensorType::q4_1, "q4_1", 32, 20},
    {TensorType::q5_0, "q5_0", 32, 22},
    {TensorType::q5_1, "q5_1", 32, 24},
    {TensorType::q8_0, "q8_0", 32, 34},
    {TensorType::q2_k, "q2_k", 256, 84},
    {TensorType::q3_k, "q3_k", 256, 110},
    {TensorType::q4_k, "q4_k", 256, 144},
    {TensorType::q5_k, "q5_k", 256, 176},
    {TensorType::q6_k, "q6_k", 256, 210},
    {TensorType::iq1_s, "iq1_s", 256, 50},
    {TensorType::iq1_m, "iq1_m", 256, 56},
    {TensorType::iq2_xxs, "iq2_xxs", 256, 66},
    {TensorType::iq2_xs, "iq2_xs", 256, 74},
    {TensorType::iq2_s, "iq2_s", 256, 82},
    {TensorType::iq3_xxs, "iq3_xxs", 256, 98},
    {TensorType::iq3_s, "iq3_s", 256, 110},
    {TensorType::iq4_nl, "iq4_nl", 32, 18},
    {TensorType::iq4_xs, "iq4_xs", 256, 136},
    {TensorType::tq1_0, "tq1_0", 256, 54},
    {TensorType::tq2_0, "tq2_0", 256, 66},
    {TensorType::mxfp4, "mxfp4", 32, 17},
    {TensorType::nvfp4, "nvfp4", 64, 36},
    {TensorType::fp8, "fp8", 1, 1},
    {TensorType::int8, "int8", 1, 1},
});

constexpr bool in_order() {
  std::size_t index = 0;
  for (const auto& entry : layouts) {
    if (static_cast<std::size_t>(entry.type) != index++) return false;
  }
  return index == static_cast<std::size_t>(TensorType::int8) + 1;
}
static_assert(in_order(), "one layout for each tensor type, in the order of the enumeration");

}  // namespace

const TypeLayout& layout(TensorType type) { return layouts[static_cast<std::size_t>(type)]; }

std::optional<TensorType> tensor_type_from(std::string_view name) {
  const auto* const found =
      std::find_if(layouts.begin(), layouts.end(),
                   [name](const TypeLayout& entry) { return entry.name == name; });
  return found == layouts.end() ? std::nullopt : std::optional(found->type);
}

Bytes row_bytes(TensorType type, std::int64_t length) {
  const auto& blocks = layout(type);
  const auto count = length / blocks.elements + (length % blocks.elements == 0 ? 0 : 1);
  return Bytes{count} * blocks.bytes;
}

}  // namespace llmfit
