// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "llmfit/fit.hpp"
#include "render/fit_view.hpp"

/// A hand-built answer of the main job: round figures, one card that fits and one that does not.
namespace llmfit::test {

inline Term exact_term(TermKind kind, Bytes bytes) {
  return {kind, bytes, Basis::exact, bytes, bytes, "sum over tensors", {}, "the engine's source"};
}

inline Term estimated_term(TermKind kind, Bytes bytes, Bytes low, Bytes high) {
  return {kind,
          bytes,
          Basis::estimate,
          low,
          high,
          "a x b",
          {{"a", 2, "catalog"}, {"b", 3, "engine"}},
          "measured"};
}

inline DevicePlacement device(Bytes weights, Bytes cache, Bytes usable) {
  DevicePlacement placed;
  placed.load = {weights, cache, Bytes{0}, mib(100), mib(400)};
  placed.usable = usable;
  placed.headroom = usable - (weights + cache + mib(500));
  return placed;
}

class FitFixture {
 public:
  FitFixture() {
    small_.id = "t4";
    small_.name = "NVIDIA Tesla T4 16GB";
    small_.memory_gib = 16;
    small_.usable_mib = 14910;
    large_.id = "rtx-3090";
    large_.name = "NVIDIA GeForce RTX 3090";
    large_.memory_gib = 24;
    offer_.provider = "aws";
    offer_.instance = "g4dn.xlarge";
    offer_.gpu = "t4";
    offer_.gpu_count = 1;
    offer_.region = "us-east-1";
    offer_.as_of = "2026-07-20";
    offer_.ram_gib = 16;
    format_.id = "q4_k_m";
    format_.engine = Engine::llama_cpp;
    model_.id = "llama2-13b";
    model_.name = "Llama 2 13B";
    model_.parameters = Elements{13015864320};
    model_.active_parameters = Elements{13015864320};
    model_.architecture = "llama";
    model_.context_length = Tokens{4096};
    model_.license = License{"llama2", "conditional", {"acceptable use policy"}};
    result.formats.push_back(sized_format());
    result.formats.back().candidates = {fitting(), failing()};
    result.formats.back().candidates_total = 2;
    result.formats.back().any_fits = true;
    result.any_fits = true;
    result.notes = {{NoteCode::no_offer, {"RTX 3090"}}};
  }

  // The candidates point into the fixture.
  FitFixture(const FitFixture&) = delete;
  FitFixture& operator=(const FitFixture&) = delete;

  [[nodiscard]] render::FitView view() const {
    return {catalog_, model_, request, result, "0.1.0", explain, verdict};
  }

  [[nodiscard]] Candidate fitting() const {
    Candidate candidate;
    candidate.gpus = {{&small_, 1}};
    candidate.fits = true;
    candidate.devices = {device(gib(7), gib(3), mib(14910))};
    candidate.usable_basis = Basis::exact;
    candidate.max_context = 4096;
    candidate.max_sequences = 2;
    candidate.cost.offer = &offer_;
    candidate.cost.machines = 1;
    candidate.cost.usd_per_hour = 0.526;
    candidate.cost.usd_per_month = 383.97999999999996;
    candidate.cost.purchase_usd = 900;
    return candidate;
  }

  [[nodiscard]] Candidate failing() const {
    Candidate candidate;
    candidate.gpus = {{&large_, 2}};
    candidate.split.tensor = 2;
    candidate.reason = Reason::out_of_memory;
    candidate.devices = {device(gib(20), gib(3), mib(23700)), device(gib(21), gib(3), mib(23700))};
    candidate.max_context = 0;
    return candidate;
  }

  [[nodiscard]] Candidate mixed() const {
    auto candidate = failing();
    candidate.gpus = {{&large_, 1}, {&small_, 2}};
    return candidate;
  }

  [[nodiscard]] Candidate host() const {
    auto candidate = fitting();
    candidate.gpus.clear();
    return candidate;
  }

  [[nodiscard]] FormatResult sized_format() const {
    FormatResult format;
    format.choice = {format_, Engine::llama_cpp, "q4"};
    format.workload = Workload{};
    Weights weights;
    weights.tensor_bytes = Bytes{7857429504};
    weights.bits_per_weight = 4.8295;
    weights.tensor_count = 363;
    format.weights = weights;
    Footprint footprint;
    footprint.terms = {exact_term(TermKind::weights, Bytes{7774000000}),
                       exact_term(TermKind::kv_cache, Bytes{3355443200}),
                       exact_term(TermKind::state, Bytes{0}),
                       estimated_term(TermKind::compute, Bytes{118000000}, mib(100), mib(130)),
                       estimated_term(TermKind::runtime, mib(502), mib(255), mib(749))};
    footprint.terms[1].inputs = {{"layers", 40, "catalog"},
                                 {"context", 4096, "option"},
                                 {"sequences", 1, "option"},
                                 {"K row", 10240, "catalog"},
                                 {"V row", 10240, "catalog"}};
    footprint.host = mib(90);
    format.footprint = footprint;
    return format;
  }

  FitRequest request;
  FitResult result;
  bool explain = false;
  std::optional<bool> verdict;

  [[nodiscard]] Model& model() { return model_; }

 private:
  GpuRecord small_;
  GpuRecord large_;
  OfferRecord offer_;
  Format format_;
  Model model_;
  Catalog catalog_{tables(), nullptr, "2026-08-22"};

  static Catalog::Tables tables() {
    Catalog::Tables tables;
    tables.prices_as_of = "2026-08-22";
    static const auto engines = [] {
      EngineRecord engine;
      engine.engine = Engine::llama_cpp;
      engine.version = "v0.5.0";
      return std::vector<EngineRecord>{engine};
    }();
    tables.engines = engines;
    return tables;
  }
};

}  // namespace llmfit::test
