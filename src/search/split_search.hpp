// SPDX-License-Identifier: MIT
#pragma once

#include "search/format_search.hpp"

namespace llmfit::search {

/// Where a set's devices cannot share the model at all, why.
struct SplitRefusal {
  Reason reason = Reason::not_divisible;
  std::string_view why;
};

/// How vLLM shares a model out over the set's cards: the first of the splits, in their order of
/// preference, that fits; where none does, the one that leaves the tightest device the most. Equal
/// cards may be left idle where only fewer of them can share the model, and weights go to the host
/// where the workload asks for as few of them as suffice.
std::optional<SplitRefusal> place_vllm(const FormatContext& context, const HardwareSet& set,
                                       Placement& placement);

/// The devices of a candidate that hold a part of the model; the others of its set are idle.
std::vector<Device> used_devices(const Candidate& candidate);

/// The workload as the candidate was placed: with what was solved for it.
Workload placed_workload(const FormatContext& context, const Candidate& candidate);

}  // namespace llmfit::search
