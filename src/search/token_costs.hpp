// SPDX-License-Identifier: MIT
#pragma once

#include "llmfit/fit.hpp"

namespace llmfit::search {

struct FormatContext;

/// Prompt and answer of the load, or the usual ones where it names none; an encoder answers with no
/// token.
TokenMix mix_of(const Model& model, const LoadRequest& load);

/// What tokens and requests cost on a configuration whose price and rates are known.
void add_token_costs(const FormatContext& context, Candidate& candidate);

/// The first configuration of the format against each hosted API that was asked for; nothing where
/// it does not fit or has no price.
std::vector<ApiBreakEven> break_even_of(const FormatContext& context,
                                        const std::vector<Candidate>& candidates);

}  // namespace llmfit::search
