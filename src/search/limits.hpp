// SPDX-License-Identifier: MIT
#pragma once

#include "search/fit_format.hpp"
#include "search/format_search.hpp"

namespace llmfit::search {

/// Whether the request has a limit beside the model's memory.
bool asks_limits(const FitRequest& request);

/// The device of which the least is free, by the measure of a limit on headroom; null without
/// devices.
const DevicePlacement* fullest(const Candidate& candidate, LimitKind kind);

/// Every limit asked for beside what the candidate has. Limits on context and sequences need the
/// inverse solves.
std::vector<LimitResult> judge_limits(const FormatContext& context, const Candidate& candidate);

/// Turns a candidate that holds the model into a no where it breaks a limit: the first in the order
/// memory, money, promises. Solves for context and sequences where those are asked for.
void apply_limits(const FormatContext& context, Candidate& candidate);

/// The sentences on the limits that a candidate breaks.
std::vector<Note> limit_notes(const Question& question, const FormatResult& one,
                              const Candidate& candidate);

/// What a load assumes, and by what latencies are judged.
std::vector<Note> load_notes(const FitRequest& request);

/// The configuration that comes nearest to the latencies that none keeps.
std::vector<Note> nearest_notes(const Question& question, const Candidate& candidate);

/// What the model's licence has to say where commercial use is asked for.
std::vector<Note> license_notes(const Question& question);

/// Whose offers a driver's licence bars, and whose promise of uptime is for several zones.
std::vector<Note> offer_notes(const FitRequest& request, const FitResult& result);

/// Whether the request asks for commercial use and the model's licence does not allow it.
bool license_forbids(const Question& question);

}  // namespace llmfit::search
