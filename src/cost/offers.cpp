// SPDX-License-Identifier: MIT
#include "cost/offers.hpp"

#include <algorithm>
#include <tuple>

#include "cost/tokens.hpp"

namespace llmfit::cost {
namespace {

bool is_barred(const Catalog& catalog, const OfferRecord& offer) {
  return offer.gpu_index >= 0 &&
         catalog.gpus()[static_cast<std::size_t>(offer.gpu_index)].datacenter_barred;
}

bool counts(const Catalog& catalog, const OfferRecord& offer, const OfferFilter& filter) {
  if (offer.status == OfferStatus::superseded) return false;
  const bool asked = filter.term != RentalTerm::on_demand;
  if (asked && !rental_price(offer, filter.term).usd_per_hour) return false;
  if (filter.min_sla && promised_uptime(offer).value_or(0) < *filter.min_sla) return false;
  if (filter.commercial && is_barred(catalog, offer)) return false;
  if (filter.providers.empty()) return true;
  return std::find(filter.providers.begin(), filter.providers.end(), offer.provider) !=
         filter.providers.end();
}

struct Purchase {
  std::optional<double> usd;
  bool street = false;
};

Purchase purchase(std::span<const GpuCount> gpus) {
  Purchase sum{0.0, true};
  for (const auto& part : gpus) {
    const auto each = purchase_price(*part.gpu);
    if (!each.usd || part.count < 1) return {};  // nobody sells a slice of a card
    sum.usd = *sum.usd + *each.usd * part.count;
    sum.street = sum.street && each.street;
  }
  return gpus.empty() ? Purchase{} : sum;
}

}  // namespace

OfferBook::OfferBook(const Catalog& catalog, const OfferFilter& filter)
    : first_gpu_(catalog.gpus().data()), term_(filter.term) {
  std::vector<std::int32_t> sizes(catalog.gpus().size() + 1, 0);
  for (const auto& offer : catalog.offers()) {
    if (!counts(catalog, offer, filter)) continue;
    if (offer.gpu_index < 0) {
      hosts_.push_back(&offer);
    } else {
      ++sizes[static_cast<std::size_t>(offer.gpu_index)];
    }
  }
  starts_.assign(sizes.size(), 0);
  for (std::size_t i = 1; i < sizes.size(); ++i) starts_[i] = starts_[i - 1] + sizes[i - 1];
  by_gpu_.resize(static_cast<std::size_t>(starts_.back()));
  auto next = starts_;
  for (const auto& offer : catalog.offers()) {
    if (offer.gpu_index < 0 || !counts(catalog, offer, filter)) continue;
    by_gpu_[static_cast<std::size_t>(next[static_cast<std::size_t>(offer.gpu_index)]++)] = &offer;
  }
  const auto order = [this](const OfferRecord* a, const OfferRecord* b) { return cheaper(*a, *b); };
  for (std::size_t i = 0; i + 1 < starts_.size(); ++i) {
    std::sort(by_gpu_.begin() + starts_[i], by_gpu_.begin() + starts_[i + 1], order);
  }
  std::sort(hosts_.begin(), hosts_.end(), order);
}

std::optional<double> OfferBook::price(const OfferRecord& offer) const {
  return rental_price(offer, term_).usd_per_hour;
}

bool OfferBook::cheaper(const OfferRecord& a, const OfferRecord& b) const {
  const bool a_retired = a.status == OfferStatus::retired;
  const bool b_retired = b.status == OfferStatus::retired;
  const bool a_unpriced = !price(a);
  const bool b_unpriced = !price(b);
  const double a_price = price(a).value_or(0);
  const double b_price = price(b).value_or(0);
  return std::tie(a_unpriced, a_retired, a_price, a.gpu_count, a.id) <
         std::tie(b_unpriced, b_retired, b_price, b.gpu_count, b.id);
}

std::span<const OfferRecord* const> OfferBook::of(const GpuRecord& gpu) const {
  const auto index = static_cast<std::size_t>(&gpu - first_gpu_);
  return std::span(by_gpu_).subspan(static_cast<std::size_t>(starts_[index]),
                                    static_cast<std::size_t>(starts_[index + 1] - starts_[index]));
}

const OfferRecord* OfferBook::cheapest(const GpuRecord& gpu, std::int32_t count) const {
  const auto offers = of(gpu);
  const auto found = std::find_if(offers.begin(), offers.end(), [count](const OfferRecord* offer) {
    return offer->gpu_count >= count;
  });
  return found == offers.end() ? nullptr : *found;
}

std::vector<const OfferRecord*> OfferBook::slices(const GpuRecord& gpu) const {
  std::vector<const OfferRecord*> result;
  for (const auto* offer : of(gpu)) {
    if (offer->gpu_count < 1 && offer->slice_memory_gib) result.push_back(offer);
  }
  return result;
}

Cost price(const OfferBook& book, const OfferRecord* offer, std::int32_t machines,
           std::span<const GpuCount> gpus) {
  Cost cost;
  const auto bought = purchase(gpus);
  cost.purchase_usd = bought.usd;
  cost.purchase_is_street = bought.street;
  if (offer == nullptr) return cost;
  cost.offer = offer;
  cost.machines = machines;
  cost.term = book.term();
  if (const auto hourly = book.price(*offer)) {
    cost.usd_per_hour = *hourly * machines;
    cost.usd_per_month = *cost.usd_per_hour * hours_per_month;
  }
  return cost;
}

}  // namespace llmfit::cost
