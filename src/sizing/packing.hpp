// SPDX-License-Identifier: MIT
#pragma once

#include "llmfit/format.hpp"
#include "llmfit/model.hpp"

namespace llmfit::sizing {

/// Bytes of a tensor of matrices in a file of that scheme, with scales, zero points and what else
/// belongs to them. Experts are a matrix each.
Bytes packed_bytes(const Tensor& tensor, const Scheme& scheme);

/// The scheme as a device holds it: without what an engine drops when it has read the file.
Scheme on_device(const Scheme& scheme);

/// The smallest width that a split of a matrix along its inputs must keep whole.
std::int64_t whole_group(const Format& format);

}  // namespace llmfit::sizing
