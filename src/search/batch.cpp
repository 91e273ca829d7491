// SPDX-License-Identifier: MIT
#include "search/batch.hpp"

#include <algorithm>
#include <cmath>

#include "cost/tokens.hpp"
#include "search/format_search.hpp"
#include "search/sketch.hpp"

namespace llmfit::search {
namespace {

Rate in_hours(const Rate& seconds) {
  return {seconds.low / cost::seconds_per_hour, seconds.value / cost::seconds_per_hour,
          seconds.high / cost::seconds_per_hour};
}

/// Copies that work at one job side by side until it has ended in time.
std::int64_t copies_for(double hours, std::optional<double> within) {
  if (!within || hours <= *within) return 1;
  return static_cast<std::int64_t>(std::ceil(hours / *within));
}

/// The cheapest machine of the kind that holds the candidate; a slice and a host are their own.
/// Null: none has a price.
const OfferRecord* offer_of(const cost::OfferBook& book, const Candidate& candidate) {
  const OfferRecord* offer = candidate.cost.offer;
  if (candidate.gpus.size() == 1 && candidate.gpus.front().count >= 1) {
    const auto nodes = std::max(candidate.split.nodes, 1);
    const auto count = static_cast<std::int32_t>(candidate.gpus.front().count);
    offer = book.cheapest(*candidate.gpus.front().gpu, (count + nodes - 1) / nodes);
  }
  return offer != nullptr && book.price(*offer) ? offer : nullptr;
}

std::optional<double> usd_of(const cost::OfferBook& book, const OfferRecord* offer,
                             const Candidate& candidate, double hours) {
  if (offer == nullptr) return std::nullopt;
  return *book.price(*offer) * std::max(candidate.split.nodes, 1) * hours;
}

BatchRun run_of(const BatchDesk& desk, const BatchResult& job, const Candidate& candidate,
                const BatchTime& time) {
  BatchRun run;
  run.hours = in_hours(time.seconds);
  run.copies = copies_for(run.hours.value, desk.plan->within_hours);
  run.concurrency = time.concurrency;
  run.usd_on_demand = usd_of(desk.on_demand, job.on_demand, candidate, run.hours.value);
  run.usd_spot = usd_of(desk.spot, job.spot, candidate, run.hours.value);
  return run;
}

cost::OfferBook book_of(const Catalog& catalog, OfferFilter filter, bool spot) {
  filter.term = spot ? RentalTerm::spot : RentalTerm::on_demand;
  return {catalog, filter};
}

/// Of the requests in flight: what somebody set, else what the server takes or memory holds.
void limit_sequences(BatchQuestion& question, const FormatContext& context,
                     const Candidate& candidate) {
  const auto& workload = context.workload;
  const auto held = candidate.max_sequences.value_or(workload.sequences);
  if (!workload.sequences_are_default) {
    question.most_sequences = std::min(held, workload.sequences);
  } else if (workload.engine == Engine::vllm) {
    question.most_sequences = workload.vllm.max_num_seqs;
    question.cache_tokens = static_cast<double>(held) * static_cast<double>(workload.context);
  } else {
    question.most_sequences = held;
  }
}

}  // namespace

std::optional<BatchDesk> batch_desk(const Catalog& catalog, const FitRequest& request,
                                    const Workload& workload) {
  const auto& job = request.load.batch;
  if (!job) return std::nullopt;
  return BatchDesk{std::make_shared<const BatchPlan>(plan_batch(*job, workload.context)),
                   book_of(catalog, request.offers, false), book_of(catalog, request.offers, true)};
}

BatchQuestion batch_question(const FormatContext& context, const Candidate& candidate,
                             const SpeedQuestion& speed) {
  const auto& workload = context.workload;
  const auto& plan = *context.batch->plan;
  const bool encodes = context.model.arch.kind == ModelKind::encoder;
  BatchQuestion question{speed, plan};
  question.pads_to_longest = pads_to_longest(workload.engine) && !context.request.load.batch->slot;
  question.causal = !encodes;
  if (workload.engine == Engine::llama_cpp) {
    question.pass_tokens = workload.llama_cpp.ubatch;
    // An encoder sees a text in one micro-batch, which others share (llama.cpp v0.5.0:
    // src/llama-context.cpp, encode; its mask is of all tokens times all tokens).
    if (encodes) question.pass_tokens = std::max(question.pass_tokens, plan.slot);
    question.dense_mask = encodes;
  } else if (workload.engine == Engine::vllm) {
    question.pass_tokens = workload.vllm.max_num_batched_tokens.value_or(0);
  } else if (candidate.max_sequences) {
    question.held_tokens = (Tokens{workload.context} * *candidate.max_sequences).count();
  }
  limit_sequences(question, context, candidate);
  return question;
}

BatchWay way_of(Engine engine, bool answers) {
  switch (engine) {
    case Engine::llama_cpp:
      return answers ? BatchWay::continuous : BatchWay::packed;
    case Engine::vllm:
    case Engine::exllama:
      return BatchWay::continuous;
    case Engine::transformers:
    case Engine::mlx:
    case Engine::params:
      break;
  }
  return BatchWay::padded;
}

bool pads_to_longest(Engine engine) {
  return engine == Engine::transformers || engine == Engine::mlx;
}

void add_batch(const FormatContext& context, Candidate& candidate) {
  if (context.batch == nullptr) return;
  const auto times = context.speeds.work_off(context, candidate);
  if (!times) return;
  const auto& desk = *context.batch;
  BatchResult job;
  job.engine_way = way_of(context.workload.engine, !desk.plan->answers.empty());
  job.by_spot = context.request.offers.term == RentalTerm::spot;
  if (!context.request.hardware.local) {
    job.on_demand = offer_of(desk.on_demand, candidate);
    job.spot = offer_of(desk.spot, candidate);
  }
  for (std::size_t i = 0; i < batch_ways; ++i) {
    job.runs[i] = run_of(desk, job, candidate, (*times)[i]);
  }
  candidate.batch = std::make_shared<const BatchResult>(job);
}

void add_batches(const FormatContext& context, std::vector<Candidate>& candidates) {
  if (context.batch == nullptr) return;
  for (auto& candidate : candidates) {
    complete(context, candidate);
    solve_inverses(context, candidate);
    add_batch(context, candidate);
  }
}

bool limits_hours(const FitRequest& request) {
  return request.every_variant && request.load.batch && request.load.batch->within_hours;
}

std::optional<double> batch_hours(const Candidate& candidate) {
  return candidate.batch ? std::optional(candidate.batch->best().hours.value) : std::nullopt;
}

}  // namespace llmfit::search
