// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "llmfit/format.hpp"
#include "llmfit/model.hpp"
#include "llmfit/result.hpp"
#include "llmfit/speed_record.hpp"
#include "llmfit/support.hpp"

namespace llmfit {

/// A tensor that only some models have, by name and shape (GGUF order); without `layers` it is in
/// every layer.
struct ExtraTensor {
  std::string_view name;
  std::span<const std::int64_t> shape;
  std::span<const std::int32_t> layers;
};

/// The typed part of a catalog model's architecture, as facts: strings and spans point into the
/// catalog.
struct ArchitectureRecord {
  Architecture dims;
  std::string_view gguf;        ///< GGUF architecture name, empty: llama.cpp does not run it
  std::string_view model_type;  ///< as in config.json
  std::int32_t layers = 0;
  std::int32_t heads = 0;
  std::int32_t kv_heads = 0;
  std::int32_t head_dim = 0;
  std::int32_t value_head_dim = 0;
  std::int32_t ffn_size = 0;
  std::string_view layer_kinds;  ///< one letter a layer, see LayerKind and the catalog's schema
  std::string_view ffn_kinds;
  std::int32_t window = 0;
  std::int32_t window_heads = 0;  ///< overrides of sliding layers, 0: as the others
  std::int32_t window_kv_heads = 0;
  std::int32_t window_head_dim = 0;
  std::int32_t window_value_head_dim = 0;
  std::int32_t kv_shared_layers = 0;             ///< the last layers that reuse an earlier cache
  std::span<const std::int32_t> heads_by_layer;  ///< empty: all layers alike
  std::span<const std::int32_t> kv_heads_by_layer;
  std::span<const std::int32_t> ffn_size_by_layer;
  std::span<const std::int32_t> norms_by_layer;
  std::span<const std::int32_t> indexer_layers;   ///< empty: all
  std::span<const std::int32_t> compress_ratios;  ///< by layer, of CompressedAttention
  std::int64_t vision_parameters = 0;             ///< of towers beside the language model
  std::int64_t mtp_parameters = 0;                ///< of draft blocks, as published; 0: unknown
  bool rope_freqs = false;                        ///< GGUF files hold precomputed rotary factors
  bool long_rope = false;                         ///< GGUF files hold two sets of rotary factors
  bool stores_tied_head = false;  ///< the checkpoint holds a tied output matrix all the same
  std::int32_t rotary_dim = 0;    ///< rotated elements of a head, 0: all of them
  std::optional<bool> mtp_in_gguf = std::nullopt;  ///< do GGUF files hold the draft blocks;
                                                   ///< absent: as is usual for the architecture
  std::span<const ExtraTensor> extra_tensors;
  std::span<const ExtraTensor> extra_per_layer;
};

/// A published figure of how well a model does, in the metric's own unit.
struct ModelScore {
  std::string_view metric;  ///< "MMLU-Pro"
  double value = 0;
  std::string_view variant;  ///< what was measured, as its publisher names it
};

struct ModelRecord {
  std::string_view id;
  std::string_view name;
  std::string_view family;
  std::string_view hf_repo;  ///< empty: none
  std::span<const std::string_view> aliases;
  std::optional<std::int64_t> parameters;
  std::optional<std::int64_t> active_parameters;
  std::optional<std::int64_t> published_parameters;
  std::int64_t included_parameters = 0;  ///< towers, drafts, scales inside the published count
  bool parameters_excepted = false;      ///< a reason in the record exempts it from the 0.5 % check
  bool parameters_unverified = false;    ///< the count itself is a rumour, from memory or nominal
  std::optional<std::int64_t> context_length;
  std::string_view native_dtype;
  std::string_view license_id;
  std::string_view license_commercial_use;
  std::span<const std::string_view> license_conditions;
  std::span<const ModelScore> scores;                ///< empty: none was published
  const ArchitectureRecord* architecture = nullptr;  ///< null: known by size only
  std::string_view json;                             ///< the record as the catalog has it
  bool from_overlay = false;
};

struct GpuRecord {
  std::string_view id;
  std::string_view name;
  std::string_view vendor;
  std::string_view segment;
  std::string_view memory_type;  ///< "GDDR6", "HBM2e" …; empty: unknown
  std::span<const std::string_view> families;
  std::span<const std::string_view> aliases;
  std::optional<std::int32_t> compute_capability;  ///< 86 is 8.6; NVIDIA only
  std::string_view architecture;                   ///< "Ampere", "CDNA 3", "Gaudi 2"
  std::string_view gfx_target;                     ///< "gfx942"; AMD only, may be empty
  double memory_gib = 0;                           ///< of one device
  std::optional<double> driver_total_mib;          ///< what nvidia-smi prints
  std::optional<double> usable_mib;       ///< what the runtime reports to a program, measured
  std::optional<double> usable_fraction;  ///< Apple: share of RAM the GPU may wire
  std::int32_t max_per_machine = 8;
  bool datacenter_barred = false;  ///< its driver's licence does not cover data centres
  std::optional<double> msrp_usd;
  std::optional<double> street_usd;
  std::string_view street_date;
  CardPeaks peaks;
  std::string_view json;
};

/// What one card costs to buy, in US dollars: the street price, else the launch price.
struct PurchasePrice {
  std::optional<double> usd;  ///< absent: neither is known
  bool street = false;
  std::string_view date;  ///< of a street price; empty: none is known
};
PurchasePrice purchase_price(const GpuRecord& gpu);

enum class OfferStatus { listed, retired, superseded };

/// On what terms a machine is rented: each has a price of its own.
enum class RentalTerm { on_demand, spot, reserved_1y, reserved_3y };
std::string_view to_string(RentalTerm term);  ///< as in JSON: "reserved_1y"
std::string_view describe(RentalTerm term);   ///< "reserved for a year"

struct OfferRecord {
  std::string_view provider;
  std::string_view instance;
  std::string_view gpu;         ///< empty: CPU only
  std::int32_t gpu_index = -1;  ///< into Catalog::gpus(), -1: CPU only
  double gpu_count = 0;         ///< below 1: a slice of one card
  std::optional<double> usd_per_hour;
  std::optional<double> usd_per_hour_spot;
  std::string_view region;  ///< empty: unknown
  std::string_view as_of;
  std::string_view spot_as_of;
  std::string_view id;
  std::string_view kind;
  OfferStatus status = OfferStatus::listed;
  std::optional<double> slice_memory_gib;
  std::optional<double> ram_gib;
  std::optional<double> sla_percent;           ///< monthly uptime promised over several zones
  std::optional<double> sla_instance_percent;  ///< that of one machine
  std::optional<double> reliability;           ///< share of time up, as the market place counts it
  std::optional<double> usd_per_hour_reserved_1y;
  std::optional<double> usd_per_hour_reserved_3y;
  std::string_view reserved_as_of;
  std::string_view billing;   ///< the smallest unit billed: "hour", "second" …; empty: unknown
  std::string_view includes;  ///< "machine", or "card": CPU and memory cost extra; empty: unknown
  std::string_view json;
};

/// A price of an offer, with its own date.
struct RentalPrice {
  std::optional<double> usd_per_hour;  ///< of the whole offer; absent: none is known
  std::string_view as_of;
};
RentalPrice rental_price(const OfferRecord& offer, RentalTerm term);

/// Facts about one serving engine: where it runs and what it takes beside the model.
struct EngineRecord {
  Engine engine = Engine::params;
  std::string_view version;                   ///< for which its constants hold
  std::span<const std::string_view> vendors;  ///< card vendors it runs on; empty: all
  std::optional<std::int32_t> min_compute_capability;
  std::span<const CardRule> cards;  ///< what is particular about the cards of one vendor
  std::span<const CacheSupport> cache_types;
  std::span<const ModelsNotRun> models_not_run;
  bool runs_on_host = false;          ///< can it run in host memory alone
  double runtime_mib_low = 0;         ///< context, kernels, allocator: the band …
  std::optional<double> runtime_mib;  ///< … and the value used; absent: nothing is known
  double runtime_mib_high = 0;
  std::string_view runtime_basis;     ///< what the band rests on, in words
  double utilization = 1;             ///< default share of a device's total it may use
  std::span<const SpeedRules> speed;  ///< the engine first; empty: nothing was measured
  std::string_view json;
};

/// A lookup name: folded, and the record that it belongs to.
struct NameEntry {
  std::string_view folded;
  std::int32_t index = 0;
};

/// Everything that is looked up: the built-in tables, or those with overlays merged in by id.
/// Records are views into storage that the catalog owns; they live as long as it does.
class Catalog {
 public:
  struct Tables {
    std::span<const ModelRecord> models;
    std::span<const GpuRecord> gpus;
    std::span<const OfferRecord> offers;
    std::span<const Format> formats;
    std::span<const EngineRecord> engines;
    std::span<const std::string_view> economics;  ///< records as JSON
    std::span<const NameEntry> model_names;       ///< sorted by folded name
    std::span<const NameEntry> gpu_names;         ///< ids, aliases and names of cards, sorted
    std::span<const NameEntry> gpu_families;      ///< one entry per family and member, sorted
    std::string_view prices_as_of;                ///< newest date of a price
  };

  Catalog(Tables tables, std::shared_ptr<const void> storage, std::string version);

  /// The catalog compiled into this library.
  static const Catalog& builtin();
  /// `base` with the records of each overlay text added, or put in place of those with the same id.
  /// `name` is the file's name for messages. Errors, the first one: invalid_file (it is no JSON
  /// that llmfit reads), invalid_catalog (a broken rule).
  struct OverlayText {
    std::string name;
    std::string text;
  };
  static Result<Catalog> with_overlays(const Catalog& base, std::span<const OverlayText> overlays);

  [[nodiscard]] std::span<const ModelRecord> models() const { return tables_.models; }
  [[nodiscard]] std::span<const GpuRecord> gpus() const { return tables_.gpus; }
  [[nodiscard]] std::span<const OfferRecord> offers() const { return tables_.offers; }
  [[nodiscard]] std::span<const Format> formats() const { return tables_.formats; }
  [[nodiscard]] std::span<const EngineRecord> engines() const { return tables_.engines; }
  [[nodiscard]] std::span<const std::string_view> economics() const { return tables_.economics; }
  [[nodiscard]] std::string_view version() const { return version_; }
  [[nodiscard]] std::string_view prices_as_of() const { return tables_.prices_as_of; }

  [[nodiscard]] const EngineRecord& engine(Engine engine) const;

  /// By id, alias, name or Hugging Face id; case, spaces, `-`, `_`, `/` and dots not between digits
  /// do not matter. Null when there is none.
  [[nodiscard]] const ModelRecord* find_model(std::string_view name) const;
  /// The model whose dimensions a name shares that the catalog does not have: without the owner of
  /// the repository and without endings such as "-Instruct", "-it", "-GGUF". Null when there is
  /// none.
  [[nodiscard]] const ModelRecord* find_base_model(std::string_view name) const;
  /// The card of that name, or every variant of a family. Empty when there is none.
  [[nodiscard]] std::vector<const GpuRecord*> find_gpus(std::string_view name) const;
  [[nodiscard]] const Format* find_format(Engine engine, std::string_view id) const;

  /// Like the above, with an error that suggests up to three near names.
  [[nodiscard]] Result<const ModelRecord*> model(std::string_view name) const;
  [[nodiscard]] Result<std::vector<const GpuRecord*>> gpus(std::string_view name) const;
  /// Up to three names of cards near to `typed`, nearest first.
  [[nodiscard]] std::vector<std::string_view> near_gpu_names(std::string_view typed) const;

 private:
  Tables tables_;
  std::shared_ptr<const void> storage_;
  std::string version_;
};

/// A fault in a catalog file: where (JSON pointer) and what.
struct CatalogFault {
  std::string pointer;
  std::string message;
};

/// Every fault of a catalog file at once, against the schema and against `base` (references,
/// names). Empty: it is valid.
std::vector<CatalogFault> validate_catalog(const Catalog& base, std::string_view text);

/// The whole catalog as one file that `validate_catalog` accepts and that, as an overlay, changes
/// nothing.
std::string export_catalog(const Catalog& catalog);

/// JSON Schema of catalog files, as one self-contained document.
std::string_view catalog_schema();

}  // namespace llmfit
