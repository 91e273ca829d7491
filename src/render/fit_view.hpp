// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "llmfit/fit.hpp"
#include "llmfit/frontier.hpp"
#include "llmfit/launch.hpp"

namespace llmfit::render {

/// What starts one of the configurations.
struct ShownLaunch {
  const FormatResult& format;
  const Candidate& candidate;
  Launch launch;
};

/// What was asked and what came out: all that the faces of the main job and of `check` show.
struct FitView {
  const Catalog& catalog;
  const Model& model;
  const FitRequest& request;
  const FitResult& result;
  std::string_view version;  ///< of llmfit
  bool explain = false;
  std::optional<bool> verdict{};  ///< `check` only: it fits and keeps every limit
  bool wants_launch = false;
  const ShownLaunch* launch = nullptr;  ///< null: it was not asked for, or nothing fits
  const Frontier* frontier = nullptr;   ///< null: it was not asked for
};

/// What every engine was asked to hold; null where none has the format.
const Workload* shared_workload(const FitView& view);

/// The format's own id, or the word as typed where the engine lacks it.
std::string_view format_id(const FormatResult& format);

/// The engine's version for which the figures hold: the record's, or the older one that was set.
std::string engine_version(const Catalog& catalog, const FormatResult& format);

/// "RTX 3090", "RTX 3090 + 2 x RTX 3060", "host memory".
std::string card_name(const Candidate& candidate);

/// "2 × L4", "host memory": the set in a sentence.
std::string set_name(const Candidate& candidate);

/// "2 x aws g5.48xlarge"; empty without an offer.
std::string rented_name(const Cost& cost);
/// "given", "street" or "launch"; empty: no price is known.
std::string_view purchase_basis(const Cost& cost);

/// The same with the term, where it is not on demand: "2 x aws g5.48xlarge (spot)".
std::string offer_name(const Cost& cost);

/// What lies in host memory, in the engine's words: "31 of 33 layers on the card"; empty where
/// nothing was left there.
std::string offload_text(const FitView& view, const Candidate& candidate);

/// "measured", "estimate" or "given" (by --usable): how the usable memory of its devices is known;
/// empty where nothing was placed.
std::string_view usable_basis(const Candidate& candidate);

/// How the usable memory of one device is known.
struct ShownCapacity {
  const GpuRecord* gpu = nullptr;  ///< null: host memory
  double count = 1;                ///< below 1: a slice
  Capacity capacity;
  bool given = false;  ///< by --usable
};

/// One entry for each different device of the configurations, in their order.
std::vector<ShownCapacity> shown_capacities(const std::vector<Candidate>& candidates);

}  // namespace llmfit::render
