// SPDX-License-Identifier: MIT
#include "sizing/graph.hpp"

namespace llmfit::sizing {

void Graph::reserve(std::size_t nodes) {
  nodes_.reserve(nodes);
  order_.reserve(nodes);
}

Ref Graph::add(std::int64_t bytes, Sources sources) {
  auto& node = nodes_.emplace_back();
  node.bytes = bytes;
  for (const auto source : sources) {
    if (!source.empty()) node.sources[node.source_count++] = source;
  }
  return Ref(nodes_.size() - 1);
}

Ref Graph::input(std::int64_t bytes) {
  const auto ref = add(bytes, {});
  expand(ref);
  return ref;
}

Ref Graph::fresh(std::int64_t bytes, Sources sources) { return add(bytes, sources); }

Ref Graph::in_place(std::int64_t bytes, Sources sources) {
  const auto ref = add(bytes, sources);
  nodes_.back().in_place = true;
  return ref;
}

void Graph::write(Sources sources) {
  const auto ref = add(0, sources);
  nodes_.back().outside = true;
  expand(ref);
}

Ref Graph::keep(Ref ref) {
  nodes_[ref.node()].kept = true;
  return ref;
}

void Graph::expand(Ref ref) {
  auto& node = nodes_[ref.node()];
  if (node.ordered) return;
  node.ordered = true;
  for (std::uint32_t i = 0; i < node.source_count; ++i) {
    const auto source = node.sources[i];
    ++nodes_[source.node()].readers;
    expand(source);
  }
  order_.push_back(ref.node());
}

}  // namespace llmfit::sizing
