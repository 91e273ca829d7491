// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "llmfit/format.hpp"
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
  attention_mamba = 'H',  ///< attention and Mamba-2 side by side
  mamba = 'M',            ///< Mamba or Mamba-2, see Ssm::version
  linear_attention = 'L',
  short_conv = 'K',
  rg_lru = 'G',
  rwkv = 'R',
  rwkv4 = 'W',
  compressed = 'V',  ///< shared keys and values with compressed ones beside them (DeepSeek V4)
  linear = 'l',      ///< attention replaced by one matrix
  none = '-',
};

/// The feed-forward part of a layer; the letters are those of the catalog's `ffn_kinds`.
enum class FfnKind : char { dense = 'D', experts = 'E', both = 'B', linear = 'l', none = '-' };

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
  per_layer_embedding,  ///< looked up by token beside the embedding (gemma3n, gemma4)
  norm,
  rope_factors,  ///< precomputed rotary factors, in no checkpoint
  attn_q,
  attn_k,
  attn_v,
  attn_qkv,  ///< the three as one matrix
  attn_output,
  attn_gate,
  attn_sinks,
  mla_q_a,
  mla_q_b,
  mla_kv_a,
  mla_kv_b,  ///< of files older than the split into the two that follow
  mla_k_b,
  mla_v_b,
  indexer,
  recurrent,  ///< of Mamba, linear attention, short convolution or RWKV
  router,
  ffn_gate,
  ffn_up,
  ffn_down,
  ffn_gate_exps,
  ffn_up_exps,
  ffn_down_exps,
  ffn_gate_up_exps,  ///< the first two as one
  ffn_gate_shexp,
  ffn_up_shexp,
  ffn_down_shexp,
  output,
  draft,      ///< what a multi-token-prediction block has beside an ordinary one
  pooler,     ///< of encoders, and what else llama.cpp's converter leaves out
  auxiliary,  ///< a small matrix that every engine keeps in 16 bits
  other,
  unresolved,  ///< all parameters of a model whose tensors are not known, as one
};

/// The experts among which a router chooses; shared ones see every token.
constexpr bool is_routed_expert(Role role) {
  return role == Role::ffn_gate_exps || role == Role::ffn_up_exps || role == Role::ffn_down_exps ||
         role == Role::ffn_gate_up_exps;
}

/// How a tensor's name ends: ".weight", ".bias", ".scale", or with the stem itself.
enum class Suffix { weight, bias, scale, none };

/// What a file holds of a tensor.
struct StoredTensor {
  std::optional<TensorType> type;  ///< absent: packed in several, see the file's format
  Bytes bytes;                     ///< with its scales and zero points
};

/// One weight tensor. `shape` is in GGUF order: `shape[0]` is the contiguous input dimension and a
/// quantized row is `shape[0]` long; unused dimensions are 1.
struct Tensor {
  Role role = Role::other;
  /// The name in GGUF files without block and suffix, such as "attn_q". Points to static text, into
  /// the catalog, or into the model's own storage.
  std::string_view stem;
  Suffix suffix = Suffix::weight;
  int layer = -1;  ///< number of the layer or draft block, -1 outside of them
  std::array<std::int64_t, 4> shape{1, 1, 1, 1};
  std::optional<StoredTensor> stored;  ///< of models that were read from a file with weights

  [[nodiscard]] constexpr Elements elements() const {
    return Elements{shape[0]} * shape[1] * shape[2] * shape[3];
  }
  [[nodiscard]] constexpr bool is_bias() const { return suffix == Suffix::bias; }
  [[nodiscard]] constexpr bool is_matrix() const {
    return shape[1] > 1 || shape[2] > 1 || shape[3] > 1;
  }
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
  bool indexed = false;             ///< caches a key for the sparse-attention indexer
  std::int32_t compress_ratio = 0;  ///< compressed attention: tokens of a compressed row, 0: none
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
  bool joined_kv_b = false;  ///< GGUF files keep one up-projection: llama.cpp caches full heads
};

/// Sparse-attention indexer beside MLA.
struct Indexer {
  std::int32_t heads = 0;
  std::int32_t head_dim = 0;
};

/// Mamba (version 1) and Mamba-2 (version 2).
struct Ssm {
  std::int32_t version = 2;
  std::int32_t d_inner = 0;
  std::int32_t d_state = 0;
  std::int32_t d_conv = 0;
  std::int32_t n_groups = 0;  ///< version 2
  std::int32_t heads = 0;     ///< version 2
  std::int32_t dt_rank = 0;   ///< version 1
  bool conv_bias = true;
  bool proj_bias = false;
  bool gated_norm = true;
  bool dt_b_c_norm = false;
};

/// Gated linear recurrence (Griffin, RecurrentGemma).
struct RgLru {
  std::int32_t width = 0;
  std::int32_t blocks = 0;
  std::int32_t d_conv = 0;
};

enum class LinearKind { gated_delta, kimi_delta, lightning };

/// Linear attention; heads of keys and values are alike except in gated_delta.
struct LinearAttention {
  LinearKind kind = LinearKind::gated_delta;
  std::int32_t key_heads = 0;
  std::int32_t value_heads = 0;
  std::int32_t key_head_dim = 0;
  std::int32_t value_head_dim = 0;
  std::int32_t conv_kernel = 0;
  bool full_rank_gate = false;
  bool qk_norm = false;
};

struct ShortConv {
  std::int32_t l_cache = 0;
};

/// RWKV 7: head size and the ranks of its low-rank parts. RWKV 4 has none of them.
struct Rwkv {
  std::int32_t head_size = 0;
  std::int32_t lora_decay = 0;
  std::int32_t lora_iclr = 0;
  std::int32_t lora_value = 0;
  std::int32_t lora_gate = 0;
  std::int32_t token_shifts = 2;  ///< earlier tokens kept: of time mixing and of channel mixing
};

/// DeepSeek V4: low-rank grouped output, hyper-connections, compressed keys and values.
struct CompressedAttention {
  std::int32_t q_lora_rank = 0;
  std::int32_t o_groups = 0;
  std::int32_t o_lora_rank = 0;
  std::int32_t hc_mult = 0;
  std::int32_t index_heads = 0;
  std::int32_t index_head_dim = 0;
};

/// The two stacks of an encoder-decoder model.
struct EncoderDecoder {
  std::int32_t encoder_layers = 0;
  std::int32_t decoder_layers = 0;
  std::int32_t relative_buckets = 0;  ///< of T5's position bias, 0: none
  bool bart = false;                  ///< BART's layout, else T5's
};

/// Dimensions that hold for the whole model.
struct Architecture {
  ModelKind kind = ModelKind::decoder;
  std::int64_t hidden_size = 0;
  std::int64_t vocab_size = 0;
  std::int64_t embedding_size = 0;  ///< equals hidden_size in almost every model
  std::int64_t output_rows = 0;     ///< of the output matrix, 0: vocab_size
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
  std::optional<Ssm> ssm;
  std::optional<RgLru> rg_lru;
  std::optional<LinearAttention> linear_attention;
  std::optional<ShortConv> short_conv;
  std::optional<Rwkv> rwkv;
  std::optional<CompressedAttention> compressed;
  std::optional<EncoderDecoder> encoder_decoder;
  std::int32_t mtp_layers = 0;  ///< multi-token-prediction blocks after the last layer
};

/// A part beside the language model that some engines load: a vision or audio tower.
struct Tower {
  std::string_view name;  ///< "vision"
  Elements elements;
};

struct License {
  std::string id;
  std::string commercial_use;  ///< "yes", "conditional" or "no"
  std::vector<std::string> conditions;
};

/// Whether a licence lets one earn money with the model, its conditions kept: the words of
/// `License::commercial_use`. What is not known is no permission.
bool allows_commercial_use(std::string_view commercial_use);

enum class ModelSource { catalog, overlay, gguf, safetensors, config, parameters };
std::string_view to_string(ModelSource source);

/// What the file that a model was read from holds.
struct ModelFile {
  Format format;           ///< its own quantization; `as_stored` is set
  bool quantized = false;  ///< fewer than 16 bits a weight: sized as it is unless asked otherwise
  Bytes tensor_bytes;      ///< of all tensors
  Bytes metadata_bytes;    ///< header, tokenizer, padding between tensors
  std::int32_t parts = 1;  ///< files
};

/// A model is its tensors: a catalog entry, a bare size and a file header all become this.
struct Model {
  std::string id;
  std::string name;
  ModelSource source = ModelSource::catalog;
  std::string asked_as;  ///< the name that was typed, where the catalog has only its base model
  std::optional<Elements> parameters;         ///< all of it, towers included
  std::optional<Elements> active_parameters;  ///< touched per token
  std::optional<std::string>
      architecture;                      ///< GGUF architecture name, else the config's model_type
  std::optional<Tokens> context_length;  ///< the limit it was trained for
  std::optional<License> license;
  std::string native_dtype;  ///< of the published weights; may be empty
  bool runs_on_llama_cpp = false;

  bool known_by_size_only = false;  ///< no dimensions at all: cache, state and compute are unknown
  bool cache_unknown = false;       ///< tensors without a configuration: it may cache anything

  Architecture arch;
  std::vector<Layer> layers;  ///< empty when known by size only; an encoder's before a decoder's
  /// Of the language model, in the order of its blocks. Those of draft blocks (`arch.mtp_layers`)
  /// are numbered on after the last layer; towers are not in here.
  std::vector<Tensor> tensors;
  std::vector<Tower> towers;
  std::optional<ModelFile> file;
  std::shared_ptr<const void> storage;  ///< of stems and names that point to no static text
};

/// The tensor's name as a GGUF file has it: "blk.7.attn_q.weight", "enc.blk.0.attn_q.weight".
std::string tensor_name(const Model& model, const Tensor& tensor);

/// Sum over all tensors; a tied matrix counts once.
Elements count_elements(const Model& model);

/// The parameters of the language model: its elements without draft blocks, without a second copy
/// of a tied matrix, and without what GGUF files hold beside trained weights.
Elements count_parameters(const Model& model);

}  // namespace llmfit
