// SPDX-License-Identifier: MIT
#include "catalog/generate_records.hpp"

#include "catalog/generate_arrays.hpp"
#include "catalog/generate_speed.hpp"
#include "catalog/words.hpp"

namespace llmfit::catalog {

namespace {

std::string cpp_scores(const Arrays& arrays, std::span<const ModelScore> scores) {
  std::string all;
  for (const auto& score : scores) {
    Initialiser out;
    out.text("metric", score.metric);
    out.real("value", score.value);
    out.text("variant", score.variant);
    all.append(all.empty() ? "{" : ",\n  ").append(out.str());
  }
  return all.empty() ? "" : arrays.define("ModelScore", "scores", "[]", all + "}");
}

}  // namespace

std::string cpp_record(const ModelRecord& model, std::size_t number, std::string& before) {
  const Arrays arrays("model_" + std::to_string(number), before);
  Initialiser out;
  out.text("id", model.id);
  out.text("name", model.name);
  out.text("family", model.family);
  out.text("hf_repo", model.hf_repo);
  out.expression("aliases", arrays.list("std::string_view", "aliases", model.aliases));
  out.number("parameters", model.parameters);
  out.number("active_parameters", model.active_parameters);
  out.number("published_parameters", model.published_parameters);
  out.number("included_parameters", model.included_parameters);
  out.flag("parameters_excepted", model.parameters_excepted);
  out.flag("parameters_unverified", model.parameters_unverified);
  out.number("context_length", model.context_length);
  out.text("native_dtype", model.native_dtype);
  out.text("license_id", model.license_id);
  out.text("license_commercial_use", model.license_commercial_use);
  out.expression("license_conditions",
                 arrays.list("std::string_view", "conditions", model.license_conditions));
  out.expression("scores", cpp_scores(arrays, model.scores));
  if (model.architecture != nullptr) {
    const auto value = cpp_architecture(*model.architecture, number, before);
    out.expression("architecture",
                   "&" + arrays.define("ArchitectureRecord", "architecture", "", value));
  }
  out.text("json", model.json);
  return out.str();
}

std::string cpp_record(const GpuRecord& gpu, std::size_t number, std::string& before) {
  const Arrays arrays("gpu_" + std::to_string(number), before);
  Initialiser out;
  out.text("id", gpu.id);
  out.text("name", gpu.name);
  out.text("vendor", gpu.vendor);
  out.text("segment", gpu.segment);
  out.text("memory_type", gpu.memory_type);
  out.expression("families", arrays.list("std::string_view", "families", gpu.families));
  out.expression("aliases", arrays.list("std::string_view", "aliases", gpu.aliases));
  out.number("compute_capability", gpu.compute_capability);
  out.text("architecture", gpu.architecture);
  out.text("gfx_target", gpu.gfx_target);
  out.real("memory_gib", gpu.memory_gib);
  out.real("driver_total_mib", gpu.driver_total_mib);
  out.real("usable_mib", gpu.usable_mib);
  out.real("usable_fraction", gpu.usable_fraction);
  out.number("max_per_machine", gpu.max_per_machine, GpuRecord{}.max_per_machine);
  out.flag("datacenter_barred", gpu.datacenter_barred);
  out.real("msrp_usd", gpu.msrp_usd);
  out.real("street_usd", gpu.street_usd);
  out.text("street_date", gpu.street_date);
  out.expression("peaks", cpp_peaks(gpu.peaks));
  out.text("json", gpu.json);
  return out.str();
}

std::string cpp_record(const OfferRecord& offer, std::size_t, std::string&) {
  Initialiser out;
  out.text("provider", offer.provider);
  out.text("instance", offer.instance);
  out.text("gpu", offer.gpu);
  out.number("gpu_index", offer.gpu_index, OfferRecord{}.gpu_index);
  out.real("gpu_count", offer.gpu_count);
  out.real("usd_per_hour", offer.usd_per_hour);
  out.real("usd_per_hour_spot", offer.usd_per_hour_spot);
  out.text("region", offer.region);
  out.text("as_of", offer.as_of);
  out.text("spot_as_of", offer.spot_as_of);
  out.text("id", offer.id);
  out.text("kind", offer.kind);
  out.expression("status", word_of(offer_status_words, offer.status).identifier);
  out.real("slice_memory_gib", offer.slice_memory_gib);
  out.real("ram_gib", offer.ram_gib);
  out.real("sla_percent", offer.sla_percent);
  out.real("sla_instance_percent", offer.sla_instance_percent);
  out.real("reliability", offer.reliability);
  out.real("usd_per_hour_reserved_1y", offer.usd_per_hour_reserved_1y);
  out.real("usd_per_hour_reserved_3y", offer.usd_per_hour_reserved_3y);
  out.text("reserved_as_of", offer.reserved_as_of);
  out.text("billing", offer.billing);
  out.text("includes", offer.includes);
  out.text("json", offer.json);
  return out.str();
}

namespace {

std::string cpp_scheme(const Scheme& scheme) {
  Initialiser out;
  out.number("millibits", scheme.millibits);
  out.number("group", scheme.group);
  out.number("group_rows", scheme.group_rows, Scheme{}.group_rows);
  out.flag("flat", scheme.flat);
  out.number("scale_bits", scheme.scale_bits);
  out.number("zero_bits", scheme.zero_bits);
  out.number("outer_group", scheme.outer_group);
  out.number("outer_bits", scheme.outer_bits);
  out.number("input_bytes", scheme.input_bytes);
  out.flag("order_dropped", scheme.order_dropped);
  out.number("matrix_bytes", scheme.matrix_bytes);
  out.number("head_millibits", scheme.head_millibits);
  out.number("embedding_millibits", scheme.embedding_millibits);
  out.flag("experts_only", scheme.experts_only);
  return "Scheme" + out.str();
}

std::string cpp_quality(const Arrays& arrays, std::span<const QualityFigure> figures) {
  std::string all;
  for (const auto& figure : figures) {
    Initialiser out;
    out.expression("metric", word_of(quality_metric_words, figure.metric).identifier);
    out.real("value", figure.value);
    out.text("model", figure.model);
    all.append(all.empty() ? "{" : ",\n  ").append(out.str());
  }
  return all.empty() ? "" : arrays.define("QualityFigure", "quality", "[]", all + "}");
}

/// One array of records; `item` writes the one under a number that is its own.
template <class Record, class Item>
std::string cpp_records(const Arrays& arrays, std::string_view type, std::string_view suffix,
                        std::span<const Record> records, Item item) {
  std::string all;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const auto own = std::string(suffix) + "_" + std::to_string(i);
    all.append(all.empty() ? "{" : ",\n  ").append(item(records[i], own));
  }
  return all.empty() ? "" : arrays.define(type, suffix, "[]", all + "}");
}

std::string cpp_card_rules(const Arrays& arrays, const std::string& suffix,
                           std::span<const CardRule> rules) {
  return cpp_records(arrays, "CardRule", suffix, rules, [&](const CardRule& rule, const auto& own) {
    const auto texts = [&](const char* what, std::span<const std::string_view> list) {
      return arrays.list("std::string_view", own + what, list);
    };
    Initialiser out;
    out.text("vendor", rule.vendor);
    out.expression("targets", texts("_targets", rule.targets));
    out.number("packaged_compute_capability", rule.packaged_compute_capability);
    out.number("native_compute_capability", rule.native_compute_capability);
    out.expression("native_targets", texts("_native", rule.native_targets));
    out.text("otherwise", rule.otherwise);
    return out.str();
  });
}

std::string cpp_cache_types(const Arrays& arrays, std::span<const CacheSupport> types) {
  return cpp_records(
      arrays, "CacheSupport", "cache", types, [&](const CacheSupport& type, const auto& own) {
        Initialiser cards;
        cards.expression("vendors",
                         arrays.list("std::string_view", own + "_vendors", type.cards.vendors));
        cards.number("min_compute_capability", type.cards.min_compute_capability);
        cards.expression("rules", cpp_card_rules(arrays, own + "_cards", type.cards.rules));
        Initialiser out;
        out.text("type", type.type);
        out.expression("cards", cards.str());
        return out.str();
      });
}

std::string cpp_models_not_run(const Arrays& arrays, std::span<const ModelsNotRun> models) {
  return cpp_records(
      arrays, "ModelsNotRun", "not_run", models, [&](const ModelsNotRun& entry, const auto& own) {
        Initialiser out;
        out.expression("models", arrays.list("std::string_view", own + "_models", entry.models));
        out.text("because", entry.because);
        return out.str();
      });
}

}  // namespace

std::string cpp_record(const Format& format, std::size_t number, std::string& before) {
  const Arrays arrays("format_" + std::to_string(number), before);
  Initialiser out;
  out.text("id", format.id);
  out.text("name", format.name);
  out.expression("engine", word_of(engine_words, format.engine).identifier);
  out.text("family", format.family);
  out.expression("type", "TensorType::" + std::string(layout(format.type).name));
  if (format.scheme) out.expression("scheme", cpp_scheme(*format.scheme));
  if (format.bytes_per_parameter > 0) out.real("bytes_per_parameter", format.bytes_per_parameter);
  out.number("min_compute_capability", format.min_compute_capability);
  out.expression("vendors", arrays.list("std::string_view", "vendors", format.vendors));
  out.expression("cards", cpp_card_rules(arrays, "cards", format.cards));
  out.text("summary", format.summary);
  out.expression("quality", cpp_quality(arrays, format.quality));
  out.text("json", format.json);
  return out.str();
}

std::string cpp_record(const EngineRecord& engine, std::size_t number, std::string& before) {
  const Arrays arrays("engine_" + std::to_string(number), before);
  Initialiser out;
  out.expression("engine", word_of(engine_words, engine.engine).identifier);
  out.text("version", engine.version);
  out.expression("vendors", arrays.list("std::string_view", "vendors", engine.vendors));
  out.number("min_compute_capability", engine.min_compute_capability);
  out.expression("cards", cpp_card_rules(arrays, "cards", engine.cards));
  out.expression("cache_types", cpp_cache_types(arrays, engine.cache_types));
  out.expression("models_not_run", cpp_models_not_run(arrays, engine.models_not_run));
  out.flag("runs_on_host", engine.runs_on_host);
  out.real("runtime_mib_low", engine.runtime_mib_low);
  out.real("runtime_mib", engine.runtime_mib);
  out.real("runtime_mib_high", engine.runtime_mib_high);
  out.text("runtime_basis", engine.runtime_basis);
  out.real("utilization", engine.utilization);
  out.expression("speed", cpp_speed(arrays, engine.speed));
  out.text("json", engine.json);
  return out.str();
}

std::string cpp_record(const NameEntry& entry, std::size_t, std::string&) {
  Initialiser out;
  out.text("folded", entry.folded);
  out.number("index", entry.index);
  return out.str();
}

std::string cpp_record(std::string_view text, std::size_t, std::string&) {
  return cpp_literal(text);
}

}  // namespace llmfit::catalog
