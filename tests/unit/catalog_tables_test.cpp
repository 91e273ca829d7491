// SPDX-License-Identifier: MIT
#include <string>

#include "catalog/records.hpp"
#include "catch.hpp"

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
  CHECK(built.position_embeddings == read.position_embeddings);
  CHECK(built.token_types == read.token_types);
  check_switches(built, read);
  CHECK(built.mlp_bias == read.mlp_bias);
  CHECK(built.qk_norm == read.qk_norm);
  CHECK(built.norm == read.norm);
  CHECK(built.norms_per_layer == read.norms_per_layer);
  CHECK(built.output_gate == read.output_gate);
  REQUIRE(built.experts.has_value() == read.experts.has_value());
  if (built.experts) check_same(*built.experts, *read.experts);
  REQUIRE(built.mla.has_value() == read.mla.has_value());
  if (built.mla) check_same(*built.mla, *read.mla);
  REQUIRE(built.indexer.has_value() == read.indexer.has_value());
  if (built.indexer) CHECK(built.indexer->heads == read.indexer->heads);
  if (built.indexer) CHECK(built.indexer->head_dim == read.indexer->head_dim);
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
  CHECK(built.memory_gib == read.memory_gib);
  CHECK(built.driver_total_mib == read.driver_total_mib);
  CHECK(built.usable_mib == read.usable_mib);
  CHECK(built.usable_fraction == read.usable_fraction);
  CHECK(built.max_per_machine == read.max_per_machine);
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
  CHECK(built.json == read.json);
}

void check_same(const Format& built, const Format& read) {
  CHECK(built.id == read.id);
  CHECK(built.name == read.name);
  CHECK(built.engine == read.engine);
  CHECK(built.family == read.family);
  CHECK(built.type == read.type);
  CHECK(built.bytes_per_parameter == read.bytes_per_parameter);
  CHECK(built.min_compute_capability == read.min_compute_capability);
  CHECK(built.json == read.json);
}

void check_same(const EngineRecord& built, const EngineRecord& read) {
  CHECK(built.engine == read.engine);
  CHECK(built.version == read.version);
  CHECK(same(built.vendors, read.vendors));
  CHECK(built.min_compute_capability == read.min_compute_capability);
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
