// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "logs/draft.hpp"

namespace llmfit::logs {

/// The names under which a model may stand in a catalog, most trustworthy first.
std::vector<std::string> model_names(const Draft& draft);

/// The name without its last part where that tells a quantization and not the model; empty where it
/// does not: "Qwen3-14B-FP8-dynamic" becomes "Qwen3-14B-FP8", then "Qwen3-14B".
std::string_view without_format(std::string_view name);

/// llama.cpp's id of a file type as it prints it: "Q4_K - Medium" is "q4_k_m", "IQ4_XS - 4.25 bpw"
/// is "iq4_xs", "mostly Q2_K" is "q2_k".
std::string file_type_id(std::string_view printed);

}  // namespace llmfit::logs
