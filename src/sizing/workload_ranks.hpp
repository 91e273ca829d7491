// SPDX-License-Identifier: MIT
#pragma once

#include "sizing/workload_draft.hpp"

/// vLLM's settings of how many ranks there are and what each of them holds.
namespace llmfit::sizing {

Result<void> set_data_ranks(Draft& draft, const Setting& setting);
Result<void> set_decode_context(Draft& draft, const Setting& setting);
Result<void> set_cpu_offload(Draft& draft, const Setting& setting);
Result<void> set_stage_layers(Draft& draft, const Setting& setting);

}  // namespace llmfit::sizing
