// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include "catch.hpp"
#include "llmfit/build_model.hpp"
#include "llmfit/sizing.hpp"

using namespace llmfit;

namespace {

/// Whether the file that was measured has an output matrix where the catalog's entry has none.
enum class Head { as_listed, untied };

struct Row {
  std::string_view model;
  std::string_view format;
  std::int64_t bytes;
  Head head;
};

struct CudaRow {
  std::string_view model;
  std::string_view format;
  std::int64_t host;
  std::int64_t device;
  Head head;
};

constexpr Row rows[] = {
#include "quant_types_rows.inc"
};

constexpr Row estimate_rows[] = {
#include "quant_types_estimate_rows.inc"
};

constexpr CudaRow cuda_rows[] = {
#include "quant_types_cuda_rows.inc"
};

Weights weights_of(std::string_view name, std::string_view format, Head head) {
  const auto& catalog = Catalog::builtin();
  const auto* const record = catalog.find_model(name);
  const auto* const found = catalog.find_format(Engine::llama_cpp, format);
  INFO(name << " " << format);
  REQUIRE(record != nullptr);
  REQUIRE(found != nullptr);
  auto model = *record;
  auto architecture = *record->architecture;
  if (head == Head::untied) architecture.dims.tied_embeddings = false;
  model.architecture = &architecture;
  return weigh(make_model(model).value(), *found).value();
}

std::int64_t on_device(const Weights& weights) {
  auto bytes = weights.input.sharded + weights.input.replicated + weights.output.sharded +
               weights.output.replicated;
  for (const auto& block : weights.blocks) bytes += block.sharded + block.replicated;
  return bytes.count();
}

bool in_band(const Row& row, const Weights& weights) {
  const auto share =
      static_cast<double>(row.bytes) / static_cast<double>(weights.tensor_bytes.count());
  return share >= 0.92 && share <= 1.07;  // the band that an estimate of weights states
}

double miss(std::int64_t got, std::int64_t wanted) {
  return std::abs(static_cast<double>(got - wanted)) / static_cast<double>(wanted);
}

/// How far a set of figures is from the truth, as shares.
struct Score {
  double median = 0;
  double p90 = 0;
  double worst = 0;
  std::size_t exact = 0;
  std::size_t rows = 0;
};

Score score(std::vector<double> misses) {
  std::sort(misses.begin(), misses.end());
  const auto at = [&](std::size_t percent) { return misses[(misses.size() - 1) * percent / 100]; };
  const auto exact = std::count(misses.begin(), misses.end(), 0.0);
  return {at(50), at(90), at(100), static_cast<std::size_t>(exact), misses.size()};
}

void print(const char* what, const Score& score) {
  std::printf("%s: %zu rows, %zu exact, median %.5f %%, p90 %.5f %%, worst %.5f %%\n", what,
              score.rows, score.exact, 100 * score.median, 100 * score.p90, 100 * score.worst);
}

}  // namespace

TEST_CASE("file types take the bytes that llama.cpp's quantizer plans") {
  std::vector<double> misses;
  for (const auto& row : rows) {
    const auto weights = weights_of(row.model, row.format, row.head);
    misses.push_back(miss(weights.tensor_bytes.count(), row.bytes));
    INFO(row.model << " " << row.format << ": " << weights.tensor_bytes.count());
    CHECK(misses.back() < 0.0002);  // rotary factors, padded vocabularies
  }
  const auto result = score(misses);
  print("tensor bytes", result);
  CHECK(result.median == 0);
  CHECK(result.exact * 10 >= result.rows * 8);
}

TEST_CASE("weights lie where llama.cpp plans to allocate them on a CUDA card") {
  std::vector<double> misses;
  for (const auto& row : cuda_rows) {
    const auto weights = weights_of(row.model, row.format, row.head);
    INFO(row.model << " " << row.format);
    CHECK(miss(weights.host.count(), row.host) < 0.001);
    misses.push_back(miss(on_device(weights), row.device));
    CHECK(misses.back() < 0.0003);
  }
  const auto result = score(misses);
  print("weights on the card", result);
  CHECK(result.median == 0);
}

TEST_CASE("models sized by their parameters come near the quantizer's plan") {
  std::vector<double> misses;
  int outside = 0;
  for (const auto& row : estimate_rows) {
    const auto weights = weights_of(row.model, row.format, row.head);
    CHECK(weights.basis == Basis::estimate);
    outside += in_band(row, weights) ? 0 : 1;
    misses.push_back(miss(weights.tensor_bytes.count(), row.bytes));
  }
  const auto result = score(misses);
  print("by parameters", result);
  CHECK(result.median < 0.03);
  CHECK(result.p90 < 0.12);
  CHECK(outside == 2);  // both of mamba-130m
}
