// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "llmfit/fit.hpp"

namespace llmfit {

/// Which formats of every model to judge, and for what.
struct SweepRequest {
  std::vector<std::string> formats;  ///< as `--quant` takes them; empty: the default ladder
  std::optional<Engine> engine;      ///< absent: each format's default engine
  WorkloadRequest workload;
  std::int32_t max_gpus = 8;  ///< sets of 1 to so many equal cards, at most eight
  bool rates = false;  ///< also the speed and the cost of the smallest set that fits of each card
  LoadRequest load;    ///< what the rates are for
};

/// The sets of one card that could hold one format of a model.
struct SweepRow {
  const ModelRecord& model;
  const FormatChoice& choice;
  const GpuRecord& gpu;
  /// Of one card, two cards …: what the tightest device has left, negative where it does not fit.
  /// Absent: the cards cannot share the model, are not sold in such a machine, or do not run it.
  std::span<const std::optional<Bytes>> headroom;
  /// The smallest set that fits, with its split, its price and its rates but without its devices;
  /// null: none fits, or nobody asked for rates.
  const Candidate* smallest = nullptr;
};

/// How many verdicts a sweep came to.
struct SweepCount {
  std::int64_t placements = 0;
  std::int64_t fitting = 0;
  std::int64_t rates = 0;  ///< sets whose speed is known
};

/// The verdict of `fit` on every model of the catalog in every format on every card, without prices
/// and inverse solves; `visit` gets a row for each format and card. Formats that cannot be sized
/// are left out. Errors: unknown_format, those of make_workload.
Result<SweepCount> sweep(const Catalog& catalog, const SweepRequest& request,
                         const std::function<void(const SweepRow&)>& visit);

}  // namespace llmfit
