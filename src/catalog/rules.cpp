// SPDX-License-Identifier: MIT
#include "catalog/rules.hpp"

#include <array>
#include <initializer_list>

#include "base/date.hpp"
#include "catalog/words.hpp"

namespace llmfit::catalog {
namespace {

/// A price, and the key of the date without which it says nothing.
struct DatedPrice {
  std::string_view price;
  std::string_view date;
};

constexpr std::array<DatedPrice, 8> dated_prices = {{
    {"usd_per_hour", "as_of"},
    {"eur_per_month", "as_of"},
    {"usd_per_hour_spot", "spot_as_of"},
    {"usd_per_hour_reserved_1y", "reserved_as_of"},
    {"usd_per_hour_reserved_3y", "reserved_as_of"},
    {"street_usd", "street_date"},
    {"input_usd_per_mtok", "as_of"},
    {"output_usd_per_mtok", "as_of"},
}};

void check_dates(const Fields& fields, std::initializer_list<std::string_view> keys) {
  for (const auto key : keys) {
    if (fields.has(key) && !base::parse_date(fields.text(key))) {
      fields.fault(key, "is not a date of the calendar; write YYYY, YYYY-MM or YYYY-MM-DD");
    }
  }
}

/// One fault a date, however many prices lack it.
void check_prices(const Fields& fields) {
  std::string_view missing;
  for (const auto& rule : dated_prices) {
    if (!fields.has(rule.price) || fields.has(rule.date) || rule.date == missing) continue;
    missing = rule.date;
    fields.fault(rule.date, "required for " + std::string(rule.price) +
                                ": a price needs its date, at least the year");
  }
}

void refer(const Fields& fields, std::string_view key, std::string_view kind,
           std::vector<Reference>& references) {
  if (!fields.has(key)) return;
  references.push_back({kind, std::string(fields.text(key)), below(fields.pointer(), key)});
}

void check_devices(const Fields& fields, const OfferRecord& offer) {
  if (offer.gpu.empty() != (offer.gpu_count == 0)) {
    fields.fault("gpu_count", "must be 0 without a gpu, and more than 0 with one");
  }
  const bool is_slice = offer.gpu_count > 0 && offer.gpu_count < 1;
  if (is_slice && !offer.slice_memory_gib) {
    fields.fault("slice_memory_gib", "required for a fraction of a card");
  }
  if (!is_slice && offer.slice_memory_gib) {
    fields.fault("slice_memory_gib", "belongs only to a fraction of a card; leave it out");
  }
}

void check_storage(const Fields& fields, Engine engine) {
  const bool by_count = engine == Engine::params;
  if (by_count != fields.has("bytes_per_parameter")) {
    fields.fault("bytes_per_parameter", by_count ? "required for engine params"
                                                 : "must be null for an engine with storage types");
  }
  const bool packed = fields.has("scheme");
  if (by_count && packed) fields.fault("scheme", "must be null for engine params");
  if ((by_count || packed) == fields.has("type")) {
    fields.fault("type", by_count ? "must be null for engine params"
                         : packed ? "must be null beside a scheme"
                                  : "required: a storage type, or a scheme");
  } else if (fields.has("type") && !tensor_type_from(fields.text("type"))) {
    fields.fault("type", "'" + std::string(fields.text("type")) + "' is not a storage type");
  }
}

}  // namespace

void check_record(const Fields& fields, const ModelRecord& model,
                  std::vector<Reference>& references) {
  check_dates(fields, {"release_date", "as_of"});
  for (const auto& score : fields.objects("quality")) check_dates(score, {"date"});
  refer(fields, "base_model", "models", references);
  if (model.architecture == nullptr) {
    if (!model.parameters) {
      fields.object("parameters").fault("total", "required for a model without an architecture");
    }
    return;
  }
  check_architecture(fields.object("architecture"), *model.architecture);
}

void check_record(const Fields& fields, const GpuRecord&, std::vector<Reference>&) {
  check_dates(fields, {"release", "street_date", "as_of"});
  check_prices(fields);
}

void check_record(const Fields& fields, const OfferRecord& offer,
                  std::vector<Reference>& references) {
  check_dates(fields, {"as_of", "spot_as_of", "reserved_as_of"});
  check_prices(fields);
  check_devices(fields, offer);
  refer(fields, "gpu", "gpus", references);
}

void check_record(const Fields& fields, const Format&, std::vector<Reference>& references) {
  check_dates(fields, {"as_of"});
  const auto word = fields.text("engine");
  const auto engine = engine_from(word);
  if (!engine) {
    fields.fault("engine", "must be llama.cpp, vllm, transformers, mlx, exllama or params");
    return;
  }
  refer(fields, "engine", "engines", references);
  check_storage(fields, *engine);
}

void check_record(const Fields& fields, const EngineRecord& engine, std::vector<Reference>&) {
  check_dates(fields, {"as_of"});
  const bool ordered = !engine.runtime_mib || (engine.runtime_mib_low <= *engine.runtime_mib &&
                                               *engine.runtime_mib <= engine.runtime_mib_high);
  if (!ordered) fields.fault("runtime_mib", "must have low <= value <= high");
}

void check_record(const Fields& fields, const EconomicsRecord&, std::vector<Reference>&) {
  check_dates(fields, {"as_of"});
  check_prices(fields);
  if (fields.text("kind") == "electricity_price" && !fields.has("as_of")) {
    fields.fault("as_of", "required for value: a price needs its date, at least the year");
  }
}

}  // namespace llmfit::catalog
