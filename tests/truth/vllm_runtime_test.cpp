// SPDX-License-Identifier: MIT
// Weights, cache and concurrency against what vLLM printed when it started.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>

#include "catch.hpp"
#include "llmfit/build_model.hpp"
#include "llmfit/vllm_plan.hpp"
#include "support/score.hpp"

using namespace llmfit;

namespace {

/// One start-up; 0 is a figure that its log does not give.
struct Row {
  std::string_view source;
  std::string_view model;
  std::string_view format;
  std::int64_t total_mib;
  Platform platform;
  std::int32_t tensor;
  std::int32_t pipeline;
  std::int32_t version;
  double utilization;  ///< 0: the version's default
  bool utilization_known;
  std::int64_t context;
  std::int64_t sequences;
  std::int64_t tokens;
  bool eager;
  std::string_view kv_type;
  double weights_gib;
  double cache_gib;
  std::int64_t cache_tokens;
  double concurrency;
  double activation_gib;
  double non_torch_gib;
  std::int64_t blocks;
  std::int32_t decode_context = 1;

  [[nodiscard]] bool settings_known() const {
    return total_mib > 0 && utilization_known && context > 0 && sequences > 0 && tokens > 0;
  }
};

constexpr Row rows[] = {
#include "vllm_runtime_rows.inc"
};

constexpr double gibibyte = 1024.0 * 1024 * 1024;
Bytes from_gib(double value) { return Bytes{std::llround(value * gibibyte)}; }

void set(WorkloadRequest& request, const char* flag, std::int64_t value) {
  if (value > 0) request.settings.push_back({flag, std::to_string(value)});
}

WorkloadRequest request_of(const Row& row, double cache_gib) {
  WorkloadRequest request{std::nullopt, std::nullopt, std::string(row.kv_type), {}};
  set(request, "max-model-len", row.context);
  set(request, "max-num-seqs", row.sequences);
  set(request, "max-num-batched-tokens", row.tokens);
  request.settings.push_back({"version", "0." + std::to_string(row.version)});
  if (row.decode_context > 1) {
    set(request, "decode-context-parallel-size", row.decode_context);
  }
  if (row.eager) request.settings.push_back({"enforce-eager", "true"});
  if (row.utilization > 0) {
    request.settings.push_back({"gpu-memory-utilization", std::to_string(row.utilization)});
  }
  set(request, "kv-cache-memory-bytes", from_gib(cache_gib).count());
  return request;
}

/// The plan of a row; with `cache_gib` vLLM's own figure for the cache is taken.
VllmPlan plan_of(const Row& row, double cache_gib = 0) {
  const auto& catalog = Catalog::builtin();
  const auto* record = catalog.find_model(row.model);
  const auto* format = catalog.find_format(Engine::vllm, row.format);
  INFO(row.model << " " << row.format);
  REQUIRE(record != nullptr);
  REQUIRE(format != nullptr);
  const auto model = make_model(*record).value();
  const auto weights = weigh(model, *format).value();
  const auto& engine = catalog.engine(Engine::vllm);
  const auto workload =
      make_workload(request_of(row, cache_gib), Engine::vllm, model, engine.utilization);
  if (!workload) FAIL(workload.error().message);
  const auto memory = row.total_mib > 0 ? mib(row.total_mib) : gib(1024);
  const std::vector<Device> devices(static_cast<std::size_t>(row.tensor * row.pipeline),
                                    {memory, row.platform});
  const auto plan = plan_vllm(
      {model, weights, *workload, *format, engine, devices, {row.tensor, row.pipeline, 1}});
  REQUIRE(plan);
  return *plan;
}

std::string name_of(const Row& row) {
  return std::string(row.model) + " " + std::string(row.format) + " tp" +
         std::to_string(row.tensor) + " of " + std::to_string(row.total_mib) + " MiB, 0." +
         std::to_string(row.version);
}

std::string family_of(const Row& row) {
  return std::string(row.model.substr(0, row.model.find_first_of("-.")));
}

std::int64_t hundredths(double value) { return std::llround(value * 100); }

}  // namespace

TEST_CASE("weights of a rank are those that vLLM loads", "[truth]") {
  test::Score all("vllm weights per rank", 0.02);
  std::map<std::string, test::Score> families;
  for (const auto& row : rows) {
    if (row.weights_gib <= 0) continue;
    const auto predicted = plan_of(row).weights.count();
    const auto truth = from_gib(row.weights_gib).count();
    all.add(name_of(row), predicted, truth);
    families.try_emplace(family_of(row), "  " + family_of(row), 1.0)
        .first->second.add(name_of(row), predicted, truth);
  }
  all.print();
  for (const auto& [name, score] : families) score.print();
  CHECK(all.at_most(50) < 0.01);
  CHECK(all.at_most(90) < 0.05);
}

TEST_CASE("what is left for the cache gives the tokens and the concurrency printed", "[truth]") {
  test::Score tokens("vllm tokens of the printed cache", 0.005);
  test::Score concurrency("vllm concurrency of the printed cache", 0.005);
  for (const auto& row : rows) {
    if (row.cache_gib <= 0) continue;
    const auto plan = plan_of(row, row.cache_gib);
    if (row.cache_tokens > 0) tokens.add(name_of(row), plan.cache_tokens, row.cache_tokens);
    if (row.concurrency > 0) {
      concurrency.add(name_of(row), hundredths(plan.max_concurrency), hundredths(row.concurrency));
    }
  }
  tokens.print();
  concurrency.print();
  CHECK(tokens.at_most(90) < 0.001);
  CHECK(concurrency.at_most(90) < 0.001);
}

TEST_CASE("the cache is as large as vLLM finds room for", "[truth]") {
  test::Score bytes("vllm cache bytes", 0.15);
  test::Score tokens("vllm cache tokens", 0.15);
  test::Score concurrency("vllm concurrency", 0.15);
  test::Score others("vllm memory beside the cache", 0.05);
  int too_low = 0;
  int too_high = 0;
  int total_too_low = 0;
  for (const auto& row : rows) {
    if (!row.settings_known()) continue;
    const auto plan = plan_of(row);
    if (row.cache_tokens > 0) tokens.add(name_of(row), plan.cache_tokens, row.cache_tokens);
    if (row.concurrency > 0) {
      concurrency.add(name_of(row), hundredths(plan.max_concurrency), hundredths(row.concurrency));
    }
    if (row.cache_gib <= 0) continue;
    bytes.add(name_of(row), plan.kv_budget.count(), from_gib(row.cache_gib).count());
    const auto predicted = (plan.budget - plan.kv_budget).count();
    const auto truth = (plan.budget - from_gib(row.cache_gib)).count();
    others.add(name_of(row), predicted, truth);
    const auto ratio = static_cast<double>(predicted) / static_cast<double>(truth);
    too_low += ratio < 0.98 ? 1 : 0;
    too_high += ratio > 1.02 ? 1 : 0;
    // With the cache that the log tells the total is vLLM's share of the card.
    const auto share = static_cast<double>(plan.budget.count());
    total_too_low += static_cast<double>(predicted - truth) < -0.02 * share ? 1 : 0;
  }
  bytes.print();
  tokens.print();
  concurrency.print();
  others.print();
  std::printf("    %d rows more than 2 %% too low, %d more than 2 %% too high\n", too_low,
              too_high);
  std::printf("    %d totals more than 2 %% too low\n", total_too_low);
  CHECK(tokens.at_most(50) < 0.02);
  CHECK(tokens.at_most(90) < 0.15);
  CHECK(concurrency.at_most(90) < 0.15);
  CHECK(too_low < 5);
  CHECK(total_too_low * 20 <= static_cast<int>(others.rows()));
}

TEST_CASE("what started is not refused, what failed is, for the reason in its log", "[truth]") {
  const auto started = [](const Row& row) { return row.settings_known() && row.concurrency >= 1; };
  for (const auto& row : rows) {
    if (!started(row)) continue;
    INFO(name_of(row));
    CHECK_FALSE(plan_of(row).refusal);
  }
  // Each of these logs ends with a context that the cache does not hold.
  for (const std::string_view failed :
       {"vllm/issues/27508", "vllm/issues/13061", "vllm/issues/10517", "vllm/issues/16199"}) {
    const auto is_it = [&](const Row& row) {
      return row.source.find(failed) != std::string_view::npos && row.context != 20000 &&
             row.context != 35000;
    };
    const auto row = std::find_if(std::begin(rows), std::end(rows), is_it);
    INFO(failed);
    REQUIRE(row != std::end(rows));
    CHECK(plan_of(*row).refusal == VllmRefusal::context_too_long);
  }
}
