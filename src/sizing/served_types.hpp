// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "llmfit/format.hpp"
#include "llmfit/model.hpp"

namespace llmfit::sizing {

/// How a served format packs a tensor; absent: it stays in 16 bits, or in the format's plain type.
std::optional<Scheme> scheme_of(const Tensor& tensor, const Format& format);

/// Bytes of a tensor in the checkpoint of a served format.
Bytes file_bytes(const Tensor& tensor, const Format& format);

/// Bytes of a tensor on the device that runs it. vLLM rounds vocabularies up.
Bytes loaded_bytes(const Tensor& tensor, const Format& format);

}  // namespace llmfit::sizing
