// SPDX-License-Identifier: MIT
#include <algorithm>

#include "placement/hosted.hpp"
#include "search/format_search.hpp"
#include "search/split_search.hpp"

namespace llmfit::search {
namespace {

constexpr std::int64_t least_context = 1024;
constexpr std::int64_t most_users = 64;
constexpr std::int64_t unlimited_context = 131'072;  ///< the last row where a model has no limit

/// Powers of two up to the model's limit, with the limit itself and the context that was asked for.
std::vector<std::int64_t> contexts_of(const FormatContext& context) {
  const auto limit =
      context.model.context_length ? context.model.context_length->count() : unlimited_context;
  std::vector<std::int64_t> contexts = {context.workload.context};
  for (auto n = least_context; n < limit && n < longest_context; n *= 2) contexts.push_back(n);
  contexts.push_back(std::min(limit, longest_context));
  std::sort(contexts.begin(), contexts.end());
  contexts.erase(std::unique(contexts.begin(), contexts.end()), contexts.end());
  return contexts;
}

std::vector<std::int64_t> users_of(const FormatContext& context) {
  std::vector<std::int64_t> users = {context.workload.sequences};
  for (std::int64_t n = 1; n <= most_users; n *= 2) users.push_back(n);
  std::sort(users.begin(), users.end());
  users.erase(std::unique(users.begin(), users.end()), users.end());
  return users;
}

/// The question with another workload.
struct Variant {
  Workload workload;
  Footprint footprint;
  std::optional<Draft> draft;
};

Result<Variant> variant(const FormatContext& context, const Workload& placed, std::int64_t tokens,
                        std::int64_t users) {
  Variant variant{placed, {}, {}};
  variant.workload.offload = Offload::none;
  variant.workload.context = tokens;
  variant.workload.sequences = users;
  auto footprint = size(context.model, context.weights, variant.workload, *context.choice.format,
                        context.engine);
  if (!footprint) return tl::unexpected<Error>(footprint.error());
  variant.footprint = std::move(*footprint);
  if (context.draft == nullptr) return variant;
  auto workload = context.draft->workload;
  workload.context = tokens;
  workload.sequences = users;
  auto draft = size_draft(context.draft->model, context.draft->format, workload, context.engine);
  if (!draft) return tl::unexpected<Error>(draft.error());
  variant.draft.emplace(std::move(*draft));
  return variant;
}

LoadTable::Entry on_one_device(const Variant& variant) {
  const auto& [workload, footprint, draft] = variant;
  return {draft ? joined(footprint, *draft).total() : footprint.total(), std::nullopt};
}

LoadTable::Entry on_candidate(const FormatContext& context, const Candidate& candidate,
                              const Variant& variant) {
  const auto devices = used_devices(candidate);
  const auto& [workload, footprint, draft] = variant;
  const FormatContext other{
      context.catalog, context.model,  context.request, context.offers, context.choice,
      context.engine,  workload,       context.weights, footprint,      draft ? &*draft : nullptr,
      context.shares,  context.speeds, context.cards};
  const bool on_host = candidate.gpus.empty();
  const auto placement =
      on_host ? judge(loads_on(other, candidate.split, {}), devices, candidate.split, workload)
              : place_on(other, candidate.split, devices, false);
  const auto tight = std::min_element(
      placement.devices.begin(), placement.devices.end(),
      [](const DevicePlacement& a, const DevicePlacement& b) { return a.headroom < b.headroom; });
  return {tight->load.total(), placement.fits};
}

}  // namespace

Result<LoadTable> load_table(const FormatContext& context, const Candidate* candidate) {
  LoadTable table;
  table.contexts = contexts_of(context);
  table.sequences = users_of(context);
  const bool placed = candidate != nullptr && !candidate->devices.empty();
  if (placed) table.candidate = 0;
  const auto workload = placed ? placed_workload(context, *candidate) : context.workload;
  for (const auto tokens : table.contexts) {
    auto& row = table.entries.emplace_back();
    for (const auto users : table.sequences) {
      const auto tried = variant(context, workload, tokens, users);
      if (!tried) return tl::unexpected<Error>(tried.error());
      row.push_back(placed ? on_candidate(context, *candidate, *tried) : on_one_device(*tried));
    }
  }
  return table;
}

}  // namespace llmfit::search
