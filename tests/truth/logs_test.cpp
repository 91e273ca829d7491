// SPDX-License-Identifier: MIT
// How near the predictions come to what people's own engines printed (tests/logs), by engine and
// kind of figure. Builds from 2024 on are among them, so buffers that the engine computes in
// another way today are far off; what follows from the model alone must agree.
#include <cmath>
#include <map>
#include <string>

#include "catch.hpp"
#include "llmfit/build_model.hpp"
#include "support/logs.hpp"
#include "support/score.hpp"

using namespace llmfit;

namespace {

Result<Verification> compare(const LogFacts& facts) {
  const auto& catalog = Catalog::builtin();
  const auto recognised = recognise_model(catalog, facts);
  if (!recognised) return tl::unexpected(recognised.error());
  const auto format = recognise_format(catalog, facts);
  if (!format) return tl::unexpected(format.error());
  const auto model = make_model(*recognised->record);
  if (!model) return tl::unexpected(model.error());
  const auto& engine = catalog.engine(*facts.engine);
  const auto workload =
      make_workload(merge_settings(facts, {}), *facts.engine, *model, engine.utilization);
  if (!workload) return tl::unexpected(workload.error());
  return verify({facts, *model, *format, *workload, engine, std::nullopt});
}

/// A figure equal within the log's rounding counts as exact.
void add(test::Score& score, const std::string& name, const Comparison& row) {
  const auto measured = row.agreement == Agreement::equal ? *row.predicted : row.measured;
  constexpr double thousandths = 1000;  // of a sequence: concurrency is a small number
  const auto scale = unit_of(row.measure) == Unit::times ? thousandths : 1;
  score.add(name + " " + row.device, std::llround(*row.predicted * scale),
            std::llround(measured * scale));
}

}  // namespace

TEST_CASE("figures of start-up logs", "[truth]") {
  constexpr double tolerance = 0.1;
  std::map<std::string, test::Score> scores;
  int logs = 0;
  int agreeing = 0;
  for (const auto& [name, text] : test::retyped_logs()) {
    const auto facts = test::read_log(text);
    const auto result = facts ? compare(*facts) : tl::unexpected(facts.error());
    if (!result) continue;
    ++logs;
    if (agrees(*result)) ++agreeing;
    for (const auto& row : result->rows) {
      if (!row.predicted) continue;
      const auto what =
          std::string(to_string(*facts->engine)) + ", " + std::string(to_string(row.measure));
      add(scores.try_emplace(what, what, tolerance).first->second, name, row);
    }
  }
  std::printf("%d logs compared, %d with every figure in its band\n", logs, agreeing);
  for (const auto& [what, score] : scores) score.print();
  CHECK(logs >= 25);
  const auto& cache = scores.at("llama.cpp, KV cache");
  CHECK(cache.exact() + 2 >= cache.rows());
  const auto& weights = scores.at("llama.cpp, weights");
  CHECK(weights.exact() * 10 >= weights.rows() * 6);
  CHECK(scores.at("vllm, weights").outliers() == 0);
}
