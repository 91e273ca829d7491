// SPDX-License-Identifier: MIT
#include "sizing/llama_cpp_recipes.hpp"

#include <algorithm>
#include <array>

namespace llmfit::sizing {
namespace {

using enum TensorType;
using P = Part;
using W = Who;
using N = Which;
using M = Matrix;

// The choices of llama.cpp's quantizer (src/llama-quant.cpp, v0.5.0), as read off its dry runs and
// checked there tensor by tensor, over 107 models of 75 architectures.

constexpr auto q4_0_rules = std::to_array<Rule>({
    {P::ffn_down, W::all, N::first_eighth, q4_1, M::given},
});
constexpr auto q5_0_rules = std::to_array<Rule>({
    {P::ffn_down, W::all, N::first_eighth, q5_1, M::given},
});

constexpr auto q2_k_rules = std::to_array<Rule>({
    {P::attn_v, W::gqa4, N::all, q4_k},
    {P::attn_v, W::all, N::all, q3_k},
    {P::ffn_down, W::all, N::all, q3_k},
    {P::attn_output, W::eight_experts, N::all, q5_k},
    {P::attn_output, W::not_falcon, N::all, q3_k},
});
constexpr auto q2_k_s_rules = std::to_array<Rule>({
    {P::attn_v, W::gqa4, N::all, q4_k},
    {P::ffn_down, W::all, N::first_eighth, q4_k},
});
constexpr auto eight_experts_rules = std::to_array<Rule>({
    {P::attn_output, W::eight_experts, N::all, q5_k},
});
constexpr auto q3_k_m_rules = std::to_array<Rule>({
    {P::attn_v, W::all, N::first_two, q5_k},
    {P::attn_v, W::all, N::all, q4_k},
    {P::ffn_down, W::all, N::first_sixteenth, q5_k},
    {P::ffn_down, W::falcon, N::more_bits, q4_k},
    {P::ffn_down, W::not_falcon, N::all, q4_k},
    {P::attn_output, W::eight_experts, N::all, q5_k},
    {P::attn_output, W::not_falcon, N::all, q4_k},
});
constexpr auto q3_k_l_rules = std::to_array<Rule>({
    {P::attn_v, W::all, N::all, q5_k},
    {P::ffn_down, W::falcon, N::all, q4_k},
    {P::ffn_down, W::all, N::all, q5_k},
    {P::attn_output, W::falcon, N::all, q4_k},
    {P::attn_output, W::not_8_experts, N::all, q5_k},
});
constexpr auto q4_k_s_rules = std::to_array<Rule>({
    {P::attn_v, W::all, N::first_four, q5_k},
    {P::ffn_down, W::not_falcon, N::first_eighth, q5_k},
    {P::attn_output, W::eight_experts, N::all, q5_k},
});
constexpr auto q4_k_m_rules = std::to_array<Rule>({
    {P::attn_v, W::all, N::more_bits, q6_k},
    {P::ffn_down, W::falcon, N::first_sixteenth, q6_k},
    {P::ffn_down, W::falcon, N::more_bits, q5_k},
    {P::ffn_down, W::not_falcon, N::more_bits, q6_k},
    {P::attn_output, W::eight_experts, N::all, q5_k},
});
constexpr auto q5_k_m_rules = std::to_array<Rule>({
    {P::attn_v, W::all, N::more_bits, q6_k},
    {P::ffn_down, W::all, N::more_bits, q6_k},
});
constexpr auto iq4_rules = std::to_array<Rule>({
    {P::attn_v, W::gqa4, N::all, q5_k},
    {P::ffn_down, W::all, N::first_eighth, q5_k, M::missing},
    {P::attn_output, W::eight_experts, N::all, q5_k},
});
constexpr auto iq3_m_rules = std::to_array<Rule>({
    {P::attn_v, W::all, N::all, q4_k},
    {P::ffn_down, W::all, N::first_eighth, q4_k},
    {P::ffn_down, W::eight_experts, N::more_bits, q4_k},
    {P::attn_output, W::eight_experts, N::all, q5_k},
    {P::attn_output, W::not_falcon, N::all, q4_k},
});
constexpr auto iq3_s_rules = std::to_array<Rule>({
    {P::attn_v, W::gqa4, N::all, q4_k},
    {P::attn_output, W::eight_experts, N::all, q5_k},
});
constexpr auto iq3_xs_rules = std::to_array<Rule>({
    {P::attn_v, W::gqa4, N::all, q4_k},
    {P::attn_k, W::all, N::all, iq3_xxs},
    {P::attn_q, W::all, N::all, iq3_xxs},
    {P::ffn_gate, W::all, N::middle, iq3_xxs},
    {P::ffn_up, W::all, N::middle, iq3_xxs},
    {P::attn_output, W::eight_experts, N::all, q5_k},
});
constexpr auto iq3_xxs_rules = std::to_array<Rule>({
    {P::attn_v, W::gqa4, N::all, q4_k},
    {P::attn_v, W::all, N::all, iq3_s, M::missing},
    {P::attn_k, W::all, N::all, iq2_s},
    {P::attn_q, W::all, N::all, iq2_s},
    {P::ffn_down, W::all, N::first_eighth, q4_k, M::missing},
    {P::ffn_down, W::all, N::all, q3_k, M::missing},
    {P::attn_output, W::eight_experts, N::all, q5_k},
    {P::attn_output, W::not_falcon, N::all, iq3_s},
});
constexpr auto iq2_s_rules = std::to_array<Rule>({
    {P::attn_v, W::gqa4_or_4_experts, N::all, q4_k},
    {P::attn_v, W::all, N::all, iq3_s},
    {P::attn_k, W::eight_experts, N::all, q4_k},
    {P::ffn_down, W::all, N::first_eighth, iq3_s},
    {P::attn_output, W::eight_experts, N::all, q5_k},
    {P::attn_output, W::all, N::all, iq3_s},
});
constexpr auto iq2_xs_rules = std::to_array<Rule>({
    {P::attn_v, W::gqa4_or_4_experts, N::all, q4_k},
    {P::attn_v, W::all, N::all, q2_k},
    {P::attn_k, W::eight_experts, N::all, q4_k},
    {P::ffn_down, W::all, N::first_eighth, q2_k},
    {P::attn_output, W::eight_experts, N::all, q5_k},
});
constexpr auto iq1_rules = std::to_array<Rule>({
    {P::attn_v, W::gqa4_or_4_experts, N::all, q4_k},
    {P::attn_v, W::all, N::all, q2_k},
    {P::attn_k, W::eight_experts, N::all, q4_k},
    {P::ffn_down, W::all, N::first_eighth, q2_k},
    {P::attn_output, W::eight_experts, N::all, q5_k},
    {P::attn_output, W::all, N::all, iq2_xxs},
});

// The last column is the median of llama.cpp's dry runs over ten recurrent, hybrid and
// encoder-decoder models above 250 million parameters, in thousandths of a bit per element.
constexpr auto recipes = std::to_array<Recipe>({
    {"f32", Plan::plain, f32, f32, f32, {}, 32000},
    {"f16", Plan::plain, f16, f16, f16, {}, 16007},
    {"bf16", Plan::plain, bf16, bf16, bf16, {}, 16007},
    {"q8_0", Plan::general, q8_0, q8_0, q8_0, {}, 8511},
    {"q6_k", Plan::general, q6_k, q6_k, q6_k, {}, 6574},
    {"q5_k_m", Plan::general, q5_k, q6_k, q5_k, q5_k_m_rules, 5694},
    {"q5_k_s", Plan::general, q5_k, q6_k, q5_k, {}, 5568},
    {"q5_0", Plan::general, q5_0, q6_k, q5_0, q5_0_rules, 5568},
    {"q5_1", Plan::general, q5_1, q6_k, q5_1, {}, 6038},
    {"q4_k_m", Plan::general, q4_k, q6_k, q4_k, q4_k_m_rules, 4864},
    {"q4_k_s", Plan::general, q4_k, q6_k, q4_k, q4_k_s_rules, 4654},
    {"q4_0", Plan::general, q4_0, q6_k, q4_0, q4_0_rules, 4627},
    {"q4_1", Plan::general, q4_1, q6_k, q4_1, {}, 5098},
    {"iq4_nl", Plan::general, iq4_nl, q6_k, iq4_nl, iq4_rules, 4655},
    {"iq4_xs", Plan::general, iq4_xs, q6_k, iq4_xs, iq4_rules, 4426},
    {"q3_k_l", Plan::general, q3_k, q6_k, q3_k, q3_k_l_rules, 4121},
    {"q3_k_m", Plan::general, q3_k, q6_k, q3_k, q3_k_m_rules, 3872},
    {"q3_k_s", Plan::general, q3_k, q6_k, q3_k, eight_experts_rules, 3627},
    {"q2_k", Plan::general, q2_k, q6_k, q2_k, q2_k_rules, 3011},
    {"q2_k_s", Plan::general, q2_k, q6_k, q2_k, q2_k_s_rules, 2909},
    {"iq3_m", Plan::general, iq3_s, q6_k, iq3_s, iq3_m_rules, 3674},
    {"iq3_s", Plan::general, iq3_s, q6_k, iq3_s, iq3_s_rules, 3630},
    {"iq3_xs", Plan::general, iq3_s, q6_k, iq3_s, iq3_xs_rules, 3519},
    {"iq3_xxs", Plan::general, iq3_xxs, q5_k, iq3_s, iq3_xxs_rules, 3306},
    {"iq2_m", Plan::small, iq2_s, q5_k, iq3_s, iq2_s_rules, 2804},
    {"iq2_s", Plan::small, iq2_xs, q5_k, iq3_s, iq2_s_rules, 2575},
    {"iq2_xs", Plan::small, iq2_xs, q5_k, q2_k, iq2_xs_rules, 2528},
    {"iq2_xxs", Plan::small, iq2_xxs, q5_k, q2_k, iq2_xs_rules, 2306},
    {"iq1_m", Plan::small, iq1_m, q5_k, q2_k, iq1_rules, 2034},
    {"iq1_s", Plan::small, iq1_s, q5_k, q2_k, iq1_rules, 1871},
    {"tq1_0", Plan::general, tq1_0, q6_k, q4_k, {}, 2032},
    {"tq2_0", Plan::general, tq2_0, q6_k, q4_k, {}, 2382},
    {"mxfp4_moe", Plan::experts, q8_0, q8_0, q8_0, {}, 8504},
});

}  // namespace

const Recipe* find_recipe(std::string_view id) {
  const auto* const found = std::find_if(recipes.begin(), recipes.end(),
                                         [id](const Recipe& recipe) { return recipe.id == id; });
  return found == recipes.end() ? nullptr : found;
}

}  // namespace llmfit::sizing
