// SPDX-License-Identifier: MIT
#pragma once

#include "llmfit/fit.hpp"
#include "llmfit/machine.hpp"

namespace llmfit::cli {

/// What a program can get of one found card now, and how that is known.
LocalDevice local_device(const KnownCard& card);

/// The machine as hardware to search: its cards with what is free on each, or its host's memory.
/// `count`: exactly that many cards. Errors: invalid_value (there are fewer).
Result<LocalMachine> local_machine(const Machine& machine, const Catalog& catalog,
                                   std::optional<std::int32_t> count);

}  // namespace llmfit::cli
