// SPDX-License-Identifier: MIT
// The search against a literal loop over cards x counts, on random small catalogs.
#include <algorithm>
#include <random>

#include "catch.hpp"
#include "support/ask.hpp"
#include "support/small_catalog.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

struct Found {
  std::string_view gpu;
  std::int32_t count;
  std::int64_t fullest;
  double hourly;  ///< -1: unknown
  bool fits;

  friend bool operator==(const Found&, const Found&) = default;
  friend auto operator<=>(const Found&, const Found&) = default;
};

/// A machine with a price before one without, one in the list before one that was in it.
double literal_price(const SmallCatalog& small, std::size_t gpu, std::int32_t count) {
  double best = -1;
  bool retired = true;
  for (const auto& offer : small.offers) {
    if (offer.gpu_index != static_cast<std::int32_t>(gpu) || offer.gpu_count < count) continue;
    if (!offer.usd_per_hour) continue;
    const bool old = offer.status == OfferStatus::retired;
    const bool better =
        best < 0 || (retired && !old) || (retired == old && *offer.usd_per_hour < best);
    if (!better) continue;
    best = *offer.usd_per_hour;
    retired = old;
  }
  return best;
}

bool is_sold(const SmallCatalog& small, std::size_t gpu) {
  return std::any_of(small.offers.begin(), small.offers.end(), [&](const OfferRecord& offer) {
    return offer.gpu_index == static_cast<std::int32_t>(gpu);
  });
}

/// "gfx11*" is any that begins so.
bool names(std::string_view pattern, std::string_view target) {
  if (target.empty()) return false;
  if (!pattern.ends_with('*')) return pattern == target;
  return target.starts_with(pattern.substr(0, pattern.size() - 1));
}

bool allows(const CardSupport& support, const GpuRecord& gpu) {
  const auto& vendors = support.vendors;
  if (!vendors.empty() && std::find(vendors.begin(), vendors.end(), gpu.vendor) == vendors.end()) {
    return false;
  }
  if (gpu.compute_capability.value_or(1000) < support.min_compute_capability.value_or(0)) {
    return false;
  }
  bool ruled = false;
  for (const auto& rule : support.rules) {
    if (rule.vendor != gpu.vendor) continue;
    ruled = true;
    if (rule.targets.empty()) return true;
    for (const auto target : rule.targets) {
      if (names(target, gpu.gfx_target) || names(target, gpu.architecture)) return true;
    }
  }
  return !ruled;
}

bool runs(const EngineRecord& engine, const Format& format, const GpuRecord& gpu) {
  return allows({engine.vendors, engine.min_compute_capability, engine.cards}, gpu) &&
         allows({format.vendors, format.min_compute_capability, format.cards}, gpu);
}

bool runs(const EngineRecord& engine, const Model& model) {
  const std::string_view kind = model.arch.kind == ModelKind::encoder           ? "encoder"
                                : model.arch.kind == ModelKind::encoder_decoder ? "encoder-decoder"
                                                                                : "decoder";
  for (const auto& entry : engine.models_not_run) {
    for (const auto word : entry.models) {
      if (word == kind || word == model.architecture.value_or("")) return false;
    }
  }
  return true;
}

struct Asked {
  const Model& model;
  const FormatChoice& choice;
  WorkloadRequest workload;
};

/// The fullest device under the first split that holds the model; absent: none does. vLLM takes any
/// legal split and may leave cards idle, the others only where the model divides over fewer.
std::optional<Bytes> literal_set(const Asked& asked, const Workload& workload,
                                 const Footprint& footprint, const Device& card,
                                 std::int32_t count) {
  const auto& format = *asked.choice.format;
  for (auto used = count; used >= 1; --used) {
    std::vector<Split> splits;
    if (workload.engine == Engine::vllm) {
      for (const auto& split : split_shapes(asked.model, workload, used, used).shapes) {
        if (split_obstacle(asked.model, format, workload, split).empty()) splits.push_back(split);
      }
    } else if (const auto chosen = choose_split(asked.model, format, workload, used, used).split) {
      splits.push_back(*chosen);
    }
    for (const auto& split : splits) {
      const std::vector<Device> devices(static_cast<std::size_t>(used), card);
      const auto placed = place(asked.model, footprint, workload, split, devices);
      if (!placed.fits) continue;
      Bytes fullest;
      for (const auto& device : placed.devices) fullest = std::max(fullest, device.load.total());
      return fullest;
    }
    const bool stops = workload.engine != Engine::vllm && !splits.empty();
    if (stops || workload.engine == Engine::mlx) break;
  }
  return std::nullopt;
}

std::vector<Found> literal(const SmallCatalog& small, const Catalog& catalog, const Asked& asked) {
  const auto& engine = catalog.engine(asked.choice.engine);
  auto workload =
      make_workload(asked.workload, asked.choice.engine, asked.model, engine.utilization);
  REQUIRE(workload.has_value());
  match_dtype(*workload, asked.workload, *asked.choice.format);
  const auto weights = weigh(asked.model, *asked.choice.format);
  REQUIRE(weights.has_value());
  const auto footprint = size(asked.model, *weights, *workload, *asked.choice.format, engine);
  REQUIRE(footprint.has_value());
  std::vector<Found> found;
  if (!runs(engine, asked.model)) return found;
  for (std::size_t i = 0; i < small.gpus.size(); ++i) {
    const auto& gpu = small.gpus[i];
    if (!runs(engine, *asked.choice.format, gpu)) continue;
    if (gpu.segment == "slice" && !is_sold(small, i)) continue;
    const Device card{usable_bytes(gpu).usable, platform_of(gpu)};
    for (std::int32_t count = 1; count <= gpu.max_per_machine; ++count) {
      const auto fullest = literal_set(asked, *workload, *footprint, card, count);
      if (!fullest) continue;
      found.push_back({gpu.id, count, fullest->count(), literal_price(small, i, count), true});
      break;
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<Found> searched(const FormatResult& result) {
  std::vector<Found> found;
  for (const auto& candidate : result.candidates) {
    Bytes fullest;
    for (const auto& device : candidate.devices) fullest = std::max(fullest, device.load.total());
    found.push_back({candidate.gpus.front().gpu->id,
                     static_cast<std::int32_t>(candidate.gpus.front().count), fullest.count(),
                     candidate.cost.usd_per_hour.value_or(-1), candidate.fits});
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// Cheapest first, what has no price last.
void in_order(const FormatResult& result) {
  for (std::size_t i = 1; i < result.candidates.size(); ++i) {
    const auto& before = result.candidates[i - 1].cost;
    const auto& after = result.candidates[i].cost;
    if (before.offer == nullptr || after.offer == nullptr) continue;
    if (before.offer->status != after.offer->status || !after.usd_per_hour) continue;
    CHECK(before.usd_per_hour.value_or(1e18) <= *after.usd_per_hour);
  }
}

}  // namespace

TEST_CASE("the search finds what a loop over cards and counts finds", "[search]") {
  std::mt19937 random(5);
  const auto models = Catalog::builtin().models();
  const std::vector<std::string> words = {"f16", "q8_0", "q4_k_m", "awq", "fp8", "nf4", "q4"};
  int compared = 0;
  for (int round = 0; round < 400; ++round) {
    const auto small = random_catalog(random);
    const auto catalog = small.catalog();
    const auto model = make_model(models[random() % models.size()]);
    if (!model) continue;
    auto request = request_of(*model, {words[random() % words.size()]});
    if (!request.formats.front().format) continue;
    request.workload.context = 512 << (random() % 8);
    if (random() % 2 == 0) request.workload.sequences = 1 + random() % 32;
    request.limit = 0;
    if (model->context_length && *request.workload.context > model->context_length->count())
      continue;
    INFO("round " << round << ": " << model->id << " " << request.formats.front().typed);
    const auto result = fit(catalog, *model, request);
    REQUIRE(result.has_value());
    const auto& one = result->formats.front();
    CHECK(searched(one) == literal(small, catalog, {*model, one.choice, request.workload}));
    in_order(one);
    ++compared;
  }
  CHECK(compared > 200);
}
