// SPDX-License-Identifier: MIT
#include "probe/drm.hpp"

#include <algorithm>

#include "base/numbers.hpp"
#include "probe/lines.hpp"

namespace llmfit::probe {
namespace {

/// "card12"; its connectors are "card12-DP-1".
std::optional<std::int64_t> card_number(std::string_view name) {
  if (!name.starts_with("card")) return std::nullopt;
  return base::parse_int(name.substr(4));
}

std::int64_t read_id(const Probes& probes, const std::string& path) {
  const auto text = probes.read(path);
  if (!text) return 0;
  return any_whole(first_line(*text)).value_or(0);
}

std::string hexadecimal(std::int64_t value, int digits) {
  std::string text;
  for (int at = digits - 1; at >= 0; --at) {
    text += "0123456789abcdef"[(static_cast<std::uint64_t>(value) >> (4 * at)) & 15U];
  }
  return text;
}

}  // namespace

std::vector<DrmCard> drm_cards(const Probes& probes, std::int64_t vendor) {
  const std::string root = "/sys/class/drm";
  std::vector<std::int64_t> numbers;
  for (const auto& name : probes.list(root)) {
    if (const auto number = card_number(name)) numbers.push_back(*number);
  }
  std::sort(numbers.begin(), numbers.end());
  std::vector<DrmCard> cards;
  for (const auto number : numbers) {
    DrmCard card;
    card.folder = root + "/card" + std::to_string(number) + "/device";
    card.vendor = read_id(probes, card.folder + "/vendor");
    if (card.vendor != vendor) continue;
    card.device = read_id(probes, card.folder + "/device");
    card.revision = read_id(probes, card.folder + "/revision");
    cards.push_back(std::move(card));
  }
  return cards;
}

std::optional<Bytes> read_bytes(const Probes& probes, const std::string& path) {
  const auto text = probes.read(path);
  return text ? bytes_in(*text) : std::nullopt;
}

std::string pci_text(const DrmCard& card) {
  return hexadecimal(card.vendor, 4) + ":" + hexadecimal(card.device, 4) + " rev " +
         hexadecimal(card.revision, 2);
}

}  // namespace llmfit::probe
