// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "search/fit_format.hpp"

namespace llmfit::search {

/// "aws g6.xlarge".
std::string machine_name(const OfferRecord& offer);

/// What is said where a configuration has no price on that term.
NoteCode no_price(RentalTerm term);

/// What there is to say about the prices that are shown: their age, what they leave out, what the
/// term means.
std::vector<Note> price_notes(const Question& question, const FitResult& result);

}  // namespace llmfit::search
