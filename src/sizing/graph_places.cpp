// SPDX-License-Identifier: MIT
#include "sizing/graph_places.hpp"

#include <algorithm>

#include "sizing/engine_llama_cpp.hpp"
#include "sizing/widths.hpp"

namespace llmfit::sizing::llama_cpp {
namespace {

/// Batches of fewer rows are computed where their weights lie (ggml-cuda: its least batch for
/// offloaded operations).
constexpr std::int64_t least_offloaded_rows = 32;

Bytes bytes_of(const Tensor& tensor, TensorType type, const Format& format) {
  if (format.as_stored && tensor.stored) return tensor.stored->bytes;
  const auto& blocks = layout(type);
  return Bytes{blocks.bytes} * ceil_div(tensor.shape[0], blocks.elements) * tensor.shape[1] *
         tensor.shape[2] * tensor.shape[3];
}

bool is_routed(std::string_view stem) { return stem.ends_with("_exps"); }

}  // namespace

TensorSizes::Entry& TensorSizes::entry_of(std::string_view stem, bool bias, std::size_t blocks) {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.bias == bias && entry.stem == stem;
  });
  if (found != entries_.end()) return *found;
  return entries_.emplace_back(Entry{stem, bias, std::vector<std::int64_t>(blocks, 0)});
}

TensorSizes::TensorSizes(const Model& model, const Format& format) {
  constexpr std::uint64_t prime = 0x100000001b3;
  const auto types = tensor_types(model, format);
  const auto blocks = model.layers.size() + 1;
  for (std::size_t i = 0; i < types.size(); ++i) {
    const auto& tensor = model.tensors[i];
    const auto block = static_cast<std::size_t>(tensor.layer + 1);
    if (block >= blocks) continue;
    const auto bytes =
        cuda_tensor(bytes_of(tensor, types[i], format), types[i], tensor.shape[0]).count();
    entry_of(tensor.stem, tensor.is_bias(), blocks).bytes[block] = bytes;
    fingerprint_ = (fingerprint_ ^ static_cast<std::uint64_t>(bytes)) * prime;
  }
}

std::int64_t TensorSizes::find(BlockRun run, std::string_view stem, bool bias) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.bias == bias && entry.stem == stem;
  });
  if (found == entries_.end()) return 0;
  const auto first = found->bytes.begin() + run.first + 1;
  return *std::max_element(first, found->bytes.begin() + run.last + 2);
}

std::int64_t TensorSizes::of(BlockRun run, std::string_view stem) const {
  return find(run, stem, false);
}

std::int64_t TensorSizes::bias_of(BlockRun run, std::string_view stem) const {
  return find(run, stem, true);
}

std::int64_t TensorSizes::all_rotary_factors() const {
  std::int64_t sum = 0;
  for (const auto* stem : {"rope_freqs", "rope_factors_long", "rope_factors_short"}) {
    sum += of({}, stem);
  }
  return sum;
}

std::int64_t TensorSizes::rotary_factors() const {
  for (const auto* stem : {"rope_freqs", "rope_factors_long"}) {
    if (const auto bytes = of({}, stem); bytes > 0) return bytes;
  }
  return 0;
}

NodePlace& GraphPlaces::note(std::size_t node) {
  if (node >= notes_.size()) notes_.resize(node + 1);
  return notes_[node];
}

PlaceNumber GraphPlaces::place_of(std::string_view stem) const {
  if (block_ < 0) return parts_.output;
  const auto block = static_cast<std::size_t>(block_);
  if (is_routed(stem) && parts_.host_experts[block]) return parts_.host;
  return parts_.blocks[block];
}

void GraphPlaces::reads_weight(Ref node, std::string_view stem, std::int64_t rows) {
  auto bytes = sizes_.of(run_, stem);
  // A tied embedding is the output matrix too.
  if (bytes == 0 && stem == "output") bytes = sizes_.of({}, "token_embd");
  if (bytes > 0) reads(node, place_of(stem), bytes, rows);
}

void GraphPlaces::reads_bias(Ref node, std::string_view stem, std::int64_t rows) {
  reads(node, place_of(stem), sizes_.bias_of(run_, stem), rows);
}

void GraphPlaces::reads_norm(Ref node, std::int64_t width, std::int64_t rows) {
  reads(node, place_of({}), 4 * width, rows);
}

void GraphPlaces::reads(Ref node, PlaceNumber weight, std::int64_t bytes, std::int64_t rows) {
  auto& place = note(node.node());
  place.pinned = weight;
  if (place.pinned != parts_.host || !parts_.op_offload || rows < least_offloaded_rows) return;
  place.pinned = 0;
  place.fetches = true;
  place.fetched = bytes;
}

void GraphPlaces::reads_cache(Ref node, std::int64_t first, std::int64_t second) {
  auto& place = note(node.node());
  place.cache = parts_.cache_of(static_cast<std::size_t>(block_));
  place.cache_views = {first, second};
}

void GraphPlaces::writes_cache(std::size_t node) {
  note(node).pinned = parts_.cache_of(static_cast<std::size_t>(block_));
}

void GraphPlaces::attends(Ref node) {
  note(node.node()).attends = parts_.blocks[static_cast<std::size_t>(block_)];
}

void GraphPlaces::norms_block(Ref node) {
  if (block_ >= 0) note(node.node()).layer = parts_.blocks[static_cast<std::size_t>(block_)];
}

}  // namespace llmfit::sizing::llama_cpp
