// SPDX-License-Identifier: MIT
#include <string>

#include "catalog/records.hpp"
#include "catch.hpp"
#include "support/same_support.hpp"

using namespace llmfit;
using namespace llmfit::catalog;

namespace {

template <class Item>
bool same(std::span<const Item> a, std::span<const Item> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

bool same_tensors(std::span<const ExtraTensor> a, std::span<const ExtraTensor> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const ExtraTensor& x, const ExtraTensor& y) {
                      return x.name == y.name && same(x.shape, y.shape) && same(x.layers, y.layers);
                    });
}

void check_same(const Experts& built, const Experts& read) {
  CHECK(built.count == read.count);
  CHECK(built.active == read.active);
  CHECK(built.ffn_size == read.ffn_size);
  CHECK(built.shared_ffn_size == read.shared_ffn_size);
  CHECK(built.zero_experts == read.zero_experts);
  CHECK(built.latent_size == read.latent_size);
  CHECK(built.dense_residual_ffn_size == read.dense_residual_ffn_size);
  CHECK(built.hash_layers == read.hash_layers);
  CHECK(built.gated == read.gated);
  CHECK(built.router_bias == read.router_bias);
  CHECK(built.expert_bias == read.expert_bias);
  CHECK(built.shared_gate == read.shared_gate);
  CHECK(built.latent_norm == read.latent_norm);
}

void check_same(const Mla& built, const Mla& read) {
  CHECK(built.q_lora_rank == read.q_lora_rank);
  CHECK(built.kv_lora_rank == read.kv_lora_rank);
  CHECK(built.qk_nope_head_dim == read.qk_nope_head_dim);
  CHECK(built.qk_rope_head_dim == read.qk_rope_head_dim);
  CHECK(built.v_head_dim == read.v_head_dim);
  CHECK(built.bias == read.bias);
  CHECK(built.output_gate == read.output_gate);
}

void check_same(const Ssm& built, const Ssm& read) {
  CHECK(built.version == read.version);
  CHECK(built.d_inner == read.d_inner);
  CHECK(built.d_state == read.d_state);
  CHECK(built.d_conv == read.d_conv);
  CHECK(built.n_groups == read.n_groups);
  CHECK(built.heads == read.heads);
  CHECK(built.dt_rank == read.dt_rank);
  CHECK(built.conv_bias == read.conv_bias);
  CHECK(built.proj_bias == read.proj_bias);
  CHECK(built.gated_norm == read.gated_norm);
  CHECK(built.dt_b_c_norm == read.dt_b_c_norm);
}

void check_same(const RgLru& built, const RgLru& read) {
  CHECK(built.width == read.width);
  CHECK(built.blocks == read.blocks);
  CHECK(built.d_conv == read.d_conv);
}

void check_same(const LinearAttention& built, const LinearAttention& read) {
  CHECK(built.kind == read.kind);
  CHECK(built.key_heads == read.key_heads);
  CHECK(built.value_heads == read.value_heads);
  CHECK(built.key_head_dim == read.key_head_dim);
  CHECK(built.value_head_dim == read.value_head_dim);
  CHECK(built.conv_kernel == read.conv_kernel);
  CHECK(built.full_rank_gate == read.full_rank_gate);
  CHECK(built.qk_norm == read.qk_norm);
}

void check_same(const ShortConv& built, const ShortConv& read) {
  CHECK(built.l_cache == read.l_cache);
}

void check_same(const Rwkv& built, const Rwkv& read) {
  CHECK(built.head_size == read.head_size);
  CHECK(built.lora_decay == read.lora_decay);
  CHECK(built.lora_iclr == read.lora_iclr);
  CHECK(built.lora_value == read.lora_value);
  CHECK(built.lora_gate == read.lora_gate);
}

void check_same(const CompressedAttention& built, const CompressedAttention& read) {
  CHECK(built.q_lora_rank == read.q_lora_rank);
  CHECK(built.o_groups == read.o_groups);
  CHECK(built.o_lora_rank == read.o_lora_rank);
  CHECK(built.hc_mult == read.hc_mult);
  CHECK(built.index_heads == read.index_heads);
  CHECK(built.index_head_dim == read.index_head_dim);
}

void check_same(const EncoderDecoder& built, const EncoderDecoder& read) {
  CHECK(built.encoder_layers == read.encoder_layers);
  CHECK(built.decoder_layers == read.decoder_layers);
  CHECK(built.relative_buckets == read.relative_buckets);
  CHECK(built.bart == read.bart);
}

void check_same(const Indexer& built, const Indexer& read) {
  CHECK(built.heads == read.heads);
  CHECK(built.head_dim == read.head_dim);
}

template <class Part>
void check_part(const std::optional<Part>& built, const std::optional<Part>& read) {
  REQUIRE(built.has_value() == read.has_value());
  if (built) check_same(*built, *read);
}

void check_switches(const Architecture& built, const Architecture& read) {
  CHECK(built.embedding_projection_both == read.embedding_projection_both);
  CHECK(built.embedding_norm == read.embedding_norm);
  CHECK(built.embedding_norm_bias == read.embedding_norm_bias);
  CHECK(built.tied_embeddings == read.tied_embeddings);
  CHECK(built.lm_head == read.lm_head);
  CHECK(built.lm_head_bias == read.lm_head_bias);
  CHECK(built.gated_mlp == read.gated_mlp);
  CHECK(built.qkv_bias == read.qkv_bias);
  CHECK(built.attention_out_bias == read.attention_out_bias);
  CHECK(built.k_eq_v == read.k_eq_v);
  CHECK(built.final_norm == read.final_norm);
  CHECK(built.sinks_all == read.sinks_all);
  CHECK(built.sinks_sliding == read.sinks_sliding);
}

void check_same(const Architecture& built, const Architecture& read) {
  CHECK(built.kind == read.kind);
  CHECK(built.hidden_size == read.hidden_size);
  CHECK(built.vocab_size == read.vocab_size);
  CHECK(built.embedding_size == read.embedding_size);
  CHECK(built.output_rows == read.output_rows);
  CHECK(built.position_embeddings == read.position_embeddings);
  CHECK(built.token_types == read.token_types);
  check_switches(built, read);
  CHECK(built.mlp_bias == read.mlp_bias);
  CHECK(built.qk_norm == read.qk_norm);
  CHECK(built.norm == read.norm);
  CHECK(built.norms_per_layer == read.norms_per_layer);
  CHECK(built.output_gate == read.output_gate);
  check_part(built.experts, read.experts);
  check_part(built.mla, read.mla);
  check_part(built.indexer, read.indexer);
  check_part(built.ssm, read.ssm);
  check_part(built.rg_lru, read.rg_lru);
  check_part(built.linear_attention, read.linear_attention);
  check_part(built.short_conv, read.short_conv);
  check_part(built.rwkv, read.rwkv);
  check_part(built.compressed, read.compressed);
  check_part(built.encoder_decoder, read.encoder_decoder);
  CHECK(built.mtp_layers == read.mtp_layers);
}

void check_same(const ArchitectureRecord& built, const ArchitectureRecord& read) {
  check_same(built.dims, read.dims);
  CHECK(built.gguf == read.gguf);
  CHECK(built.model_type == read.model_type);
  CHECK(built.layers == read.layers);
  CHECK(built.heads == read.heads);
  CHECK(built.kv_heads == read.kv_heads);
  CHECK(built.head_dim == read.head_dim);
  CHECK(built.value_head_dim == read.value_head_dim);
  CHECK(built.ffn_size == read.ffn_size);
  CHECK(built.layer_kinds == read.layer_kinds);
  CHECK(built.ffn_kinds == read.ffn_kinds);
  CHECK(built.window == read.window);
  CHECK(built.window_heads == read.window_heads);
  CHECK(built.window_kv_heads == read.window_kv_heads);
  CHECK(built.window_head_dim == read.window_head_dim);
  CHECK(built.window_value_head_dim == read.window_value_head_dim);
  CHECK(built.kv_shared_layers == read.kv_shared_layers);
  CHECK(same(built.heads_by_layer, read.heads_by_layer));
  CHECK(same(built.kv_heads_by_layer, read.kv_heads_by_layer));
  CHECK(same(built.ffn_size_by_layer, read.ffn_size_by_layer));
  CHECK(same(built.norms_by_layer, read.norms_by_layer));
  CHECK(same(built.indexer_layers, read.indexer_layers));
  CHECK(same(built.compress_ratios, read.compress_ratios));
  CHECK(built.vision_parameters == read.vision_parameters);
  CHECK(built.mtp_parameters == read.mtp_parameters);
  CHECK(built.rope_freqs == read.rope_freqs);
  CHECK(built.long_rope == read.long_rope);
  CHECK(built.stores_tied_head == read.stores_tied_head);
  CHECK(built.rotary_dim == read.rotary_dim);
  CHECK(built.mtp_in_gguf == read.mtp_in_gguf);
  CHECK(same_tensors(built.extra_tensors, read.extra_tensors));
  CHECK(same_tensors(built.extra_per_layer, read.extra_per_layer));
}

void check_same(const ModelRecord& built, const ModelRecord& read) {
  CHECK(built.id == read.id);
  CHECK(built.name == read.name);
  CHECK(built.family == read.family);
  CHECK(built.hf_repo == read.hf_repo);
  CHECK(same(built.aliases, read.aliases));
  CHECK(built.parameters == read.parameters);
  CHECK(built.active_parameters == read.active_parameters);
  CHECK(built.published_parameters == read.published_parameters);
  CHECK(built.included_parameters == read.included_parameters);
  CHECK(built.parameters_excepted == read.parameters_excepted);
  CHECK(built.parameters_unverified == read.parameters_unverified);
  CHECK(built.context_length == read.context_length);
  CHECK(built.native_dtype == read.native_dtype);
  CHECK(built.license_id == read.license_id);
  CHECK(built.license_commercial_use == read.license_commercial_use);
  CHECK(same(built.license_conditions, read.license_conditions));
  CHECK(built.json == read.json);
  REQUIRE((built.architecture == nullptr) == (read.architecture == nullptr));
  if (built.architecture != nullptr) check_same(*built.architecture, *read.architecture);
}

void check_same(const GpuRecord& built, const GpuRecord& read) {
  CHECK(built.id == read.id);
  CHECK(built.name == read.name);
  CHECK(built.vendor == read.vendor);
  CHECK(built.segment == read.segment);
  CHECK(same(built.families, read.families));
  CHECK(same(built.aliases, read.aliases));
  CHECK(built.compute_capability == read.compute_capability);
  CHECK(built.architecture == read.architecture);
  CHECK(built.gfx_target == read.gfx_target);
  CHECK(built.memory_gib == read.memory_gib);
  CHECK(built.driver_total_mib == read.driver_total_mib);
  CHECK(built.usable_mib == read.usable_mib);
  CHECK(built.usable_fraction == read.usable_fraction);
  CHECK(built.max_per_machine == read.max_per_machine);
  CHECK(built.datacenter_barred == read.datacenter_barred);
  CHECK(built.msrp_usd == read.msrp_usd);
  CHECK(built.street_usd == read.street_usd);
  CHECK(built.street_date == read.street_date);
  CHECK(built.json == read.json);
}

void check_same(const OfferRecord& built, const OfferRecord& read) {
  CHECK(built.provider == read.provider);
  CHECK(built.instance == read.instance);
  CHECK(built.gpu == read.gpu);
  CHECK(built.gpu_count == read.gpu_count);
  CHECK(built.usd_per_hour == read.usd_per_hour);
  CHECK(built.usd_per_hour_spot == read.usd_per_hour_spot);
  CHECK(built.region == read.region);
  CHECK(built.as_of == read.as_of);
  CHECK(built.spot_as_of == read.spot_as_of);
  CHECK(built.id == read.id);
  CHECK(built.kind == read.kind);
  CHECK(built.status == read.status);
  CHECK(built.slice_memory_gib == read.slice_memory_gib);
  CHECK(built.ram_gib == read.ram_gib);
  CHECK(built.sla_percent == read.sla_percent);
  CHECK(built.sla_instance_percent == read.sla_instance_percent);
  CHECK(built.reliability == read.reliability);
  CHECK(built.usd_per_hour_reserved_1y == read.usd_per_hour_reserved_1y);
  CHECK(built.usd_per_hour_reserved_3y == read.usd_per_hour_reserved_3y);
  CHECK(built.reserved_as_of == read.reserved_as_of);
  CHECK(built.billing == read.billing);
  CHECK(built.includes == read.includes);
  CHECK(built.json == read.json);
}

void check_same(const Format& built, const Format& read) {
  CHECK(built.id == read.id);
  CHECK(built.name == read.name);
  CHECK(built.engine == read.engine);
  CHECK(built.family == read.family);
  CHECK(built.type == read.type);
  CHECK(built.scheme == read.scheme);
  CHECK(built.summary == read.summary);
  REQUIRE(built.quality.size() == read.quality.size());
  for (std::size_t i = 0; i < built.quality.size(); ++i) {
    CHECK(built.quality[i].metric == read.quality[i].metric);
    CHECK(built.quality[i].value == read.quality[i].value);
    CHECK(built.quality[i].model == read.quality[i].model);
  }
  CHECK(built.bytes_per_parameter == read.bytes_per_parameter);
  CHECK(built.min_compute_capability == read.min_compute_capability);
  CHECK(same(built.vendors, read.vendors));
  test::check_same(built.cards, read.cards);
  CHECK(built.json == read.json);
}

void check_same(const EngineRecord& built, const EngineRecord& read) {
  CHECK(built.engine == read.engine);
  CHECK(built.version == read.version);
  CHECK(same(built.vendors, read.vendors));
  CHECK(built.min_compute_capability == read.min_compute_capability);
  test::check_same(built.cards, read.cards);
  test::check_same(built.cache_types, read.cache_types);
  REQUIRE(built.models_not_run.size() == read.models_not_run.size());
  for (std::size_t i = 0; i < built.models_not_run.size(); ++i) {
    CHECK(same(built.models_not_run[i].models, read.models_not_run[i].models));
    CHECK(built.models_not_run[i].because == read.models_not_run[i].because);
  }
  CHECK(built.runs_on_host == read.runs_on_host);
  CHECK(built.runtime_mib_low == read.runtime_mib_low);
  CHECK(built.runtime_mib == read.runtime_mib);
  CHECK(built.runtime_mib_high == read.runtime_mib_high);
  CHECK(built.utilization == read.utilization);
  CHECK(built.json == read.json);
}

/// Every record of a table is what the reader makes of its own text.
template <class Record, class Reader>
void check_table(std::span<const Record> records, Reader read) {
  Arena arena;
  for (const auto& record : records) {
    Faults faults;
    const auto json = Json::parse(record.json);
    check_same(record, read(Fields(json, "", arena, faults)));
    CHECK(faults.empty());
  }
}

}  // namespace

TEST_CASE("the compiled tables say what the data says", "[catalog]") {
  const auto& catalog = Catalog::builtin();
  check_table(catalog.models(), read_model);
  check_table(catalog.gpus(), read_gpu);
  check_table(catalog.offers(), read_offer);
  check_table(catalog.formats(), read_format);
  check_table(catalog.engines(), read_engine);
}

TEST_CASE("facts of known records", "[catalog]") {
  const auto& catalog = Catalog::builtin();
  const auto* llama = catalog.find_model("llama2-13b");
  REQUIRE(llama != nullptr);
  CHECK(llama->parameters == 13015864320);
  CHECK(llama->context_length == 4096);
  CHECK(llama->architecture->layers == 40);
  CHECK(llama->license_commercial_use == "conditional");
  const auto* rumour = catalog.find_model("gpt-4");
  REQUIRE(rumour != nullptr);
  CHECK(rumour->architecture == nullptr);
  CHECK(rumour->parameters_unverified);
  const auto* t4 = catalog.find_gpus("t4").at(0);
  CHECK(t4->compute_capability == 75);
  CHECK(t4->memory_gib == 16);
}
