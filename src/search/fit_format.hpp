// SPDX-License-Identifier: MIT
#pragma once

#include "cost/offers.hpp"
#include "llmfit/fit.hpp"

namespace llmfit::search {

/// The question apart from the format.
struct Question {
  const Catalog& catalog;
  const Model& model;
  const FitRequest& request;
  const cost::OfferBook& offers;
  Weigher& weigher;               ///< of the model
  std::span<const Device> cards;  ///< of the catalog, in its order
};

/// What of each configuration is wanted beside the verdict: nothing, its rates, or also the largest
/// context and the most sequences.
enum class Solve { no, rates, yes };

/// Everything about one format: sized, tried on the hardware, ordered, cut, solved.
Result<FormatResult> fit_format(const Question& question, const FormatChoice& choice,
                                Solve solve = Solve::yes);

/// Where formats of several engines are asked for, an option that only some of the engines have is
/// for those. Absent: the request stands as it is.
std::optional<FitRequest> without_other_split(const FitRequest& request, Engine engine);

/// Whether the request leaves some offers out.
bool filters_offers(const OfferFilter& filter);

/// What the first configuration of each format has room for, where it fits.
void add_headroom(const Question& question, FitResult& result);

/// What the result has to say beside its figures.
void add_notes(const Question& question, FitResult& result);

/// What would have to change for a yes, each computed; only for a no.
void add_changes(const Question& question, FitResult& result);

}  // namespace llmfit::search
