// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "llmfit/add_ons.hpp"

namespace llmfit::sizing {

/// The rank that an engine has room for where adapters have this one. Errors: invalid_value (a rank
/// above vLLM's largest).
Result<std::int32_t> held_rank(const Lora& lora, Engine engine);

}  // namespace llmfit::sizing
