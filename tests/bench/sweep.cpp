// SPDX-License-Identifier: MIT
// Judges every model of the catalog in the default ladder of formats on every card, in sets of 1 to
// 8, and prints how long one core takes.
#include <chrono>
#include <cstdio>

#include "llmfit/sweep.hpp"

int main() {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  std::int64_t rows = 0;
  const auto count =
      llmfit::sweep(llmfit::Catalog::builtin(), {}, [&](const llmfit::SweepRow&) { ++rows; });
  if (!count) {
    std::fprintf(stderr, "%s\n", count.error().message.c_str());
    return 2;
  }
  const std::chrono::duration<double> taken = Clock::now() - start;
  std::printf("%lld placements in %.2f s, %.1f million a second; %lld fit, %lld rows\n",
              static_cast<long long>(count->placements), taken.count(),
              static_cast<double>(count->placements) / taken.count() / 1e6,
              static_cast<long long>(count->fitting), static_cast<long long>(rows));
  return 0;
}
