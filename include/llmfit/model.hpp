// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "llmfit/units.hpp"

namespace llmfit {

/// How a layer mixes tokens; the letters are those of the catalog's `layer_kinds`.
enum class LayerKind : char {
  full = 'F',
  sliding = 'S',
  chunked = 'C',
  bidirectional = 'B',
  mla = 'A',
  cross = 'X',
  none = '-',
  other = '?',  ///< recurrent, hybrid, …: not built from tensors yet
};

/// The feed-forward part of a layer; the letters are those of the catalog's `ffn_kinds`.
enum class FfnKind : char { dense = 'D', experts = 'E', both = 'B', none = '-', other = '?' };

enum class Norm { rmsnorm, layernorm, layernorm_nobias, none };
enum class QkNorm { none, per_head, per_head_layernorm, full };
enum class MlpBias { none, all, down };
enum class OutputGate { none, in_q, separate, per_head };
enum class ModelKind { decoder, encoder, encoder_decoder };

/// What a weight tensor is for. Engines decide by role which tensors they quantize and where they
/// live.
enum class Role {
  token_embedding,
  position_embedding,
  token_types,
  embedding_projection,
  norm,
  attn_q,
  attn_k,
  attn_v,
  attn_output,
  attn_gate,
  attn_sinks,
  mla_q_a,
  mla_q_b,
  mla_kv_a,
  mla_k_b,
  mla_v_b,
  indexer,
  router,
  ffn_gate,
  ffn_up,
  ffn_down,
  ffn_gate_exps,
  ffn_up_exps,
  ffn_down_exps,
  ffn_gate_shexp,
  ffn_up_shexp,
  ffn_down_shexp,
  output,
  per_layer_embedding,  ///< looked up by token beside the embedding (gemma3n, gemma4)
  pooler,               ///< of encoders; llama.cpp's converter leaves it out
  auxiliary,            ///< a small matrix that every engine keeps in 16 bits
  other,
  unresolved,  ///< all parameters of a model whose tensors are not known, as one
};

/// One weight tensor. `shape` is in GGUF order: `shape[0]` is the contiguous input dimension and a
/// quantized row is `shape[0]` long; unused dimensions are 1.
struct Tensor {
  Role role = Role::other;
  bool bias = false;  ///< the bias that belongs to `role`, not its matrix
  int layer = -1;     ///< block number, -1 outside the blocks
  std::array<std::int64_t, 3> shape{1, 1, 1};

  [[nodiscard]] constexpr Elements elements() const {
    return Elements{shape[0]} * shape[1] * shape[2];
  }
  [[nodiscard]] constexpr bool is_matrix() const { return shape[1] > 1 || shape[2] > 1; }
};

/// Dimensions of one layer, after every per-kind and per-layer override.
struct Layer {
  LayerKind kind = LayerKind::full;
  FfnKind ffn = FfnKind::dense;
  std::int32_t heads = 0;
  std::int32_t kv_heads = 0;
  std::int32_t head_dim = 0;        ///< width of a query and key head
  std::int32_t value_head_dim = 0;  ///< width of a value head
  std::int32_t ffn_size = 0;        ///< width of the dense feed-forward part
  std::int32_t window = 0;          ///< tokens a sliding or chunked layer sees, 0: all
  bool caches = true;               ///< false: an encoder, or it reuses an earlier layer's cache
};

/// Mixture of experts; all widths in elements.
struct Experts {
  std::int32_t count = 0;
  std::int32_t active = 0;  ///< routed experts per token
  std::int32_t ffn_size = 0;
  std::int32_t shared_ffn_size = 0;  ///< total width of the shared experts
  std::int32_t zero_experts = 0;     ///< router outputs without weights
  std::int32_t latent_size = 0;      ///< experts work in this smaller space, 0: in hidden_size
  std::int32_t dense_residual_ffn_size = 0;
  std::int32_t hash_layers = 0;  ///< leading layers without a router bias
  bool gated = true;
  bool router_bias = false;
  bool expert_bias = false;
  bool shared_gate = false;
  bool latent_norm = false;
};

/// Multi-head latent attention: ranks and head widths.
struct Mla {
  std::int32_t q_lora_rank = 0;  ///< 0: the query projection is one matrix
  std::int32_t kv_lora_rank = 0;
  std::int32_t qk_nope_head_dim = 0;
  std::int32_t qk_rope_head_dim = 0;
  std::int32_t v_head_dim = 0;
  bool bias = false;
  bool output_gate = false;
};

/// Sparse-attention indexer beside MLA.
struct Indexer {
  std::int32_t heads = 0;
  std::int32_t head_dim = 0;
};

/// Dimensions that hold for the whole model.
struct Architecture {
  ModelKind kind = ModelKind::decoder;
  std::int64_t hidden_size = 0;
  std::int64_t vocab_size = 0;
  std::int64_t embedding_size = 0;  ///< equals hidden_size in almost every model
  std::int64_t position_embeddings = 0;
  std::int32_t token_types = 0;
  bool embedding_projection_both = false;
  bool embedding_norm = false;
  bool embedding_norm_bias = false;
  bool tied_embeddings = false;
  bool lm_head = true;
  bool lm_head_bias = false;
  bool gated_mlp = true;
  bool qkv_bias = false;
  bool attention_out_bias = false;
  bool k_eq_v = false;
  bool final_norm = true;
  MlpBias mlp_bias = MlpBias::none;
  QkNorm qk_norm = QkNorm::none;
  Norm norm = Norm::rmsnorm;
  std::int32_t norms_per_layer = 2;
  OutputGate output_gate = OutputGate::none;
  bool sinks_all = false;
  bool sinks_sliding = false;
  std::optional<Experts> experts;
  std::optional<Mla> mla;
  std::optional<Indexer> indexer;
};

struct License {
  std::string id;
  std::string commercial_use;  ///< "yes", "conditional" or "no"
  std::vector<std::string> conditions;
};

enum class ModelSource { catalog, overlay, gguf, safetensors, config, parameters };
std::string_view to_string(ModelSource source);

/// A model is its tensors: a catalog entry, a bare size and (later) a file header all become this.
struct Model {
  std::string id;
  std::string name;
  ModelSource source = ModelSource::catalog;
  std::optional<Elements> parameters;         ///< all of it, towers included
  std::optional<Elements> active_parameters;  ///< touched per token
  std::optional<std::string>
      architecture;                      ///< GGUF architecture name, else the config's model_type
  std::optional<Tokens> context_length;  ///< the limit it was trained for
  std::optional<License> license;
  std::string native_dtype;  ///< of the published weights; may be empty
  bool runs_on_llama_cpp = false;

  bool known_by_size_only = false;  ///< no dimensions at all: cache, state and compute are unknown
  bool sized_by_parameters =
      false;                   ///< dimensions known, but its kind is not built from tensors yet
  bool cache_unknown = false;  ///< some layers keep a cache of a kind that is not sized yet
  std::int32_t stateful_layers = 0;  ///< layers with a recurrent state that is not sized yet

  Architecture arch;
  std::vector<Layer> layers;    ///< empty when known by size only
  std::vector<Tensor> tensors;  ///< of the language model; towers and drafts are not in here
};

/// Sum over the tensors; a tied matrix counts once.
Elements count_elements(const Model& model);

}  // namespace llmfit
