// SPDX-License-Identifier: MIT
#pragma once

#include "sizing/workload_draft.hpp"

/// llama.cpp's settings of what lies where: on which device, or in host memory. Errors as those of
/// `apply_setting`.
namespace llmfit::sizing {

Result<void> set_gpu_layers(Draft& draft, const Setting& setting);
Result<void> set_cpu_moe_blocks(Draft& draft, const Setting& setting);
Result<void> set_cpu_moe(Draft& draft, const Setting& setting);
Result<void> set_split_mode(Draft& draft, const Setting& setting);
Result<void> set_tensor_split(Draft& draft, const Setting& setting);
Result<void> set_main_gpu(Draft& draft, const Setting& setting);
Result<void> set_override_tensor(Draft& draft, const Setting& setting);
Result<void> set_fit(Draft& draft, const Setting& setting);

}  // namespace llmfit::sizing
