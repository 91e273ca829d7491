// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "llmfit/fit.hpp"
#include "render/json_writer.hpp"
#include "render/report.hpp"

namespace llmfit::render {

/// How vLLM divides the memory of each configuration, one section each.
std::vector<Section> vllm_sections(const std::vector<Candidate>& candidates);

/// The same as the array "vllm"; nothing where no configuration was placed under vLLM.
void write_vllm_plans(JsonWriter& json, const std::vector<Candidate>& candidates);

}  // namespace llmfit::render
