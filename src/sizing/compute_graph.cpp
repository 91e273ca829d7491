// SPDX-License-Identifier: MIT
#include "sizing/compute_graph.hpp"

#include "sizing/allocator.hpp"

namespace llmfit::sizing::llama_cpp {
namespace {

constexpr std::int64_t device_align = 128;  // ggml-cuda
constexpr std::int64_t host_align = 32;     // ggml

}  // namespace

std::int64_t graph_bytes(const Model& model, const GraphSetting& setting) {
  Graph graph;
  graph.reserve(32 * model.layers.size());
  GraphBuilder builder(model, setting, graph);
  builder.inputs();
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    builder.block(model.layers[i], i + 1 == model.layers.size());
  }
  builder.head();
  return replay(graph, setting.on_device ? device_align : host_align);
}

}  // namespace llmfit::sizing::llama_cpp
