// SPDX-License-Identifier: MIT
#pragma once

#include "llmfit/sizing.hpp"

namespace llmfit::sizing {

/// A footprint without what lies in the host's memory: enough for a verdict on cards, and half the
/// work. Errors: too_large.
Result<Footprint> size_on_devices(const Model& model, const Weights& weights,
                                  const Workload& workload, const Format& format,
                                  const EngineRecord& engine);

}  // namespace llmfit::sizing
