// SPDX-License-Identifier: MIT
#pragma once

#include "cost/offers.hpp"
#include "llmfit/fit.hpp"

namespace llmfit::search {

struct FormatContext;

/// A job as it is worked off in one format, and what hardware costs on demand and as spot.
struct BatchDesk {
  std::shared_ptr<const BatchPlan> plan;
  cost::OfferBook on_demand;
  cost::OfferBook spot;
};

/// Absent: no job was given.
std::optional<BatchDesk> batch_desk(const Catalog& catalog, const FitRequest& request,
                                    const Workload& workload);

/// What a configuration has for the context's job.
BatchQuestion batch_question(const FormatContext& context, const Candidate& candidate,
                             const SpeedQuestion& speed);

/// How an engine works a job off: llama.cpp takes several texts into one micro-batch and masks
/// their attention, and answers in slots that take a new request as soon as one ends; servers with
/// paged caches do not pad; transformers and MLX pad a batch to one length.
BatchWay way_of(Engine engine, bool answers);

/// Whether its padded batches are as long as the longest of their sequences, where nobody fixes
/// their shape by naming a slot (transformers: a tokenizer's padding=True).
bool pads_to_longest(Engine engine);

/// Adds what the job takes on a candidate that was evaluated and solved.
void add_batch(const FormatContext& context, Candidate& candidate);

/// The same for all of them, before they are ordered by it.
void add_batches(const FormatContext& context, std::vector<Candidate>& candidates);

/// Whether a configuration that needs more than one copy is a no.
bool limits_hours(const FitRequest& request);

/// Hours that one copy takes as its engine works; absent: unknown.
std::optional<double> batch_hours(const Candidate& candidate);

}  // namespace llmfit::search
