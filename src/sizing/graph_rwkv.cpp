// SPDX-License-Identifier: MIT
// RWKV 7: time mixing over a state, and channel mixing with the token before (llama.cpp:
// src/models/rwkv7-base.cpp).
#include "sizing/graph_builder.hpp"

namespace llmfit::sizing::llama_cpp {
namespace {

constexpr std::int64_t float_bytes = 4;

}  // namespace

/// Two matrices with a narrow part between them, the last steps in place.
Ref GraphBuilder::through(Ref x, std::int64_t rank) {
  const auto width = arch_.hidden_size;
  return over(width, {fresh(width, {over(rank, {fresh(rank, {x.viewed()})})})});
}

/// The value of the first layer is mixed into those of all others.
Ref GraphBuilder::mixed_value(Ref mixed) {
  const auto width = arch_.hidden_size;
  const auto value = fresh(width, {mixed.viewed()});
  if (first_value_.empty()) {
    first_value_ = value;
    return value;
  }
  const auto change = over(width, {first_value_, value});
  const auto gate = through(mixed, arch_.rwkv->lora_value);
  return over(width, {value, over(width, {change, gate})});
}

Ref GraphBuilder::time_mix(Ref normed, Ref shift, Ref memory) {
  const auto width = arch_.hidden_size;
  const auto& rwkv = *arch_.rwkv;
  const auto state = width * rwkv.head_size;
  const auto change = over(width, {fresh(width, {shift.viewed(), normed.viewed()}), normed});
  constexpr std::int64_t parts = 6;
  const auto mixed =
      over(parts * width, {over(parts * width, {fresh(parts * width, {change})}), normed});
  const auto receptance = fresh(width, {mixed.viewed()});
  const auto decay = through(mixed, rwkv.lora_decay);
  const auto key = fresh(width, {mixed.viewed()});
  const auto rate = through(mixed, rwkv.lora_iclr);
  const auto scaled = over(width, {key});
  const auto kept = over(width, {key, over(width, {over(width, {rate, scaled}), scaled})});
  const auto value = mixed_value(mixed);
  const auto normal = fresh(width, {over(width, {key}).viewed()});
  const auto removed = over(width, {normal});
  const auto added = over(width, {normal, rate.viewed()});
  const auto out = graph_.fresh(
      floats(width) + float_bytes * state * setting_.sequences,
      {receptance.viewed(), decay.viewed(), kept.viewed(), value.viewed(), removed, added, memory});
  read_cache(out, float_bytes * state * setting_.sequences, 0);
  store_rows({out.viewed()});
  const auto result = over(width, {fresh(width, {fresh(width, {out.viewed()}).viewed()})});
  const auto bonus = over(width, {kept.viewed(), receptance.viewed()});
  const auto sums = fresh(width / rwkv.head_size, {bonus});
  const auto whole = over(width, {result, over(width, {value.viewed(), sums}).viewed()});
  const auto gate = fresh(width, {over(rwkv.lora_gate, {fresh(rwkv.lora_gate, {mixed.viewed()})})});
  return fresh(width, {over(width, {whole, gate})});
}

void GraphBuilder::rwkv_block(const Layer& layer, bool last) {
  const auto width = arch_.hidden_size;
  const auto shift = gather_state(2 * width);
  const auto memory = gather_state(width * arch_.rwkv->head_size);
  const auto normed = norm(x_.viewed(), width);
  auto stream = sum(time_mix(normed, shift, memory).viewed(), x_.viewed());
  auto second = norm(stream, width);
  store_rows(
      {graph_
           .fresh(float_bytes * 2 * width * setting_.sequences, {normed.viewed(), second.viewed()})
           .viewed()});
  auto before = fresh(width, {shift.viewed(), second.viewed()}).viewed();
  second = second.viewed();
  stream = stream.viewed();
  if (last) {
    before = pick(before);
    second = pick(second);
    stream = pick(stream);
    rows_ = setting_.outputs;
  }
  const auto change = over(width, {over(width, {before, second}), second});
  const auto inside = over(layer.ffn_size, {fresh(layer.ffn_size, {change})});
  x_ = sum(fresh(width, {inside}), stream);
}

}  // namespace llmfit::sizing::llama_cpp
