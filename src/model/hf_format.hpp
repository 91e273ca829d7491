// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/hf_quantization.hpp"
#include "model/safetensors.hpp"

namespace llmfit::model {

/// The format of weights as they lie there: that of the configuration, else the type in which most
/// of them are. Its texts point into `id` and `name`.
Format hf_format(const std::vector<FileTensor>& tensors,
                 const std::optional<HfQuantization>& quantization, std::string& id,
                 std::string& name);

/// Fewer than 16 bits a weight.
bool is_quantized(const Format& format);

}  // namespace llmfit::model
