// SPDX-License-Identifier: MIT
#include "render/json.hpp"
#include "render/json_apis.hpp"
#include "render/json_batch.hpp"
#include "render/json_changes.hpp"
#include "render/json_explain.hpp"
#include "render/json_frontier.hpp"
#include "render/json_hardware.hpp"
#include "render/json_launch.hpp"
#include "render/json_limits.hpp"
#include "render/json_notes.hpp"
#include "render/json_numbers.hpp"
#include "render/json_owning.hpp"
#include "render/json_rates.hpp"
#include "render/json_service.hpp"
#include "render/json_writer.hpp"
#include "render/speed_line.hpp"
#include "render/split_text.hpp"

namespace llmfit::render {
namespace {

using Shape = JsonWriter::Shape;

void write_license(JsonWriter& json, const std::optional<License>& license) {
  json.key("license");
  if (!license) return json.value(nullptr);
  json.object();
  json.text_field("id", license->id);
  json.text_field("commercial_use", license->commercial_use);
  json.key("conditions");
  json.array();
  for (const auto& condition : license->conditions) json.value(condition);
  json.end();
  json.end();
}

void write_model(JsonWriter& json, const Model& model) {
  json.key("model");
  json.object();
  json.text_field("id", model.id);
  json.field("name", model.name);
  json.field("parameters", model.parameters);
  json.field("active_parameters", model.active_parameters);
  json.field("architecture", model.architecture);
  json.field("context_length", model.context_length);
  json.field("source", to_string(model.source));
  write_license(json, model.license);
  json.end();
}

/// Where no engine has the format: what was asked for, or would be the default.
void write_workload(JsonWriter& json, const FitView& view) {
  const auto* shared = shared_workload(view);
  const auto& typed = view.request.workload;
  const auto context = typed.context.value_or(default_context(view.model));
  const auto sequences = typed.sequences.value_or(1);
  json.key("workload");
  json.object(Shape::line);
  json.field("phase", "inference");
  json.field("context", shared ? shared->context : context);
  json.field("sequences", shared ? shared->sequences : sequences);
  const auto* rates = first_rates(view);
  json.field("input_tokens", rates ? std::optional(rates->input) : std::nullopt);
  json.field("output_tokens", rates ? std::optional(rates->output) : std::nullopt);
  json.end();
}

/// The verdict, and the limits that it rests on.
void write_verdict(JsonWriter& json, const FitView& view) {
  if (!view.verdict) return;
  json.field("fits", *view.verdict);
  const auto* candidate = deciding(view.result.formats.front());
  const auto& license = view.model.license;
  write_limits(json, candidate == nullptr ? std::vector<LimitResult>{} : candidate->limits,
               view.request.limits.commercial, license ? license->commercial_use : std::string());
}

void write_head(JsonWriter& json, const FitView& view) {
  json.field("schema", "llmfit.report/1");
  json.field("version", view.version);
  json.key("catalog");
  json.object(Shape::line);
  json.field("version", view.catalog.version());
  json.text_field("prices_as_of", view.catalog.prices_as_of());
  json.end();
  write_model(json, view.model);
  write_workload(json, view);
  write_verdict(json, view);
  write_load(json, view.request.load);
}

std::optional<Bytes> term(const FormatResult& format, TermKind kind) {
  return format.footprint ? format.footprint->of(kind) : std::nullopt;
}

void write_memory(JsonWriter& json, const FormatResult& format) {
  json.key("memory");
  json.object();
  json.field("weights_bytes", term(format, TermKind::weights));
  json.field("kv_cache_bytes", term(format, TermKind::kv_cache));
  json.field("state_bytes", term(format, TermKind::state));
  json.field("compute_bytes", term(format, TermKind::compute));
  json.field("runtime_bytes", term(format, TermKind::runtime));
  const auto& footprint = format.footprint;
  json.field("host_bytes", footprint ? std::optional(footprint->host) : std::nullopt);
  json.field("total_bytes", footprint ? std::optional(footprint->total()) : std::nullopt);
  json.end();
}

void write_offer(JsonWriter& json, const Cost& cost) {
  json.key("offer");
  if (cost.offer == nullptr) return json.value(nullptr);
  json.object(Shape::line);
  json.field("provider", cost.offer->provider);
  json.text_field("instance", cost.offer->instance);
  json.text_field("region", cost.offer->region);
  json.text_field("as_of", price_date(cost));
  json.field("sla_percent", cost.offer->sla_percent);
  json.field("sla_instance_percent", cost.offer->sla_instance_percent);
  json.field("reliability", cost.offer->reliability);
  json.field("machines", cost.machines);
  write_terms(json, cost);
  json.end();
}

void write_cost(JsonWriter& json, const Cost& cost) {
  json.key("cost");
  json.object();
  json.field("usd_per_hour", clean(cost.usd_per_hour));
  json.field("usd_per_month", clean(cost.usd_per_month));
  json.field("usd_per_million_tokens", clean(cost.usd_per_million_tokens));
  json.field("purchase_usd", clean(cost.purchase_usd));
  json.text_field("purchase_basis", purchase_basis(cost));
  write_offer(json, cost);
  write_request_costs(json, cost);
  json.end();
}

/// What lies in host memory because the devices do not hold it; null where nothing does.
void write_offload(JsonWriter& json, const Candidate& candidate) {
  json.key("offload");
  if (!candidate.offload) return json.value(nullptr);
  const auto& host = *candidate.offload;
  json.object(Shape::line);
  json.field("weights_bytes", host.weights);
  json.field("kv_cache_bytes", host.kv_cache);
  json.field("state_bytes", host.state);
  json.field("compute_bytes", host.compute);
  json.field("total_bytes", host.total());
  json.field("layers", host.layers);
  json.field("expert_layers", host.expert_layers);
  json.field("gpu_layers", host.gpu_layers);
  json.field("n_cpu_moe", host.cpu_moe);
  json.field("per_device_bytes", host.per_device);
  json.field("usable_bytes", host.usable);
  if (!host.tensor_split.empty()) {
    json.key("tensor_split");
    json.array();
    for (const auto share : host.tensor_split) json.value(share);
    json.end();
  }
  json.end();
}

void write_configuration(JsonWriter& json, const Candidate& candidate, bool job) {
  json.object();
  write_cards(json, candidate.gpus);
  json.field("nodes", candidate.split.nodes);
  json.field("tensor_parallel", candidate.split.tensor);
  json.field("pipeline_parallel", candidate.split.pipeline);
  json.field("data_parallel", candidate.split.data);
  json.field("expert_parallel", expert_parallel(candidate));
  json.field("idle_gpus", idle_cards(candidate));
  json.field("fits", candidate.fits);
  json.text_field("reason", candidate.reason ? to_string(*candidate.reason) : std::string_view{});
  json.field("memory_fits",
             candidate.devices.empty() ? std::nullopt : std::optional(candidate.holds));
  json.field("max_context", candidate.max_context);
  json.field("max_sequences", candidate.max_sequences);
  json.text_field("usable_basis", usable_basis(candidate));
  write_devices(json, candidate.devices);
  write_offload(json, candidate);
  write_rates(json, candidate.rates);
  write_service(json, candidate);
  write_cost(json, candidate.cost);
  write_owning(json, candidate.owning, candidate.energy);
  if (job) write_batch(json, candidate.batch.get());
  json.end();
}

/// Users x context: rows in the order of `contexts`, entries in that of `sequences`.
void write_table(JsonWriter& json, const LoadTable& table) {
  json.key("table");
  json.object();
  const auto write_numbers = [&](std::string_view key, const std::vector<std::int64_t>& numbers) {
    json.key(key);
    json.array();
    for (const auto number : numbers) json.value(number);
    json.end();
  };
  write_numbers("contexts", table.contexts);
  write_numbers("sequences", table.sequences);
  json.key("rows");
  json.array();
  for (const auto& row : table.entries) {
    json.array();
    for (const auto& entry : row) {
      json.object(Shape::line);
      json.field("needed_bytes", entry.needed);
      json.field("fits", entry.fits);
      json.end();
    }
    json.end();
  }
  json.end();
  json.end();
}

void write_format(JsonWriter& json, const FitView& view, const FormatResult& format) {
  const auto& weights = format.weights;
  const bool has_cache = format.workload && !view.model.known_by_size_only;
  json.object();
  json.field("id", format_id(format));
  json.field("engine", to_string(format.choice.engine));
  json.field("bits_per_weight", weights ? clean(weights->bits_per_weight) : std::nullopt);
  json.field("tensor_bytes", weights ? std::optional(weights->tensor_bytes) : std::nullopt);
  json.text_field("kv_type", has_cache ? kv_type_name(*format.workload) : std::string{});
  write_memory(json, format);
  json.field("configurations_total", format.candidates_total);
  json.key("configurations");
  json.array();
  for (const auto& candidate : format.candidates) {
    write_configuration(json, candidate, view.request.load.batch.has_value());
  }
  json.end();
  write_headroom(json, format.headroom);
  write_break_even(json, view.request, format);
  json.field("engine_version", engine_version(view.catalog, format));
  json.field("file_bytes", format.file ? std::optional(format.file->total()) : std::nullopt);
  if (format.table) write_table(json, *format.table);
  if (view.explain) write_explain(json, view.catalog, format);
  json.end();
}

}  // namespace

std::string fit_json(const FitView& view) {
  JsonWriter json;
  json.object();
  write_head(json, view);
  write_batch_job(json, view);
  json.key("quantizations");
  json.array();
  for (const auto& format : view.result.formats) write_format(json, view, format);
  json.end();
  write_apis(json, view);
  if (view.wants_launch) write_launch(json, view.launch);
  write_factors(json, view);
  write_frontier(json, view);
  write_changes(json, view.result.changes);
  write_notes(json, view.result.notes);
  json.end();
  return json.take();
}

}  // namespace llmfit::render
