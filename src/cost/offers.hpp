// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "llmfit/catalog.hpp"
#include "llmfit/fit.hpp"

namespace llmfit::cost {

/// The offers that count for one question, by card. Superseded prices are never in it.
class OfferBook {
 public:
  OfferBook(const Catalog& catalog, const OfferFilter& filter);

  /// The cheapest machine with at least `count` of that card; one with a price before one
  /// without, a listed one before a retired one. Null when there is none.
  [[nodiscard]] const OfferRecord* cheapest(const GpuRecord& gpu, std::int32_t count) const;

  /// Machines that sell a fraction of that card.
  [[nodiscard]] std::vector<const OfferRecord*> slices(const GpuRecord& gpu) const;

  /// Machines without a card, cheapest first.
  [[nodiscard]] std::span<const OfferRecord* const> hosts() const { return hosts_; }

  /// Dollars per hour of one machine on the filter's term.
  [[nodiscard]] std::optional<double> price(const OfferRecord& offer) const;

  [[nodiscard]] RentalTerm term() const { return term_; }

 private:
  [[nodiscard]] bool cheaper(const OfferRecord& a, const OfferRecord& b) const;
  [[nodiscard]] std::span<const OfferRecord* const> of(const GpuRecord& gpu) const;

  const GpuRecord* first_gpu_ = nullptr;
  RentalTerm term_ = RentalTerm::on_demand;
  std::vector<const OfferRecord*> by_gpu_;  ///< grouped by card, cheapest first within one
  std::vector<std::int32_t> starts_;        ///< of each card's group in by_gpu_, and its end
  std::vector<const OfferRecord*> hosts_;
};

/// Money of `count` cards on `machines` machines of `offer` (null: no offer known).
Cost price(const OfferBook& book, const OfferRecord* offer, std::int32_t machines,
           std::span<const GpuCount> gpus);

}  // namespace llmfit::cost
