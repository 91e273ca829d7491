// SPDX-License-Identifier: MIT
#include "sizing/compute_graph.hpp"

#include <algorithm>
#include <vector>

#include "sizing/allocator.hpp"
#include "sizing/widths.hpp"

namespace llmfit::sizing::llama_cpp {
namespace {

constexpr std::int64_t device_align = 128;  // ggml-cuda
constexpr std::int64_t host_align = 32;     // ggml
constexpr std::int64_t nodes_of_a_block = 32;

/// No machine has as much, and sums of such tensors still fit a 64-bit number.
constexpr Bytes absurd{std::int64_t{1} << 52};

/// Blocks of a run that are replayed: after so many the free pieces repeat themselves.
constexpr std::size_t kept_of_a_run = 4;

bool same_block(const Layer& a, const Layer& b) {
  return same_attention(a, b) && a.ffn == b.ffn && a.ffn_size == b.ffn_size;
}

/// The largest tensors, without the risk of an overflow.
bool is_absurd(const Model& model, const GraphSetting& setting) {
  std::int64_t heads = 1;
  std::int64_t row = 1;
  for (const auto& layer : model.layers) {
    heads = std::max<std::int64_t>(heads, layer.heads);
    row = std::max<std::int64_t>(row, std::int64_t{layer.kv_heads} * layer.head_dim);
  }
  const auto cells = std::max(setting.cells, setting.window_cells);
  const auto scores = Bytes{8} * heads * setting.tokens * cells;
  const auto cache = Bytes{8} * row * cells * setting.streams;
  return std::max(scores, cache) > absurd;
}

/// How far to go on from block `i`: past all but a few of a run of equal blocks. An even number is
/// left out, for neighbours take turns with the same two pieces.
std::size_t next_block(const Model& model, const GraphSetting& setting, std::size_t i,
                       std::size_t run) {
  if (run < kept_of_a_run) return i + 1;
  std::size_t same = 0;
  while (i + 1 + same < setting.end_block &&
         same_block(model.layers[i], model.layers[i + 1 + same])) {
    ++same;
  }
  return same > 2 ? i + 1 + (same - 1) / 2 * 2 : i + 1;
}

void add_blocks(GraphBuilder& builder, const Model& model, const GraphSetting& setting) {
  std::size_t run = 1;
  for (auto i = setting.first_block; i < setting.end_block;) {
    builder.block(model.layers[i], i + 1 == model.layers.size());
    const auto next = next_block(model, setting, i, run);
    const bool same = next < setting.end_block && same_block(model.layers[i], model.layers[next]);
    run = same ? run + 1 : 1;
    i = next;
  }
}

}  // namespace

Bytes graph_buffer(const Model& model, const GraphSetting& setting) {
  if (is_absurd(model, setting)) return Bytes::max();
  Graph graph;
  graph.reserve(nodes_of_a_block * std::min<std::size_t>(model.layers.size(), 16));
  GraphBuilder builder(model, setting, graph);
  builder.inputs();
  add_blocks(builder, model, setting);
  builder.finish();
  return Bytes{replay(graph, setting.on_device ? device_align : host_align)};
}

Bytes graph_inputs(const Model& model, const GraphSetting& setting) {
  if (is_absurd(model, setting)) return Bytes::max();
  Graph graph;
  GraphBuilder(model, setting, graph).inputs();
  const auto& arch = model.arch;
  const auto numbers = pad(Bytes{4} * setting.tokens, host_align);
  // The tokens' numbers, and room for embeddings that come from elsewhere.
  auto sum = numbers + rows_of(4, setting.tokens, Elements{arch.hidden_size});
  if (arch.position_embeddings > 0) sum += numbers;
  for (const auto index : graph.order()) {
    const auto& node = graph.nodes()[static_cast<std::size_t>(index)];
    if (node.source_count == 0) sum += pad(Bytes{node.bytes}, host_align);
  }
  return sum;
}

}  // namespace llmfit::sizing::llama_cpp
