// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "llmfit/fit.hpp"
#include "render/report.hpp"

namespace llmfit::render {

/// How a set divides the model: "tp 4 × pp 2", "layers 12+10"; empty for one device.
std::string split_text(const Candidate& candidate, Engine engine);

/// Ranks to which whole experts are dealt; 1: experts are not dealt out.
std::int64_t expert_parallel(const Candidate& candidate);

/// Cards of the set that hold nothing.
std::int64_t idle_cards(const Candidate& candidate);

/// What each device of the sets holds, a section a set; sets of one device have none.
std::vector<Section> device_sections(const std::vector<Candidate>& candidates, Engine engine);

}  // namespace llmfit::render
