// SPDX-License-Identifier: MIT
#include "sizing/replayed_blocks.hpp"

#include "sizing/widths.hpp"

namespace llmfit::sizing::llama_cpp {
namespace {

constexpr std::size_t usual_blocks = 32;

/// Blocks of a run that are replayed: after so many the free pieces repeat themselves. Where few
/// tokens get logits, what lies free at the end does not matter.
constexpr std::size_t kept_of_a_run = 6;
constexpr std::size_t kept_with_few_outputs = 4;

bool same_heads(const Layer& a, const Layer& b) {
  return a.heads == b.heads && a.kv_heads == b.kv_heads && a.head_dim == b.head_dim &&
         a.value_head_dim == b.value_head_dim && holds_tokens(a) && holds_tokens(b);
}

/// RWKV's blocks share a value of the first one, and do not settle down. A window only decides
/// which mask is read, where nothing depends on how many cells there are.
bool same_block(const Layer& a, const Layer& b, bool cells_matter) {
  if (a.kind == LayerKind::rwkv || !same_feed_forward(a, b)) return false;
  if (cells_matter) return same_attention(a, b);
  const bool windowed = has_window(a) != has_window(b) && a.kind != LayerKind::mla &&
                        b.kind != LayerKind::mla && a.kind != LayerKind::attention_mamba;
  return windowed ? same_heads(a, b) : same_attention(a, b);
}

}  // namespace

bool cells_matter(const GraphSetting& setting) {
  return setting.outputs != 1 || setting.cells != base_cells || !setting.flash_attention;
}

std::size_t kept_blocks(const GraphSetting& setting) {
  return setting.outputs == 1 ? kept_with_few_outputs : kept_of_a_run;
}

namespace {

/// How far to go on from block `i`: past all but a few of a run of equal blocks. An even number is
/// left out, for neighbours take turns with the same two pieces.
std::size_t next_block(const Model& model, const GraphSetting& setting, std::size_t i,
                       std::size_t run) {
  if (run < kept_blocks(setting)) return i + 1;
  std::size_t same = 0;
  while (i + 1 + same < setting.end_block &&
         same_block(model.layers[i], model.layers[i + 1 + same], cells_matter(setting))) {
    ++same;
  }
  return same > 2 ? i + 1 + (same - 1) / 2 * 2 : i + 1;
}

/// Blocks after which a pattern of several kinds repeats itself, 0 where none does.
std::size_t period_of(const Model& model, const GraphSetting& setting) {
  constexpr std::size_t longest = 8;
  for (std::size_t period = 2; period <= longest; ++period) {
    auto i = setting.first_block;
    while (i + period < setting.end_block &&
           same_block(model.layers[i], model.layers[i + period], true)) {
      ++i;
    }
    if (i + period >= setting.end_block) return period;
  }
  return 0;
}

/// Blocks to leave out of a pattern: an even number of repetitions, once two have settled it.
struct Gap {
  std::size_t at = 0;
  std::size_t blocks = 0;
};
Gap gap_of(const Model& model, const GraphSetting& setting) {
  const auto period = period_of(model, setting);
  const auto count = setting.end_block - setting.first_block;
  if (period == 0 || count < 5 * period) return {};
  return {setting.first_block + 2 * period, (count - 3 * period) / (2 * period) * (2 * period)};
}

/// Whether the first two blocks make a run, which is shorter than a pattern where few outputs
/// count.
bool starts_with_run(const Model& model, const GraphSetting& setting) {
  const auto first = setting.first_block;
  return !cells_matter(setting) && first + 1 < setting.end_block &&
         same_block(model.layers[first], model.layers[first + 1], false);
}

}  // namespace

std::vector<std::size_t> blocks_to_replay(const Model& model, const GraphSetting& setting) {
  std::vector<std::size_t> blocks;
  blocks.reserve(usual_blocks);
  std::size_t run = 1;
  const auto gap = starts_with_run(model, setting) ? Gap{} : gap_of(model, setting);
  for (auto i = setting.first_block; i < setting.end_block;) {
    if (gap.blocks > 0 && i == gap.at) i += gap.blocks;
    blocks.push_back(i);
    const auto next = gap.blocks > 0 ? i + 1 : next_block(model, setting, i, run);
    const bool same = next < setting.end_block &&
                      same_block(model.layers[i], model.layers[next], cells_matter(setting));
    run = same ? run + 1 : 1;
    i = next;
  }
  return blocks;
}

}  // namespace llmfit::sizing::llama_cpp
