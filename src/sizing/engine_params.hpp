// SPDX-License-Identifier: MIT
#pragma once

#include "sizing/widths.hpp"

/// The textbook rule: parameters x bytes per parameter, and a fifth more.
namespace llmfit::sizing::params {

/// Overhead beside the weights. The rule of thumb is weights x 1.2; it names no band, so a wide one
/// is stated.
Estimate overhead(Bytes weights);

}  // namespace llmfit::sizing::params
