// SPDX-License-Identifier: MIT
#include "sizing/compute_graph.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "sizing/allocator.hpp"
#include "sizing/fingerprint.hpp"
#include "sizing/graph_memory.hpp"
#include "sizing/widths.hpp"

namespace llmfit::sizing::llama_cpp {
namespace {

constexpr std::int64_t device_align = 128;  // ggml-cuda
constexpr std::int64_t host_align = 32;     // ggml
constexpr std::int64_t nodes_of_a_block = 32;
constexpr std::int64_t base_cells = 256;  // the least that a cache has
constexpr std::int64_t few_of_the_batch = 8;

/// No machine has as much, and sums of such tensors still fit a 64-bit number.
constexpr Elements absurd{std::int64_t{1} << 52};

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

/// At least as wide as the widest tensor of a block.
Elements widest(const Model& model, const Widths& widths) {
  const auto& arch = model.arch;
  auto sum = widths.hidden * 16 + widths.vocab + (widths.q + widths.k + widths.v + widths.ffn) * 4;
  if (const auto& experts = arch.experts) {
    sum += (Elements{experts->ffn_size} + widths.hidden) * experts->active;
    sum += Elements{experts->shared_ffn_size} * 2;
  }
  if (const auto& mla = arch.mla) {
    const auto head = Elements{mla->kv_lora_rank} + Elements{mla->qk_nope_head_dim} +
                      Elements{mla->qk_rope_head_dim} + Elements{mla->v_head_dim};
    sum += head * widths.heads.count() * 2 + Elements{mla->q_lora_rank};
  }
  return sum;
}

/// Elements of one sequence's state in one layer, and more.
Elements widest_state(const Architecture& arch) {
  Elements sum;
  if (const auto& ssm = arch.ssm) {
    const auto channels = Elements{ssm->d_inner} + Elements{ssm->n_groups} * 2 * ssm->d_state;
    sum += channels * 4 * (std::int64_t{ssm->d_conv} + ssm->d_state);
  }
  if (const auto& net = arch.linear_attention) {
    const auto keys = Elements{net->key_heads} + Elements{net->value_heads};
    sum += keys * net->key_head_dim * (std::int64_t{net->value_head_dim} + net->conv_kernel) * 4;
  }
  if (arch.short_conv) sum += Elements{arch.hidden_size} * arch.short_conv->l_cache;
  if (arch.rwkv) sum += Elements{arch.hidden_size} * arch.rwkv->head_size;
  return sum;
}

/// Whether a tensor is too large for any machine, and its size for whole numbers.
bool is_absurd(const Model& model, const Widths& widths, const GraphSetting& setting) {
  const auto cells = std::max(setting.cells, setting.window_cells);
  const auto row = std::max(widths.k, widths.v).count();
  const auto scores = (widths.heads + Elements{1}) * 8 * setting.tokens * cells;
  const auto cache = Elements{8} * row * cells * setting.streams;
  const auto block = widest(model, widths) * 8 * (setting.tokens + setting.outputs);
  const auto state = widest_state(model.arch) * 8 * (setting.sequences + setting.tokens);
  return std::max({scores, cache, block, state}) > absurd;
}

/// A base setting stands for caches of any size.
bool cells_matter(const GraphSetting& setting) {
  return setting.outputs != 1 || setting.cells != base_cells || !setting.flash_attention;
}

std::size_t kept_blocks(const GraphSetting& setting) {
  return setting.outputs == 1 ? kept_with_few_outputs : kept_of_a_run;
}

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

/// The blocks that stand for all of the range, in order.
std::vector<std::size_t> blocks_to_replay(const Model& model, const GraphSetting& setting) {
  std::vector<std::size_t> blocks;
  blocks.reserve(nodes_of_a_block);
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

/// Whether a block's number changes its graph, beside its dimensions.
bool numbers_matter(const Model& model) {
  const auto& habits = graph_habits_of(model.architecture ? *model.architecture : std::string{});
  return model.arch.rwkv || model.arch.kind != ModelKind::decoder || has(habits, several_streams) ||
         has(habits, fourth_unrotated);
}

/// A number for all that a graph has of a range of blocks: what is replayed of them and, where a
/// Mamba block's gate may cross to the next device, the neighbours.
std::uint64_t shape_of(const Model& model, const GraphSetting& setting) {
  Fingerprint print(model);
  for (const auto i : blocks_to_replay(model, setting)) print.add(model.layers[i]);
  if (!model.arch.ssm) return print.value();
  if (setting.first_block > 0) print.add(model.layers[setting.first_block - 1]);
  for (auto i = setting.end_block; i < model.layers.size(); ++i) {
    print.add(model.layers[i]);
    if (model.layers[i].kind != LayerKind::none) break;
  }
  return print.value();
}

/// Masks of the caches, by how many cells they are longer than one step, and the numbers of the
/// tokens that get logits.
Bytes beyond_base(const Model& model, const Widths& widths, const GraphSetting& setting) {
  constexpr std::int64_t half = 2;
  const bool full = widths.any_full_cache || (widths.any_window_cache && !setting.windows);
  const bool windowed = widths.any_window_cache && setting.windows;
  Bytes more;
  if (full) more += Bytes{half} * setting.tokens * (setting.cells - base_cells);
  if (windowed) more += Bytes{half} * setting.tokens * (setting.window_cells - base_cells);
  if (setting.end_block == model.layers.size()) {
    more += pad(Bytes{4} * setting.outputs, device_align) - Bytes{device_align};
  }
  return more * setting.copies;
}

/// Inputs lie below everything else until the last attention is over. Where no other tensor
/// depends on the context, and what follows fits into what the last attention gave back, a longer
/// context moves everything up and changes nothing else.
bool only_moves(const Model& model, const GraphSetting& setting) {
  const auto room = model.arch.hidden_size * setting.tokens;
  const bool few = setting.outputs * model.arch.vocab_size <= room &&
                   setting.outputs * few_of_the_batch <= setting.tokens;
  return setting.on_device && setting.flash_attention && few &&
         setting.cache_k == TensorType::f16 && setting.cache_v == TensorType::f16 &&
         model.arch.kind == ModelKind::decoder;
}

GraphSetting base_of(const Model& model, GraphSetting setting) {
  setting.cells = base_cells;
  setting.window_cells = base_cells;
  setting.outputs = 1;
  setting.streams = 1;
  const bool stateful =
      model.arch.ssm || model.arch.linear_attention || model.arch.short_conv || model.arch.rwkv;
  if (!stateful) setting.sequences = 1;
  return setting;
}

/// Of equal blocks it does not matter which ones a device has, nor how many beyond the first few.
void name_blocks_alike(std::size_t blocks, GraphSetting& setting) {
  if (setting.copies == 1) return;
  const auto kept = kept_blocks(setting);
  auto count = setting.end_block - setting.first_block;
  if (count > kept + 2) count = kept + 1 + (count - kept - 1) % 2;
  if (setting.end_block == blocks) {
    setting.first_block = blocks - count;
    return;
  }
  if (setting.first_block > 0) setting.first_block = 1;
  setting.end_block = setting.first_block + count;
}

/// The same, remembered for the latest ranges of blocks.
std::uint64_t known_shape(const Model& model, std::uint64_t fingerprint,
                          const GraphSetting& setting) {
  struct Known {
    std::uint64_t fingerprint = 0;
    std::size_t first = 0;
    std::size_t end = 0;
    bool cells_matter = false;
    std::size_t kept = 0;
    std::uint64_t shape = 0;
  };
  constexpr std::size_t remembered = 61;
  thread_local std::array<Known, remembered> ranges;
  const auto kept = kept_blocks(setting);
  const bool matter = cells_matter(setting);
  const auto mixed = fingerprint + setting.first_block * 5 + setting.end_block * 3 + kept;
  auto& known = ranges[static_cast<std::size_t>(mixed % remembered)];
  if (known.fingerprint != fingerprint || known.first != setting.first_block ||
      known.end != setting.end_block || known.cells_matter != matter || known.kept != kept) {
    known = {fingerprint,
             setting.first_block,
             setting.end_block,
             matter,
             kept,
             shape_of(model, setting) ^ fingerprint};
  }
  return known.shape;
}

/// Several devices have ranges of blocks that differ in their numbers only: both are named alike.
struct Named {
  std::uint64_t fingerprint = 0;
  GraphSetting setting;
};
Named named_by_shape(const Model& model, std::uint64_t fingerprint, const GraphSetting& setting) {
  if (setting.copies == 1 || numbers_matter(model)) return {fingerprint, setting};
  Named named{known_shape(model, fingerprint, setting), setting};
  named.setting.first_block = setting.first_block == 0 ? 0 : 1;
  named.setting.end_block = setting.end_block == model.layers.size() ? 1 : 0;
  return named;
}

/// Searches ask for the same few graphs thousands of times, from many places; remembering them
/// changes no result.
Bytes remembered_replay(const Model& model, std::uint64_t fingerprint, const GraphSetting& setting,
                        ComputeGuess* guess) {
  thread_local GraphMemory calls;
  thread_local GraphBounds bounds;
  const auto named = named_by_shape(model, fingerprint, setting);
  if (const auto known = calls.find(named.fingerprint, named.setting)) return *known;
  if (guess != nullptr) {
    guess->used = true;
    return guess->most ? bounds.most(named.fingerprint, named.setting)
                       : bounds.least(named.fingerprint, named.setting);
  }
  const auto bytes = replay_graph(model, setting);
  calls.keep(named.fingerprint, named.setting, bytes);
  bounds.keep(named.fingerprint, named.setting, bytes);
  return bytes;
}

}  // namespace

Bytes replay_graph(const Model& model, const GraphSetting& setting) {
  Graph graph;
  graph.reserve(nodes_of_a_block * std::min<std::size_t>(model.layers.size(), 16));
  GraphBuilder builder(model, setting, graph);
  builder.inputs();
  for (const auto i : blocks_to_replay(model, setting)) {
    builder.block(model.layers[i], i + 1 == model.layers.size());
  }
  builder.finish();
  return Bytes{replay(graph, setting.on_device ? device_align : host_align)};
}

Bytes graph_buffer(const Model& model, const Widths& widths, const GraphSetting& asked_for,
                   ComputeGuess* guess) {
  if (is_absurd(model, widths, asked_for)) return Bytes::max();
  auto setting = asked_for;
  // Logits are computed by the device that has the last block.
  if (setting.end_block != model.layers.size()) setting.outputs = 1;
  const bool moves = only_moves(model, setting);
  auto asked = moves ? base_of(model, setting) : setting;
  if (widths.uniform) name_blocks_alike(model.layers.size(), asked);
  const auto bytes = remembered_replay(model, widths.fingerprint, asked, guess);
  return moves ? bytes + beyond_base(model, widths, setting) : bytes;
}

Bytes graph_inputs(const Model& model, const Widths& widths, const GraphSetting& setting) {
  if (is_absurd(model, widths, setting)) return Bytes::max();
  Graph graph;
  GraphBuilder(model, setting, graph).inputs();
  const auto& arch = model.arch;
  const auto numbers = pad(Bytes{4} * setting.tokens, host_align);
  // The tokens' numbers, and room for embeddings that come from elsewhere.
  auto sum = numbers + rows_of(4, setting.tokens, Elements{arch.hidden_size});
  const auto& habits = graph_habits_of(model.architecture ? *model.architecture : std::string{});
  if (arch.position_embeddings > 0 || has(habits, several_streams)) sum += numbers;
  if (arch.encoder_decoder) {
    // Relative positions: one input here, and a copy for every layer on the device.
    const auto copies = std::max(arch.encoder_decoder->decoder_layers - 1, 0);
    const bool relative = !arch.encoder_decoder->bart;
    if (relative) sum -= Bytes{4} * setting.tokens * setting.cells * copies;
  }
  for (const auto index : graph.order()) {
    const auto& node = graph.nodes()[index];
    if (node.source_count == 0) sum += pad(Bytes{node.bytes}, host_align);
  }
  return sum;
}

}  // namespace llmfit::sizing::llama_cpp
