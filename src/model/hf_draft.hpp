// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "llmfit/catalog.hpp"
#include "model/hf_fields.hpp"

namespace llmfit::model {

struct HfDraft;

/// How the layers of a class mix tokens, where the configuration does not list them one by one
/// (`layer_types`).
enum class HfMixing {
  full,
  sliding,       ///< every layer where a window is given
  late_sliding,  ///< with `use_sliding_window`, from `max_window_layers` on
  alternate,     ///< sliding and full in turn
  pattern,       ///< the last of every `sliding_window_pattern` layers is full
  local_global,  ///< `attention_types` of GPT-Neo
  chunked,       ///< Llama 4
  latent,
  latent_twice,  ///< LongCat: two attentions a block
  bidirectional,
  mamba,
  parallel_mamba,
  periodic,  ///< Jamba: attention at a period and an offset
  indexed,   ///< attention at the listed layers, Mamba elsewhere
  written,   ///< Nemotron-H: one letter a layer
  short_conv,
  griffin,
  rwkv4,
  rwkv7,
  compressed,
  gated_delta,  ///< full attention at every n-th layer
  kimi_delta,   ///< two lists of layers, counted from 1
  lightning,    ///< `attn_type_list`
  hybrid_list,  ///< MiMo: `hybrid_layer_pattern`
  cross,        ///< Llama 3.2 Vision
  searched,     ///< `block_configs` of an architecture search
};

/// Which keys speak about biases.
enum class HfBiases {
  fixed,          ///< none: the class has them or not
  attention,      ///< `attention_bias` about all four projections, `mlp_bias`
  attention_qkv,  ///< `attention_bias` about three of them
  everywhere,     ///< `use_bias` or `bias` about all matrices
};

/// What a model_type has by design and its config.json does not say.
struct HfClass {
  std::string_view model_type;
  std::string_view gguf = {};  ///< architecture name in GGUF files; empty: llama.cpp has none
  HfMixing mixing = HfMixing::full;
  Norm norm = Norm::rmsnorm;
  std::int32_t norms = 2;
  QkNorm qk_norm = QkNorm::none;
  std::string_view qk_norm_key = {};  ///< only with this flag of the configuration
  bool gated = true;
  bool tied = false;            ///< where the configuration does not say
  bool equal_heads = false;     ///< without a count there are as many key heads as query heads
  bool own_head_dim = false;    ///< a head's width does not follow from the others
  std::int32_t period = 0;      ///< of HfMixing::pattern where the configuration has none
  std::int32_t ffn_factor = 0;  ///< feed-forward width in hidden sizes where none is given
  HfBiases biases = HfBiases::attention;
  bool qkv_bias = false;  ///< this and the next two: where no key speaks
  bool out_bias = false;
  MlpBias mlp_bias = MlpBias::none;
  bool router_bias = false;
  void (*adjust)(HfDraft&) = nullptr;  ///< what is left
};

/// Null: not a known one.
const HfClass* find_hf_class(std::string_view model_type);

/// What the weights beside a configuration tell where it keeps silent; 0: nothing.
struct HfHints {
  std::int64_t vocab_size = 0;
  std::int64_t query_rows = 0;  ///< heads times their width
  std::int64_t key_rows = 0;
  std::int64_t head_dim = 0;  ///< where queries have a norm of one head's width
};

/// An architecture on its way from a configuration to a record, which points into it.
struct HfDraft {
  HfDraft(const HfClass& of, HfFields inner, HfFields whole)
      : kind(of), text(std::move(inner)), outer(std::move(whole)) {}

  struct Extra {
    std::string name;
    std::vector<std::int64_t> shape;
    std::vector<std::int32_t> layers;
  };

  const HfClass& kind;
  HfFields text;   ///< of the language model
  HfFields outer;  ///< the whole file; the same where nothing is nested
  HfHints hints;
  std::string gguf;
  ArchitectureRecord record;
  std::string layer_kinds;
  std::string ffn_kinds;
  std::vector<std::int32_t> heads;
  std::vector<std::int32_t> kv_heads;
  std::vector<std::int32_t> ffn_sizes;
  std::vector<std::int32_t> norms;
  std::vector<std::int32_t> indexer_layers;
  std::vector<std::int32_t> compress_ratios;
  std::vector<Extra> once;
  std::vector<Extra> per_layer;

  [[nodiscard]] Architecture& dims() { return record.dims; }
  [[nodiscard]] std::size_t layers() const { return static_cast<std::size_t>(record.layers); }
};

// The parts, in the order in which they are read.
void read_hf_widths(HfDraft& draft);
void read_hf_biases(HfDraft& draft);
void read_hf_mixing(HfDraft& draft);
void read_hf_experts(HfDraft& draft);
void read_hf_attention_parts(HfDraft& draft);
void read_hf_recurrent_parts(HfDraft& draft);

}  // namespace llmfit::model
