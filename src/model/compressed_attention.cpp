// SPDX-License-Identifier: MIT
#include "model/parts.hpp"

namespace llmfit::model {
namespace {

/// Keys and values are one vector a token; the output projection is of low rank, group by group.
void add_projections(TensorList& list, const Architecture& arch, const CompressedAttention& dims,
                     const Layer& layer) {
  const auto width = product(layer.heads, layer.head_dim);
  list.vector("attn_sinks", layer.heads);
  list.matrix("attn_q_a", arch.hidden_size, dims.q_lora_rank);
  list.vector("attn_q_a_norm", dims.q_lora_rank);
  list.matrix("attn_q_b", dims.q_lora_rank, width);
  list.matrix("attn_kv", arch.hidden_size, layer.head_dim);
  list.vector("attn_kv_a_norm", layer.head_dim);
  if (dims.o_groups > 0) {
    list.matrix("attn_output_a", width / dims.o_groups, dims.o_lora_rank, dims.o_groups);
  }
  list.matrix("attn_output_b", product(dims.o_groups, dims.o_lora_rank), arch.hidden_size);
}

struct Connection {
  std::string_view fn, base, scale;
};

void add_connection(TensorList& list, const Architecture& arch, const CompressedAttention& dims,
                    const Connection& names) {
  const auto mix = product(std::int64_t{dims.hc_mult} + 2, dims.hc_mult);
  list.matrix(names.fn, product(dims.hc_mult, arch.hidden_size), mix);
  list.vector(names.base, mix);
  list.vector(names.scale, 3);
}

struct Compressor {
  std::string_view kv, gate, ape, norm;
};
constexpr Compressor attention_names{"attn_compressor_kv", "attn_compressor_gate",
                                     "attn_compressor_ape", "attn_compressor_norm"};
constexpr Compressor indexer_names{"indexer_compressor_kv", "indexer_compressor_gate",
                                   "indexer_compressor_ape", "indexer_compressor_norm"};

void add_compressor(TensorList& list, const Compressor& names, std::int64_t hidden,
                    std::int64_t width, int copies, std::int64_t ratio) {
  list.matrix(names.kv, hidden, product(copies, width));
  list.matrix(names.gate, hidden, product(copies, width));
  list.matrix(names.ape, product(copies, width), ratio);
  list.vector(names.norm, width);
}

/// Layers that compress four tokens to one overlap their windows, and have an indexer.
void add_compression(TensorList& list, const Architecture& arch, const CompressedAttention& dims,
                     const Layer& layer, std::int32_t ratio) {
  constexpr std::int32_t indexed_ratio = 4;
  const int copies = ratio == indexed_ratio ? 2 : 1;
  add_compressor(list, attention_names, arch.hidden_size, layer.head_dim, copies, ratio);
  if (ratio != indexed_ratio) return;
  list.matrix("indexer.proj", arch.hidden_size, dims.index_heads);
  list.matrix("indexer.attn_q_b", dims.q_lora_rank, product(dims.index_heads, dims.index_head_dim));
  add_compressor(list, indexer_names, arch.hidden_size, dims.index_head_dim, 2, ratio);
}

}  // namespace

void add_compressed_attention(TensorList& list, const Blueprint& plan, const Layer& layer,
                              int index) {
  const auto& arch = plan.dims();
  if (!arch.compressed) return;
  const auto& dims = *arch.compressed;
  add_projections(list, arch, dims, layer);
  add_connection(list, arch, dims, {"hc_attn_fn", "hc_attn_base", "hc_attn_scale"});
  add_connection(list, arch, dims, {"hc_ffn_fn", "hc_ffn_base", "hc_ffn_scale"});
  const auto& ratios = plan.record.compress_ratios;
  const auto at = static_cast<std::size_t>(index);
  if (at < ratios.size() && ratios[at] > 0) {
    add_compression(list, arch, dims, layer, ratios[at]);
  }
}

}  // namespace llmfit::model
