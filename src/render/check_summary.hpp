// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "render/fit_view.hpp"

namespace llmfit::render {

/// One check as the faces of several show it. It stands alone: neither model nor result is kept.
struct CheckSummary {
  std::string name;
  bool fits = false;  ///< it fits and keeps every limit
  std::string model;
  std::string quantization;
  std::string engine;
  std::string hardware;  ///< "2 × RTX 3090"
  std::string gpu;       ///< id; empty for a mixed set and for host memory
  double gpu_count = 0;
  std::int64_t context = 0;
  std::int64_t sequences = 0;
  std::string verdict;  ///< "ok", "no: out of memory"
  bool by_limit = false;
  std::optional<Reason> reason;
  std::optional<Bytes> needed;  ///< on the device with the least headroom
  std::optional<Bytes> usable;
  std::optional<Bytes> headroom;
  std::optional<std::int64_t> max_context;
  std::optional<std::int64_t> max_sequences;
  Cost cost;
  std::optional<Owning> owning{};  ///< absent: nobody asked
  std::optional<Energy> energy{};
  std::vector<LimitResult> limits;
  bool commercial = false;     ///< commercial use was asked for
  std::string commercial_use;  ///< what the licence says to it; empty: unknown
  std::vector<Note> notes;
  std::string document;  ///< `llmfit.report/1`; empty: nobody asked for it
};

/// What a run of `check` came to. An empty name is made of model, format and hardware.
CheckSummary summarize(const FitView& view, std::string name);

/// Why it is a no, a sentence each; never empty where it is one.
std::vector<std::string> why_not(const CheckSummary& check);

/// What it takes and costs: "needs 10.9 of 14.6 GiB on T4, $0.53 an hour".
std::string measure_text(const CheckSummary& check);

/// "does not fit", "breaks a limit" or "fits".
std::string_view verdict_text(const CheckSummary& check);

}  // namespace llmfit::render
