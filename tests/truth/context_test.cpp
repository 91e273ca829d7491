// SPDX-License-Identifier: MIT
// Caches and states against what llama.cpp planned, for every architecture of the catalog that it
// runs: exactly, on a card, in host memory and over two cards.
#include <array>
#include <cstdio>
#include <set>
#include <string>

#include "catch.hpp"
#include "llmfit/build_model.hpp"
#include "llmfit/placement.hpp"

using namespace llmfit;

namespace {

struct Row {
  std::string_view model;
  bool card;
  std::int64_t context;
  std::int64_t sequences;
  std::int64_t ubatch;
  bool unified;
  bool swa_full;
  const char* type;
  bool flash_attention;
  std::int64_t rollback;
  std::int64_t bytes;
};
constexpr Row rows[] = {
#include "context_rows.inc"
};

struct SplitRow {
  std::string_view model;
  std::int64_t context;
  std::int64_t sequences;
  const char* type;
  std::int64_t first;
  std::int64_t second;
};
constexpr SplitRow split_rows[] = {
#include "context_split_rows.inc"
};

const Format& q4() { return *Catalog::builtin().find_format(Engine::llama_cpp, "q4_k_m"); }

struct Weighed {
  Model model;
  Weights weights;
};

/// Rows of one model stand together.
const Weighed& weighed(std::string_view name) {
  static std::string known;
  static Weighed last;
  if (known == name) return last;
  const auto* record = Catalog::builtin().find_model(name);
  if (record == nullptr) FAIL("no model " << name);
  last.model = make_model(*record).value();
  last.weights = weigh(last.model, q4()).value();
  known = name;
  return last;
}

Footprint footprint_of(const Weighed& sized, const Workload& workload) {
  const auto& engine = Catalog::builtin().engine(Engine::llama_cpp);
  return size(sized.model, sized.weights, workload, q4(), engine).value();
}

Workload workload_of(const Row& row) {
  Workload workload;
  workload.context = row.context;
  workload.sequences = row.sequences;
  workload.cache_k = workload.cache_v = tensor_type_from(row.type).value();
  workload.llama_cpp.ubatch = row.ubatch;
  workload.llama_cpp.kv_unified = row.unified;
  workload.llama_cpp.swa_full = row.swa_full;
  workload.llama_cpp.rollback = row.rollback;
  if (!row.flash_attention) workload.llama_cpp.flash_attention = FlashAttention::off;
  return workload;
}

Bytes bytes_of(const DeviceLoad& load) { return load.kv_cache.value() + load.state.value(); }

Bytes predicted(const Row& row) {
  const auto& sized = weighed(row.model);
  const auto footprint = footprint_of(sized, workload_of(row));
  if (!row.card) return bytes_of(host_load(sized.weights, footprint));
  return footprint.of(TermKind::kv_cache).value() + footprint.of(TermKind::state).value();
}

}  // namespace

TEST_CASE("caches and states are the engine's to the byte, for every architecture", "[truth]") {
  std::set<std::string> architectures;
  std::size_t exact = 0;
  for (const auto& row : rows) {
    INFO(row.model << (row.card ? " on a card, " : " on the host, ") << row.context << " x "
                   << row.sequences << " " << row.type);
    const auto bytes = predicted(row);
    CHECK(bytes == Bytes{row.bytes});
    exact += bytes == Bytes{row.bytes} ? 1 : 0;
    architectures.insert(*weighed(row.model).model.architecture);
  }
  std::printf("llama.cpp caches and states: %zu of %zu rows exact, %zu architectures\n", exact,
              std::size(rows), architectures.size());
}

TEST_CASE("each of two cards gets the caches and states of its own blocks", "[truth]") {
  const std::array<Device, 2> devices = {Device{gib(4096)}, Device{gib(4096)}};
  std::size_t exact = 0;
  for (const auto& row : split_rows) {
    const auto workload = workload_of(
        Row{row.model, true, row.context, row.sequences, 512, false, false, row.type, true, 0, 0});
    const auto& sized = weighed(row.model);
    const auto loads =
        share(sized.model, footprint_of(sized, workload), workload, Split{1, 2, 1}, devices);
    INFO(row.model << " " << row.context << " x " << row.sequences << " " << row.type);
    REQUIRE(loads.size() == 2);
    CHECK(bytes_of(loads[0]) == Bytes{row.first});
    CHECK(bytes_of(loads[1]) == Bytes{row.second});
    const bool same =
        bytes_of(loads[0]) == Bytes{row.first} && bytes_of(loads[1]) == Bytes{row.second};
    exact += same ? 1 : 0;
  }
  std::printf("llama.cpp caches and states on two cards: %zu of %zu rows exact\n", exact,
              std::size(split_rows));
}
