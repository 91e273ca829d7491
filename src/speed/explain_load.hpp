// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "llmfit/speed_terms.hpp"

namespace llmfit::speed {

/// How throughput and latencies of a load follow from its step and its prompts.
std::vector<LoadTerm> explain_load(const SpeedQuestion& question, const Rates& rates);

}  // namespace llmfit::speed
