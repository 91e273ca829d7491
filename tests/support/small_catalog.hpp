// SPDX-License-Identifier: MIT
#pragma once

#include <random>
#include <vector>

#include "llmfit/catalog.hpp"

namespace llmfit::test {

/// A few cards of the built-in catalog, some of their memories changed, and offers for them.
struct SmallCatalog {
  std::vector<GpuRecord> gpus;
  std::vector<OfferRecord> offers;

  [[nodiscard]] Catalog catalog() const {
    const auto& whole = Catalog::builtin();
    Catalog::Tables tables{};
    tables.gpus = gpus;
    tables.offers = offers;
    tables.formats = whole.formats();
    tables.engines = whole.engines();
    return Catalog(tables, nullptr, "test");
  }
};

/// Up to eleven offers of its cards, most of them with a price.
inline void add_offers(SmallCatalog& small, std::mt19937& random) {
  for (unsigned i = 0; i < random() % 12 && !small.gpus.empty(); ++i) {
    OfferRecord offer{};
    offer.provider = "somebody";
    offer.gpu_index = static_cast<std::int32_t>(random() % small.gpus.size());
    offer.gpu = small.gpus[static_cast<std::size_t>(offer.gpu_index)].id;
    offer.gpu_count = static_cast<double>(1 + random() % 8);
    if (random() % 5 != 0) offer.usd_per_hour = static_cast<double>(1 + random() % 400) / 20;
    offer.status = random() % 4 == 0 ? OfferStatus::retired : OfferStatus::listed;
    small.offers.push_back(offer);
  }
}

inline SmallCatalog random_catalog(std::mt19937& random) {
  SmallCatalog small;
  const auto gpus = Catalog::builtin().gpus();
  for (unsigned i = 0; i < 2 + random() % 5; ++i) {
    auto gpu = gpus[random() % gpus.size()];
    if (random() % 2 == 0) gpu.usable_mib = 4096 + static_cast<double>(random() % 90000);
    gpu.max_per_machine = static_cast<std::int32_t>(1 + random() % 8);
    small.gpus.push_back(gpu);
  }
  add_offers(small, random);
  return small;
}

}  // namespace llmfit::test
