// SPDX-License-Identifier: MIT
// A model that lies partly in host memory, against what llama.cpp planned and what its own search
// for a fit chose.
#include <cstdio>
#include <map>
#include <string>

#include "catch.hpp"
#include "llmfit/build_model.hpp"
#include "placement/hosted.hpp"
#include "support/score.hpp"

using namespace llmfit;
using namespace llmfit::sizing;
using llmfit::test::Score;

namespace {

struct Row {
  std::string_view model;
  std::string_view format;
  std::int64_t context;
  std::int64_t sequences;
  bool unified;
  std::int64_t ubatch;
  std::int64_t outputs;
  FlashAttention flash_attention;
  TensorType cache;
  bool kv_offload;
  bool op_offload;
  std::int32_t gpu_layers;
  std::int32_t cpu_moe;
  std::int64_t card_weights;
  std::int64_t host_weights;
  std::int64_t card_cache;
  std::int64_t host_cache;
  std::int64_t card_compute;
  std::int64_t host_compute;
};
constexpr Row rows[] = {
#include "offload_rows.inc"
};

struct FitRow {
  std::string_view model;
  std::string_view format;
  std::int64_t context;
  std::int32_t cards;
  std::int64_t usable_mib;
  std::int32_t gpu_layers;
  std::int32_t expert_blocks;
  std::int32_t parts_of_blocks;
};
constexpr FitRow fit_rows[] = {
#include "offload_fit_rows.inc"
};

/// A catalog model in a format.
struct Sized {
  Model model;
  const Format* format = nullptr;
  Weights weights;
};

/// Rows of one model stand together.
const Sized& sized(std::string_view model, std::string_view format) {
  static std::map<std::string, Sized> known;
  auto& one = known[std::string(model)];
  if (one.format != nullptr) return one;
  const auto* record = Catalog::builtin().find_model(model);
  REQUIRE(record != nullptr);
  one.model = make_model(*record).value();
  one.format = Catalog::builtin().find_format(Engine::llama_cpp, format);
  one.weights = weigh(one.model, *one.format).value();
  return one;
}

Workload workload_of(const Row& row) {
  Workload workload;
  workload.context = row.context;
  workload.sequences = row.sequences;
  workload.cache_k = workload.cache_v = row.cache;
  auto& settings = workload.llama_cpp;
  settings.kv_unified = row.unified;
  settings.ubatch = row.ubatch;
  settings.flash_attention = row.flash_attention;
  settings.kv_offload = row.kv_offload;
  settings.op_offload = row.op_offload;
  if (row.gpu_layers >= 0) settings.gpu_layers = row.gpu_layers;
  settings.cpu_moe = row.cpu_moe;
  return workload;
}

/// Of the card and of the host.
struct Pair {
  std::int64_t card = 0;
  std::int64_t host = 0;
};

Pair compute_of(const Row& row, const Sized& one, const Workload& workload) {
  const auto widths = widths_of(one.model);
  const CacheRule rule(one.model, widths, workload);
  auto batch = llama_cpp::batch_of(one.model, workload);
  batch.outputs = row.outputs;
  const auto parts = llama_cpp::parts_of_one_device(one.model, workload.llama_cpp);
  const llama_cpp::TensorSizes sizes(one.model, *one.format);
  const auto buffers = llama_cpp::scheduled_compute(rule, widths, batch, parts, sizes);
  return {buffers[0].count(), buffers[1].count()};
}

std::string name_of(const Row& row) {
  return std::string(row.model) + " " + std::to_string(row.context) + " x " +
         std::to_string(row.sequences) + " ngl " + std::to_string(row.gpu_layers) + " ncmoe " +
         std::to_string(row.cpu_moe) + " outputs " + std::to_string(row.outputs);
}

/// What the solved settings come to on the row's cards.
struct Found {
  placement::Hosted hosted;
  LlamaCppSettings settings;
  std::int64_t headroom = 0;
};

Found found_for(const FitRow& row) {
  const auto& one = sized(row.model, row.format);
  auto engine = Catalog::builtin().engine(Engine::llama_cpp);
  engine.runtime_mib = 0;  // the routine looks at buffers alone
  Workload workload;
  workload.context = row.context;
  workload.offload = Offload::automatic;
  const std::vector<Device> devices(static_cast<std::size_t>(row.cards),
                                    Device{mib(row.usable_mib)});
  const Situation situation{one.model, one.weights,           workload, *one.format, engine,
                            devices,   Split{1, row.cards, 1}};
  const placement::HostedPlacer placer(situation);
  Found found;
  found.settings = placer.solve();
  workload.llama_cpp = found.settings;
  found.hosted = placer.place(workload);
  found.headroom = placer.headroom(workload);
  return found;
}

}  // namespace

TEST_CASE("weights and caches of card and host are the engine's under partial offload", "[truth]") {
  std::size_t exact = 0;
  for (const auto& row : rows) {
    INFO(name_of(row));
    const auto& one = sized(row.model, row.format);
    const auto workload = workload_of(row);
    const llama_cpp::HostedModel model(one.model, one.weights, *one.format);
    const auto loads =
        model.loads(workload, llama_cpp::parts_of_one_device(one.model, workload.llama_cpp));
    CHECK((loads[0].kv_cache + loads[0].state).count() == row.card_cache);
    CHECK((loads[1].kv_cache + loads[1].state).count() == row.host_cache);
    const bool same = loads[0].weights.count() == row.card_weights &&
                      loads[1].weights.count() == row.host_weights;
    exact += same ? 1 : 0;
  }
  std::printf("llama.cpp weights on card and host: %zu of %zu rows exact\n", exact,
              std::size(rows));
  CHECK(exact * 100 >= std::size(rows) * 95);
}

TEST_CASE("compute buffers of card and host are the engine's under partial offload", "[truth]") {
  Score card("card's compute buffer, offload", 0.02);
  Score host("host's compute buffer, offload", 0.02);
  Score server("card's, as a server", 0.02);
  std::size_t low = 0;
  for (const auto& row : rows) {
    const auto workload = workload_of(row);
    const auto bytes = compute_of(row, sized(row.model, row.format), workload);
    if (row.card_compute > 0) card.add(name_of(row), bytes.card, row.card_compute);
    if (row.card_compute > 0 && row.outputs <= row.sequences) {
      server.add(name_of(row), bytes.card, row.card_compute);
    }
    host.add(name_of(row), bytes.host, row.host_compute);
    const auto total = row.card_weights + row.card_cache + row.card_compute;
    if (static_cast<double>(bytes.card - row.card_compute) < -0.02 * static_cast<double>(total)) {
      ++low;
    }
  }
  server.print();
  card.print();
  host.print();
  std::printf("totals of the card more than 2 %% too low: %zu of %zu\n", low, std::size(rows));
  CHECK(server.at_most(50) == 0);
  CHECK(server.at_most(90) <= 0.01);
  CHECK(card.at_most(90) <= 0.02);
  CHECK(host.at_most(90) <= 0.01);
  CHECK(low * 50 <= std::size(rows));
}

TEST_CASE("layers and experts are left to the host as the engine's own search does", "[truth]") {
  std::size_t same = 0;
  for (const auto& row : fit_rows) {
    INFO(row.model << " on " << row.cards << " x " << row.usable_mib << " MiB");
    const auto found = found_for(row);
    CHECK(found.headroom >= 0);
    const auto all =
        static_cast<std::int32_t>(sized(row.model, row.format).model.layers.size()) + 1;
    const auto own = found.settings.gpu_layers.value_or(all);
    const auto theirs = row.gpu_layers < 0 ? all : row.gpu_layers;
    const auto experts = row.expert_blocks + row.parts_of_blocks;
    // Where not even the dense parts fit, the engine leaves more on the host than it has to.
    if (theirs < all && experts > 0) {
      CHECK(own >= theirs);
      continue;
    }
    CHECK(std::abs(own - theirs) <= 1);
    // It moves parts of the last block too.
    CHECK(found.hosted.host.expert_layers >= row.expert_blocks - 1);
    CHECK(found.hosted.host.expert_layers <= experts + 1);
    same += own == theirs && std::abs(found.hosted.host.expert_layers - experts) <= 1 ? 1 : 0;
  }
  std::printf("n-gpu-layers and n-cpu-moe as common_fit_params: %zu of %zu rows\n", same,
              std::size(fit_rows));
}
