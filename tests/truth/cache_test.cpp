// SPDX-License-Identifier: MIT
// KV cache and compute buffer against what llama.cpp planned for the same model and settings.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include "catch.hpp"
#include "llmfit/build_model.hpp"
#include "llmfit/sizing.hpp"

using namespace llmfit;

namespace {

struct Row {
  std::string_view model;
  std::int64_t context;
  std::int64_t sequences;
  std::int64_t batch;
  std::int64_t ubatch;
  const char* type_k;
  const char* type_v;
  bool unified;
  bool swa_full;
  std::int64_t cache;
  std::int64_t compute;
};

constexpr Row rows[] = {
#include "cache_rows.inc"
};

Footprint footprint_of(const Row& row) {
  const auto& catalog = Catalog::builtin();
  const auto* record = catalog.find_model(row.model);
  REQUIRE(record != nullptr);
  const auto model = make_model(*record).value();
  const auto& format = *catalog.find_format(Engine::llama_cpp, "q4_k_m");
  const auto& engine = catalog.engine(Engine::llama_cpp);
  WorkloadRequest request{row.context, row.sequences, "", {}};
  request.settings = {{"batch-size", std::to_string(row.batch)},
                      {"ubatch-size", std::to_string(row.ubatch)},
                      {"cache-type-k", row.type_k},
                      {"cache-type-v", row.type_v},
                      {"kv-unified", row.unified ? "true" : "false"},
                      {"swa-full", row.swa_full ? "true" : "false"}};
  const auto workload = make_workload(request, Engine::llama_cpp, model, engine.utilization);
  INFO(row.model << " context " << row.context);
  if (!workload) FAIL(workload.error().message);
  return size(model, weigh(model, format).value(), *workload, format, engine).value();
}

double share_off(Bytes computed, std::int64_t measured) {
  return std::abs(static_cast<double>(computed.count() - measured)) / static_cast<double>(measured);
}

double print_accuracy(const char* what, std::vector<double> errors) {
  std::sort(errors.begin(), errors.end());
  const auto exact = std::count(errors.begin(), errors.end(), 0.0);
  std::printf("%s: %zu rows, %ld exact, median %.5f %%, p90 %.5f %%, worst %.5f %%\n", what,
              errors.size(), static_cast<long>(exact), 100 * errors[errors.size() / 2],
              100 * errors[errors.size() * 9 / 10], 100 * errors.back());
  return errors[errors.size() * 9 / 10];
}

}  // namespace

TEST_CASE("the KV cache is the engine's to the byte", "[truth]") {
  std::vector<double> errors;
  for (const auto& row : rows) {
    const auto footprint = footprint_of(row);
    INFO(row.model << " context " << row.context << " x " << row.sequences << " " << row.type_k);
    CHECK(footprint.of(TermKind::kv_cache) == Bytes{row.cache});
    errors.push_back(share_off(footprint.of(TermKind::kv_cache).value_or(Bytes{}), row.cache));
  }
  print_accuracy("KV cache", errors);
}

TEST_CASE("the compute buffer is near the engine's, and within its band", "[truth]") {
  std::vector<double> errors;
  for (const auto& row : rows) {
    if (row.compute == 0) continue;
    const auto footprint = footprint_of(row);
    for (const auto& term : footprint.terms) {
      if (term.kind != TermKind::compute) continue;
      INFO(row.model << " context " << row.context << " x " << row.sequences);
      CHECK(term.low <= Bytes{row.compute});
      CHECK(Bytes{row.compute} <= term.high);
      errors.push_back(share_off(term.bytes, row.compute));
    }
  }
  CHECK(print_accuracy("compute buffer", errors) < 0.01);
}
