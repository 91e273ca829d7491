// SPDX-License-Identifier: MIT
#include "search/rank_set.hpp"

#include <algorithm>

#include "search/hardware.hpp"

namespace llmfit::search {
namespace {

/// The variant with the least memory, alone: a model that it holds fits all of them.
CardChoice smallest_variant(const CardChoice& choice) {
  auto one = choice;
  one.count = choice.count.value_or(1);
  if (choice.variants.size() < 2) return one;
  one.variants = {*std::min_element(choice.variants.begin(), choice.variants.end(),
                                    [](const GpuRecord* a, const GpuRecord* b) {
                                      return usable_bytes(*a).usable < usable_bytes(*b).usable;
                                    })};
  return one;
}

std::vector<CardChoice>& cards_of(HardwareRequest& hardware) {
  return hardware.together.empty() ? hardware.alternatives : hardware.together;
}

HardwareSet devices_of(const std::vector<CardChoice>& cards) {
  std::vector<GpuCount> gpus;
  for (const auto& card : cards) {
    for (const auto* gpu : card.variants) {
      gpus.push_back({gpu, static_cast<double>(card.count.value_or(1))});
    }
  }
  if (gpus.size() != 1) return mixed_cards(gpus);
  return equal_cards(*gpus.front().gpu, static_cast<std::int32_t>(gpus.front().count));
}

}  // namespace

Result<RankSet> rank_set(const HardwareRequest& asked) {
  if (asked.alternatives.size() + asked.together.size() == 0) {
    return fail(ErrorCode::usage, "`llmfit rank` needs the hardware to rank models for",
                "llmfit rank --gpu rtx-3090", "rank");
  }
  if (asked.alternatives.size() > 1) {
    return fail(ErrorCode::usage, "`llmfit rank` judges one set of hardware, not alternatives",
                "leave one after --gpu, or repeat --gpu for one machine with both", "--gpu");
  }
  RankSet set;
  set.hardware = asked;
  auto& cards = cards_of(set.hardware);
  for (auto& card : cards) {
    if (card.variants.empty()) return set;  // host memory
    const auto one = smallest_variant(card);
    if (card.variants.size() > 1) {
      set.smallest_of = std::vector<std::string>{card.typed, std::to_string(card.variants.size()),
                                                 std::string(one.variants.front()->id)};
    }
    card = one;
  }
  auto hardware = devices_of(cards);
  set.gpus = std::move(hardware.gpus);
  set.devices = std::move(hardware.devices);
  return set;
}

std::optional<Bytes> whole_capacity(const HardwareRequest& hardware) {
  const auto& cards = hardware.together.empty() ? hardware.alternatives : hardware.together;
  Bytes sum;
  for (const auto& device : devices_of(cards).devices) sum += device.usable;
  return sum > Bytes{0} ? std::optional(sum) : std::nullopt;
}

}  // namespace llmfit::search
