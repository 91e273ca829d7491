// SPDX-License-Identifier: MIT
// Parts with a state: Mamba, short convolution, the gated delta rule.
#include "sizing/graph_builder.hpp"

namespace llmfit::sizing::llama_cpp {
namespace {

constexpr std::int64_t float_bytes = 4;

}  // namespace

/// The sequences' states are gathered before anything of the layer is computed, and after them
/// those of sequences outside the batch: none where memory is reserved.
Ref GraphBuilder::gather_state(std::int64_t elements) {
  clear_state();
  const auto state = graph_.fresh(float_bytes * elements * setting_.sequences, {states_});
  read_cache(state, float_bytes * elements * setting_.sequences, 0);
  graph_.expand(state);
  gather_others();
  return state;
}

/// States of new sequences are cleared where they lie.
void GraphBuilder::clear_state() {
  if (places_ != nullptr) store_rows({});
}

/// To the scheduler a scan is one row, so it stays where its weight lies.
void GraphBuilder::reads_scan(Ref scanned, std::int64_t width) {
  if (places_ == nullptr) return;
  places_->reads_weight(scanned, "ssm_a", 1);
  places_->is_read_in_part(scanned, floats(width));
}

void GraphBuilder::gather_others() { store_rows({graph_.fresh(0, {other_states_})}); }

Ref GraphBuilder::mamba1(Ref normed) {
  const auto& ssm = *arch_.ssm;
  const auto inner = std::int64_t{ssm.d_inner};
  const auto tail = (std::int64_t{ssm.d_conv} - 1) * inner;
  const auto state = std::int64_t{ssm.d_state};
  const auto sequences = setting_.sequences;
  const auto before = gather_state(tail);
  const auto both = matrix(2 * inner, normed.viewed(), "ssm_in");
  const auto joined = graph_.fresh(floats(inner) + float_bytes * tail * sequences,
                                   {before.viewed(), both.viewed()});
  store_rows({joined.viewed()});
  clear_state();
  const auto x = over(inner, {matrix(inner, joined, "ssm_conv1d")});
  const auto parts = matrix(ssm.dt_rank + 2 * state, x, "ssm_x");
  const auto low =
      ssm.dt_b_c_norm ? over(ssm.dt_rank, {parts.viewed()}) : fresh(ssm.dt_rank, {parts.viewed()});
  const auto step = matrix(inner, low, "ssm_dt");
  const auto b = ssm.dt_b_c_norm ? over(state, {parts.viewed()}) : parts.viewed();
  const auto c = ssm.dt_b_c_norm ? over(state, {parts.viewed()}) : parts.viewed();
  const auto scanned = graph_.fresh(floats(inner) + float_bytes * inner * state * sequences,
                                    {x.viewed(), step, b, c, states_});
  read_cache(scanned, float_bytes * inner * state * sequences, 0);
  reads_scan(scanned, inner);
  graph_.expand(scanned);
  gather_others();
  store_rows({scanned.viewed()});
  const auto gate = fresh(inner, {both.viewed()});
  const auto mixed = over(inner, {scanned.viewed(), weighed(over(inner, {x}), "ssm_d")});
  return matrix(arch_.hidden_size, fresh(inner, {gate, mixed}), "ssm_out").viewed();
}

Ref GraphBuilder::mamba2(Ref normed) {
  const auto& ssm = *arch_.ssm;
  const auto inner = std::int64_t{ssm.d_inner};
  const auto channels = inner + 2 * std::int64_t{ssm.n_groups} * ssm.d_state;
  const auto tail = (std::int64_t{ssm.d_conv} - 1) * channels;
  const auto sequences = setting_.sequences;
  const auto before = gather_state(tail);
  const auto all = matrix(inner + channels + ssm.heads, normed, "ssm_in");
  const auto joined = graph_.fresh(floats(channels) + float_bytes * tail * sequences,
                                   {before.viewed(), all.viewed()});
  store_rows({joined.viewed()});
  clear_state();
  const auto x = over(channels, {matrix(channels, joined, "ssm_conv1d")});
  const auto step = over(ssm.heads, {fresh(ssm.heads, {all.viewed()})});
  const auto scanned = graph_.fresh(floats(inner) + float_bytes * inner * ssm.d_state * sequences,
                                    {x.viewed(), step, x.viewed(), x.viewed(), states_});
  read_cache(scanned, float_bytes * inner * ssm.d_state * sequences, 0);
  reads_scan(scanned, inner);
  graph_.expand(scanned);
  gather_others();
  store_rows({scanned.viewed()});
  const auto gate = fresh(inner, {all.viewed()});
  const auto mixed = over(inner, {scanned.viewed(), weighed(over(inner, {x.viewed()}), "ssm_d")});
  auto out = fresh(inner, {gate, mixed});
  if (ssm.gated_norm) out = over(inner, {out.viewed()});
  if (ssm.gated_norm && places_ != nullptr) out = weighed(over(inner, {out}), "ssm_norm");
  return matrix(arch_.hidden_size, out.viewed(), "ssm_out");
}

Ref GraphBuilder::short_conv(Ref normed) {
  const auto width = arch_.hidden_size;
  const auto tail = (std::int64_t{arch_.short_conv->l_cache} - 1) * width;
  const auto all = matrix(3 * width, normed.viewed(), "shortconv.in_proj");
  const auto gated = over(width, {all.viewed(), all.viewed()});
  const auto before = gather_state(tail);
  const auto joined = graph_.fresh(floats(width) + float_bytes * tail * setting_.sequences,
                                   {before.viewed(), gated.viewed()});
  store_rows({joined.viewed()});
  const auto mixed = over(width, {all.viewed(), matrix(width, joined, "shortconv.conv")});
  return matrix(width, mixed, "shortconv.out_proj").viewed();
}

Ref GraphBuilder::delta_net(Ref normed) {
  const auto& net = *arch_.linear_attention;
  const auto heads = std::int64_t{net.value_heads};
  const auto keys = std::int64_t{net.key_heads} * net.key_head_dim;
  const auto wide = heads * net.key_head_dim;
  const auto values = heads * net.value_head_dim;
  const auto channels = 2 * keys + values;
  const auto tail = (std::int64_t{net.conv_kernel} - 1) * channels;
  const auto state = wide * net.value_head_dim;
  graph_.expand(normed);
  const auto before = gather_state(tail);
  const auto joined =
      graph_.fresh(floats(channels) + float_bytes * tail * setting_.sequences,
                   {before.viewed(), matrix(channels, normed, "attn_qkv").viewed()});
  store_rows({joined.viewed()});
  const auto memory = gather_state(state);
  const auto conv = over(channels, {matrix(channels, joined, "ssm_conv1d")});
  const auto head = [&] {
    const auto part = over(keys, {conv.viewed()});
    return (keys == wide ? part : fresh(wide, {part.viewed()})).viewed();
  };
  const auto q = head();
  const auto k = head();
  graph_.expand(q);
  graph_.expand(k);
  const auto both = matrix(2 * heads, normed, "ssm_ba");
  const auto decay = over(heads, {fresh(heads, {both.viewed()})});
  const auto beta = over(heads, {fresh(heads, {both.viewed()})});
  const auto out =
      graph_.fresh(floats(values) + float_bytes * state * setting_.sequences,
                   {q, k, conv.viewed(), decay.viewed(), beta.viewed(), memory.viewed()});
  store_rows({out.viewed()});
  const auto normal = over(values, {out.viewed()});
  const auto gate = over(values, {matrix(values, normed, "attn_gate").viewed()});
  return matrix(arch_.hidden_size, over(values, {normal, gate}).viewed(), "ssm_out").viewed();
}

}  // namespace llmfit::sizing::llama_cpp
