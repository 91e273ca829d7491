// SPDX-License-Identifier: MIT
#include "llmfit/catalog.hpp"

namespace llmfit {

PurchasePrice purchase_price(const GpuRecord& gpu) {
  if (gpu.street_usd) return {gpu.street_usd, true, gpu.street_date};
  return {gpu.msrp_usd, false, {}};
}

}  // namespace llmfit
