// SPDX-License-Identifier: MIT
#include "sizing/fingerprint.hpp"

namespace llmfit::sizing {
namespace {

constexpr std::uint64_t fnv_start = 0xcbf29ce484222325;

/// FNV-1a over whole numbers.
class Hash {
 public:
  explicit Hash(std::uint64_t start) : hash_(start) {}

  template <class... Values>
  void add(Values... values) {
    ((hash_ = (hash_ ^ static_cast<std::uint64_t>(values)) * prime), ...);
    hash_ ^= hash_ >> 29;  // high bits reach low ones, which a product alone does not do
  }
  [[nodiscard]] std::uint64_t value() const { return hash_; }

 private:
  static constexpr std::uint64_t prime = 0x100000001b3;
  std::uint64_t hash_;
};

void add_attention(Hash& hash, const Architecture& arch) {
  hash.add(arch.qk_norm, arch.output_gate, arch.qkv_bias, arch.k_eq_v);
  if (const auto& mla = arch.mla) {
    hash.add(mla->q_lora_rank, mla->kv_lora_rank, mla->qk_nope_head_dim, mla->qk_rope_head_dim,
             mla->v_head_dim);
  }
}

void add_experts(Hash& hash, const Architecture& arch) {
  if (!arch.experts) return;
  const auto& experts = *arch.experts;
  hash.add(experts.count, experts.active, experts.ffn_size, experts.shared_ffn_size,
           experts.latent_size, experts.gated, experts.router_bias, experts.shared_gate);
}

void add_recurrence(Hash& hash, const Architecture& arch) {
  if (const auto& ssm = arch.ssm) {
    hash.add(ssm->version, ssm->d_inner, ssm->d_state, ssm->d_conv, ssm->n_groups, ssm->heads,
             ssm->dt_rank, ssm->gated_norm, ssm->dt_b_c_norm);
  }
  if (const auto& net = arch.linear_attention) {
    hash.add(net->kind, net->key_heads, net->value_heads, net->key_head_dim, net->value_head_dim,
             net->conv_kernel);
  }
  if (arch.short_conv) hash.add(arch.short_conv->l_cache);
  if (const auto& rwkv = arch.rwkv) {
    hash.add(rwkv->head_size, rwkv->lora_decay, rwkv->lora_iclr, rwkv->lora_value, rwkv->lora_gate);
  }
}

}  // namespace

Fingerprint::Fingerprint(const Model& model) {
  Hash hash(fnv_start);
  if (model.architecture) {
    for (const char letter : *model.architecture) hash.add(letter);
  }
  const auto& arch = model.arch;
  hash.add(arch.kind, arch.hidden_size, arch.vocab_size, arch.position_embeddings, arch.token_types,
           arch.embedding_norm, arch.lm_head, arch.gated_mlp, arch.final_norm, arch.norm,
           arch.norms_per_layer);
  add_attention(hash, arch);
  add_experts(hash, arch);
  add_recurrence(hash, arch);
  hash_ = hash.value();
}

void Fingerprint::add(const Layer& layer) {
  Hash hash(hash_);
  hash.add(run_, layer.kind, layer.ffn, layer.heads, layer.kv_heads, layer.head_dim,
           layer.value_head_dim, layer.ffn_size, layer.window, layer.caches);
  hash_ = hash.value();
  run_ = 1;
}

std::uint64_t Fingerprint::value() const {
  Hash hash(hash_);
  hash.add(run_);
  return hash.value();
}

}  // namespace llmfit::sizing
