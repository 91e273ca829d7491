// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "base/numbers.hpp"
#include "search/batch.hpp"
#include "search/changes.hpp"

namespace llmfit::search {
namespace {

/// The best of those that some configuration does, the worst where all have to.
template <class Value, class Of>
std::optional<Value> kept_by(ChangeSearch& search, bool larger_is_better, const Of& of) {
  const bool every = search.question().request.every_variant;
  std::optional<Value> found;
  for (const auto& candidate : search.closest().candidates) {
    const std::optional<Value> value = of(candidate);
    if (!value && every) return std::nullopt;
    if (!value) continue;
    if (!found) found = value;
    found = larger_is_better == every ? std::min(*found, *value) : std::max(*found, *value);
  }
  return found;
}

}  // namespace

void pull_users(ChangeSearch& search) {
  const auto& load = search.question().request.load;
  if (!load.users || !load.one_copy) return;
  const auto most =
      kept_by<std::int64_t>(search, true, [](const Candidate& one) -> std::optional<std::int64_t> {
        return one.service ? std::optional(one.service->concurrency) : std::nullopt;
      });
  if (!most || *most < 1 || *most >= *load.users) return;
  auto request = search.request();
  request.load.users = *most;
  auto found = search.yes(request, search.closest().choice);
  if (!found) return;
  const auto count = std::to_string(*most);
  search.add(Lever::users, "--users " + count, count, std::move(*found));
}

void pull_within(ChangeSearch& search) {
  const auto& asked = search.question().request;
  if (!limits_hours(asked)) return;
  const auto hours = kept_by<double>(search, false, batch_hours);
  if (!hours || *hours <= *asked.load.batch->within_hours) return;
  auto request = search.request();
  // As people say it: whole hours, or tenths of less than ten.
  const double parts = *hours < 10 ? 10 : 1;
  request.load.batch->within_hours = std::ceil(*hours * parts) / parts;
  auto found = search.yes(request, search.closest().choice);
  if (!found) return;
  const auto text = base::shortest(*request.load.batch->within_hours);
  search.add(Lever::within, "--within " + text, text, std::move(*found));
}

}  // namespace llmfit::search
