// SPDX-License-Identifier: MIT
// Weights, cache and prefill under transformers against what speed benchmarks print.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>

#include "catch.hpp"
#include "llmfit/build_model.hpp"
#include "llmfit/sizing.hpp"
#include "support/score.hpp"

using namespace llmfit;

namespace {

struct Row {
  std::string_view model;
  std::string_view format;
  std::int32_t version;
  std::int32_t cards;
  std::int64_t prompt;
  std::int64_t answer;
  double gib;
};

constexpr Row rows[] = {
#include "transformers_rows.inc"
};

constexpr double gibibyte = 1024.0 * 1024 * 1024;

/// What the process allocates: without the CUDA context, which the benchmarks do not count. Every
/// card has the peak of its own layers' prefill.
struct Figures {
  std::int64_t low = 0;
  std::int64_t bytes = 0;
  std::int64_t high = 0;
};

Figures figures_of(const Row& row, std::int64_t context) {
  const auto& catalog = Catalog::builtin();
  const auto* record = catalog.find_model(row.model);
  const auto* format = catalog.find_format(Engine::transformers, row.format);
  INFO(row.model << " " << row.format);
  REQUIRE(record != nullptr);
  REQUIRE(format != nullptr);
  const auto model = make_model(*record).value();
  const auto& engine = catalog.engine(Engine::transformers);
  WorkloadRequest request{context, std::nullopt, "", {}};
  request.settings = {{"version", "4." + std::to_string(row.version)}};
  const auto workload =
      make_workload(request, Engine::transformers, model, engine.utilization).value();
  const auto weights = weigh(model, *format).value();
  const auto footprint = size(model, weights, workload, *format, engine).value();
  Figures figures;
  for (const auto& term : footprint.terms) {
    if (term.kind == TermKind::runtime) continue;
    const auto copies = term.kind == TermKind::compute ? row.cards : 1;
    figures.low += (term.low * copies).count();
    figures.bytes += (term.bytes * copies).count();
    figures.high += (term.high * copies).count();
  }
  return figures;
}

/// While the prompt is read nothing of the answer is cached yet; while it is written there is no
/// prefill.
std::int64_t peak_of(const Row& row) {
  return std::max(figures_of(row, row.prompt).bytes, figures_of(row, row.prompt + row.answer).low);
}

std::string name_of(const Row& row) {
  return std::string(row.model) + " " + std::string(row.format) + " prompt " +
         std::to_string(row.prompt) + " on " + std::to_string(row.cards);
}

std::string family_of(const Row& row) {
  return std::string(row.model.substr(0, row.model.find('-')));
}

}  // namespace

TEST_CASE("transformers allocates what its rule says", "[truth]") {
  std::map<std::string, test::Score> families;
  std::map<std::string, int> too_low;
  std::map<std::string, int> too_high;
  std::size_t inside = 0;
  std::size_t cautious = 0;
  for (const auto& row : rows) {
    const auto predicted = peak_of(row);
    const auto whole = figures_of(row, row.prompt + row.answer);
    const auto truth = std::llround(row.gib * gibibyte);
    const auto family = family_of(row);
    families.try_emplace(family, "transformers " + family, 0.15)
        .first->second.add(name_of(row), predicted, truth);
    const auto ratio = static_cast<double>(predicted) / static_cast<double>(truth);
    too_low[family] += ratio < 0.98 ? 1 : 0;
    too_high[family] += ratio > 1.02 ? 1 : 0;
    inside += whole.low <= truth && truth <= whole.high ? 1 : 0;
    cautious += static_cast<double>(whole.bytes) >= 0.98 * static_cast<double>(truth) ? 1 : 0;
  }
  for (const auto& [family, score] : families) {
    score.print();
    std::printf("    %d rows more than 2 %% too low, %d more than 2 %% too high\n", too_low[family],
                too_high[family]);
  }
  // Asked for the whole context, nobody knows how much of it is the prompt: all of it is read.
  std::printf("transformers: of %zu rows %zu are inside the band, %zu no more than 2 %% too low\n",
              std::size(rows), inside, cautious);
  CHECK(families.at("qwen2.5").at_most(50) < 0.02);
  CHECK(families.at("qwen2.5").at_most(90) < 0.05);
  CHECK(families.at("qwen2").at_most(50) < 0.04);
  CHECK(20 * cautious >= 19 * std::size(rows));
  CHECK(10 * inside >= 8 * std::size(rows));
}
