// SPDX-License-Identifier: MIT
#include "sizing/compute_graph.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "sizing/allocator.hpp"
#include "sizing/fingerprint.hpp"
#include "sizing/graph_memory.hpp"
#include "sizing/replayed_blocks.hpp"
#include "sizing/widths.hpp"

namespace llmfit::sizing::llama_cpp {
namespace {

constexpr std::int64_t device_align = 128;  // ggml-cuda
constexpr std::int64_t host_align = 32;     // ggml
constexpr std::int64_t nodes_of_a_block = 32;
constexpr std::int64_t few_of_the_batch = 8;
constexpr std::int64_t layer_embedding_width = 256;  // of Gemma 3n

/// No machine has as much, and sums of such tensors still fit a 64-bit number.
constexpr Elements absurd{std::int64_t{1} << 52};

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
  constexpr std::size_t remembered = 251;
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

Bytes pinned_graph_inputs(const Model& model, const Widths& widths, const GraphSetting& setting) {
  auto one = setting;
  one.copies = 1;
  const auto sum = graph_inputs(model, widths, one);
  if (setting.copies == 1 || sum.overflowed()) return sum;
  const auto& habits = graph_habits_of(model.architecture ? *model.architecture : std::string{});
  // Embeddings are looked up once, and room for those from elsewhere is nobody's input.
  std::int64_t rows = 2 + (model.arch.position_embeddings > 0 ? 1 : 0);
  auto looked_up = rows_of(4, setting.tokens, Elements{model.arch.hidden_size}) * rows;
  if (has(habits, several_streams)) {
    const auto layers = static_cast<std::int64_t>(model.layers.size());
    looked_up += rows_of(4, setting.tokens, Elements{layer_embedding_width * layers});
  }
  return sum + (sum - looked_up) * (setting.copies - 1);
}

}  // namespace llmfit::sizing::llama_cpp
