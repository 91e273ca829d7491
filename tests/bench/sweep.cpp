// SPDX-License-Identifier: MIT
// Judges every model of the catalog in the default ladder of formats on every card, in sets of 1 to
// 8, and prints how long one core takes.  usage: bench_sweep [EVERY [rates]]
// EVERY: only every so manyth model, for instructions to be counted. `rates`: also the speed and
// the price of a million tokens of each card's smallest set that fits.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string_view>
#include <vector>

#include "llmfit/sweep.hpp"

namespace {

/// Every so manyth model of the built-in catalog.
std::vector<llmfit::ModelRecord> models(std::size_t every) {
  std::vector<llmfit::ModelRecord> some;
  const auto all = llmfit::Catalog::builtin().models();
  for (std::size_t i = 0; i < all.size(); i += every) some.push_back(all[i]);
  return some;
}

llmfit::Catalog catalog_of(std::span<const llmfit::ModelRecord> models) {
  const auto& whole = llmfit::Catalog::builtin();
  llmfit::Catalog::Tables tables{};
  tables.models = models;
  tables.gpus = whole.gpus();
  tables.offers = whole.offers();
  tables.formats = whole.formats();
  tables.engines = whole.engines();
  return {tables, nullptr, "bench"};
}

}  // namespace

int main(int count_of_words, char** words) {
  using Clock = std::chrono::steady_clock;
  const auto every = count_of_words > 1 ? std::strtoul(words[1], nullptr, 10) : 1UL;
  const auto some = models(every > 0 ? every : 1);
  const auto catalog = catalog_of(some);
  const auto start = Clock::now();
  std::int64_t rows = 0;
  llmfit::SweepRequest request;
  request.rates = count_of_words > 2 && std::string_view(words[2]) == "rates";
  const auto count = llmfit::sweep(catalog, request, [&](const llmfit::SweepRow&) { ++rows; });
  if (!count) {
    std::fprintf(stderr, "%s\n", count.error().message.c_str());
    return 2;
  }
  const std::chrono::duration<double> taken = Clock::now() - start;
  std::printf("%lld placements in %.2f s, %.1f million a second; %lld fit, %lld rows, %lld rates\n",
              static_cast<long long>(count->placements), taken.count(),
              static_cast<double>(count->placements) / taken.count() / 1e6,
              static_cast<long long>(count->fitting), static_cast<long long>(rows),
              static_cast<long long>(count->rates));
  return 0;
}
