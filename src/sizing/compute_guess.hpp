// SPDX-License-Identifier: MIT
#pragma once

namespace llmfit::sizing::llama_cpp {

/// A bound in place of compute memory that would have to be replayed: enough for a search that only
/// asks whether something fits.
struct ComputeGuess {
  bool most = false;  ///< not less than it takes, `Bytes::max()` where nothing is known
  bool used = false;  ///< set where a bound was returned instead of the figure
};

}  // namespace llmfit::sizing::llama_cpp
