// SPDX-License-Identifier: MIT
// The rule by which ggml gives tensors their place in a compute buffer.
#include "catch.hpp"
#include "sizing/allocator.hpp"

using namespace llmfit::sizing;

TEST_CASE("pieces are padded and follow each other", "[allocator]") {
  Arena arena(128);
  CHECK(arena.take(1) == 0);
  CHECK(arena.take(128) == 128);
  CHECK(arena.take(129) == 256);
  CHECK(arena.peak() == 512);
}

TEST_CASE("the smallest free piece that is large enough is taken", "[allocator]") {
  Arena arena(1);
  const auto large = arena.take(30);
  arena.take(1);
  const auto small = arena.take(20);
  arena.take(1);
  arena.give(large, 30);
  arena.give(small, 20);
  CHECK(arena.take(15) == small);
  CHECK(arena.take(25) == large);
  CHECK(arena.peak() == 52);
}

TEST_CASE("of equal pieces the last one is taken", "[allocator]") {
  Arena arena(1);
  const auto first = arena.take(10);
  arena.take(1);
  const auto second = arena.take(10);
  arena.take(1);
  arena.give(first, 10);
  arena.give(second, 10);
  CHECK(arena.take(10) == second);
}

TEST_CASE("the end of the buffer is used only where no free piece will do", "[allocator]") {
  Arena arena(1);
  const auto first = arena.take(10);
  arena.take(1);
  arena.give(first, 10);
  CHECK(arena.take(11) == 11);
  CHECK(arena.take(10) == first);
}

TEST_CASE("free neighbours become one piece", "[allocator]") {
  Arena arena(1);
  const auto a = arena.take(10);
  const auto b = arena.take(10);
  const auto c = arena.take(10);
  arena.take(1);
  arena.give(a, 10);
  arena.give(c, 10);
  arena.give(b, 10);
  CHECK(arena.take(30) == a);
}

TEST_CASE("an operation in place takes over a source that nobody else reads", "[allocator]") {
  Graph graph;
  const auto in = graph.input(100);
  graph.expand(graph.in_place(100, {graph.in_place(100, {in})}));
  CHECK(replay(graph, 1) == 100);
}

TEST_CASE("a source with another reader, a view or another size is not written over",
          "[allocator]") {
  Graph shared;
  const auto in = shared.input(100);
  const auto first = shared.in_place(100, {in});
  shared.expand(shared.in_place(100, {first, in}));
  CHECK(replay(shared, 1) == 200);

  Graph viewed;
  viewed.expand(viewed.in_place(100, {viewed.input(100).viewed()}));
  CHECK(replay(viewed, 1) == 200);

  Graph smaller;
  smaller.expand(smaller.in_place(50, {smaller.input(100)}));
  CHECK(replay(smaller, 1) == 150);
}

TEST_CASE("an output is never given back", "[allocator]") {
  Graph graph;
  const auto kept = graph.keep(graph.fresh(100, {graph.input(10)}));
  graph.expand(graph.fresh(100, {graph.fresh(100, {kept})}));
  CHECK(replay(graph, 1) == 310);
}

TEST_CASE("a result is freed after its last reader, so a chain needs two places", "[allocator]") {
  Graph graph;
  auto x = graph.input(100);
  for (int i = 0; i < 10; ++i) x = graph.fresh(100, {x});
  graph.expand(x);
  CHECK(replay(graph, 1) == 200);
}

TEST_CASE("what a node reads is computed before it, in the order of its sources", "[graph]") {
  Graph graph;
  const auto in = graph.input(1);
  const auto second = graph.fresh(2, {in});
  const auto first = graph.fresh(3, {in});
  graph.expand(graph.fresh(4, {first, second}));
  REQUIRE(graph.order().size() == 4);
  CHECK(graph.order()[1] == first.node());
  CHECK(graph.order()[2] == second.node());
}

TEST_CASE("a node that nothing reads is no part of the graph", "[graph]") {
  Graph graph;
  const auto in = graph.input(100);
  graph.fresh(1000, {in});
  graph.expand(graph.fresh(10, {in}));
  CHECK(replay(graph, 1) == 110);
}
