// SPDX-License-Identifier: MIT
#include "llmfit/catalog.hpp"

namespace llmfit {

PurchasePrice purchase_price(const GpuRecord& gpu) {
  if (gpu.street_usd) return {gpu.street_usd, true, gpu.street_date};
  return {gpu.msrp_usd, false, {}};
}

std::string_view to_string(RentalTerm term) {
  switch (term) {
    case RentalTerm::on_demand:
      return "on_demand";
    case RentalTerm::spot:
      return "spot";
    case RentalTerm::reserved_1y:
      return "reserved_1y";
    case RentalTerm::reserved_3y:
      return "reserved_3y";
  }
  return {};
}

std::string_view describe(RentalTerm term) {
  switch (term) {
    case RentalTerm::on_demand:
      return "on demand";
    case RentalTerm::spot:
      return "spot";
    case RentalTerm::reserved_1y:
      return "reserved for a year";
    case RentalTerm::reserved_3y:
      return "reserved for three years";
  }
  return {};
}

RentalPrice rental_price(const OfferRecord& offer, RentalTerm term) {
  switch (term) {
    case RentalTerm::on_demand:
      break;
    case RentalTerm::spot:
      return {offer.usd_per_hour_spot, offer.spot_as_of.empty() ? offer.as_of : offer.spot_as_of};
    case RentalTerm::reserved_1y:
      return {offer.usd_per_hour_reserved_1y, offer.reserved_as_of};
    case RentalTerm::reserved_3y:
      return {offer.usd_per_hour_reserved_3y, offer.reserved_as_of};
  }
  return {offer.usd_per_hour, offer.as_of};
}

}  // namespace llmfit
