// SPDX-License-Identifier: MIT
#pragma once

#include "llmfit/model.hpp"

namespace llmfit::model {

/// Fills in the parameters of a model that was read from a file, all and active: towers included,
/// draft blocks not, and of routed experts as many as a token is sent to.
void count_all_parameters(Model& model);

}  // namespace llmfit::model
