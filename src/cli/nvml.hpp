// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace llmfit::cli {

/// What NVIDIA's management library answers, as `key=value` lines: `init`, `driver`, `count`, and
/// of each device `0.name`, `0.total`, `0.mig.0.total` …; `library`, why it cannot be loaded. Call
/// it in a process of its own: it may crash or hang.
std::string ask_nvml();

}  // namespace llmfit::cli
