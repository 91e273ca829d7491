// SPDX-License-Identifier: MIT
#pragma once

#include "catalog/fields.hpp"
#include "llmfit/model.hpp"

namespace llmfit::catalog {

/// What an architecture has in place of plain attention: its state-space, linear, recurrent and
/// latent parts, and the two stacks of an encoder-decoder.
void read_mixers(Architecture& dims, const Fields& fields);

}  // namespace llmfit::catalog
