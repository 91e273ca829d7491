// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "llmfit/model.hpp"
#include "model/stems.hpp"

namespace llmfit::test {

/// A model as a list of the tensors in its GGUF file, with what the file says beside them.
struct ListedModel {
  std::string_view name;
  std::string_view architecture;
  std::int32_t layers;  ///< of an encoder-decoder, the encoder's
  std::int32_t drafts;  ///< blocks after them that are not loaded
  std::int32_t heads;
  std::int32_t kv_heads;
  std::string_view without_heads;  ///< layers, as "0-2,4"
  std::int32_t experts;
  /// "NAME:DIMENSIONS@BLOCKS" between spaces: "attn_q:4096x512@0-3,7" is "blk.N.attn_q.weight" in
  /// blocks 0 to 3 and 7, "@e0-3" and "@d0-3" are those of encoder and decoder; without "@" it lies
  /// outside the blocks. ".weight" is left out; "ssm_a!" has no such ending.
  std::string_view tensors;
};

namespace listed {

/// The part of `text` up to `mark`, taken off with it.
inline std::string_view take(std::string_view& text, char mark) {
  const auto end = std::min(text.find(mark), text.size());
  const auto part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

inline int number(std::string_view text) {
  int value = -1;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

inline std::vector<int> numbers(std::string_view ranges) {
  std::vector<int> all;
  while (!ranges.empty()) {
    auto range = take(ranges, ',');
    const int first = number(take(range, '-'));
    const int last = range.empty() ? first : number(range);
    for (int i = first; i <= last; ++i) all.push_back(i);
  }
  return all;
}

inline std::array<std::int64_t, 4> shape_of(std::string_view dimensions) {
  std::array<std::int64_t, 4> shape{1, 1, 1, 1};
  for (auto& size : shape) {
    if (!dimensions.empty()) size = number(take(dimensions, 'x'));
  }
  return shape;
}

inline std::string whole_name(std::string_view name) {
  if (name.ends_with('!')) return std::string(name.substr(0, name.size() - 1));
  const bool whole = name.ends_with(".bias") || name.ends_with(".scale");
  return std::string(name) + (whole ? "" : ".weight");
}

/// The names of the tensors of one item of a list.
inline std::vector<std::string> names_of(std::string_view name, std::string_view blocks) {
  if (blocks.empty()) return {whole_name(name)};
  std::string stack;
  if (blocks.front() == 'e' || blocks.front() == 'd') {
    stack = blocks.front() == 'e' ? "enc." : "dec.";
    blocks.remove_prefix(1);
  }
  std::vector<std::string> all;
  for (const int block : numbers(blocks)) {
    all.push_back(stack + "blk." + std::to_string(block) + "." + whole_name(name));
  }
  return all;
}

using NamedShape = std::pair<std::string, std::array<std::int64_t, 4>>;

inline std::vector<NamedShape> parse(std::string_view list) {
  std::vector<NamedShape> tensors;
  while (!list.empty()) {
    auto blocks = take(list, ' ');
    const auto name = take(blocks, ':');
    const auto shape = shape_of(take(blocks, '@'));
    for (auto& whole : names_of(name, blocks)) tensors.emplace_back(std::move(whole), shape);
  }
  return tensors;
}

inline std::vector<Layer> layers_of(const ListedModel& source, std::size_t count) {
  Layer layer;
  layer.heads = source.heads;
  layer.kv_heads = source.kv_heads;
  std::vector<Layer> layers(count, layer);
  for (const int i : numbers(source.without_heads)) {
    auto& other = layers[static_cast<std::size_t>(i)];
    other.kind = LayerKind::none;
    other.heads = other.kv_heads = 0;
  }
  return layers;
}

}  // namespace listed

/// The model that a file with these tensors describes; `names` receives the tensors' names.
inline Model build(const ListedModel& source, std::vector<std::string>& names) {
  Model model;
  model.id = model.name = std::string(source.name);
  model.architecture = std::string(source.architecture);
  if (source.experts > 0) {
    model.arch.experts.emplace();
    model.arch.experts->count = source.experts;
  }
  const auto listed =
      std::make_shared<std::vector<listed::NamedShape>>(listed::parse(source.tensors));
  bool stacks = false;
  for (const auto& [name, shape] : *listed) {
    auto parts = model::split_name(name);
    stacks = stacks || parts.encoder || parts.decoder;
    if (parts.block < 0) parts.stem = std::string_view(name).substr(0, name.rfind('.'));
    const int layer = parts.block + (parts.decoder && parts.block >= 0 ? source.layers : 0);
    const auto role = model::role_of(parts.stem);
    model.tensors.push_back({role, parts.stem, parts.suffix, layer, shape, {}});
    names.push_back(name);
  }
  if (stacks) model.arch.encoder_decoder = EncoderDecoder{source.layers, source.layers, 0, false};
  const auto count = static_cast<std::size_t>(source.layers) * (stacks ? 2 : 1);
  model.layers = listed::layers_of(source, count);
  model.storage = listed;
  return model;
}

}  // namespace llmfit::test
