// SPDX-License-Identifier: MIT
#include <algorithm>

#include "base/json_tree.hpp"
#include "base/numbers.hpp"
#include "probe/drm.hpp"
#include "probe/lines.hpp"
#include "probe/pci_names.hpp"
#include "probe/sources.hpp"

namespace llmfit::probe {
namespace {

/// A processor's graphics that nobody runs a model on: Raphael has 64 to 512 MiB.
constexpr Bytes least_memory = mib(2048);

struct Pool {
  std::optional<Bytes> total;
  std::optional<Bytes> used;
};

Pool sensible(Pool pool) {
  if (pool.total && !is_plausible(*pool.total)) pool.total.reset();
  if (!pool.total || (pool.used && *pool.used > *pool.total)) pool.used.reset();
  return pool;
}

Pool read_pool(const Probes& probes, const DrmCard& card, const std::string& kind) {
  const Pool pool{read_bytes(probes, card.folder + "/mem_info_" + kind + "_total"),
                  read_bytes(probes, card.folder + "/mem_info_" + kind + "_used")};
  return sensible(pool);
}

void take_pool(FoundCard& card, const Pool& pool) {
  card.total = pool.total;
  card.used = pool.used;
  if (pool.total && pool.used) card.free = *pool.total - *pool.used;
}

/// The GPU part of a processor takes from the larger of its carve-out and the GTT (Linux 6.10 on:
/// drivers/gpu/drm/amd/amdgpu/amdgpu_ttm.c, apu_prefer_gtt). What it has of the host's memory has
/// to be free there too.
void take_shared(FoundCard& card, const Pool& carved, const Pool& gtt, const Machine& machine) {
  const bool prefers_gtt = gtt.total.value_or(Bytes{0}) > carved.total.value_or(Bytes{0});
  take_pool(card, prefers_gtt ? gtt : carved);
  card.shares_memory = true;
  if (machine.memory) card.size = *machine.memory + carved.total.value_or(Bytes{0});
  if (!prefers_gtt || !card.free) return;
  card.free = std::min(*card.free, machine.host_free().value_or(*card.free));
}

std::string pool_text(const std::string& name, const Pool& pool) {
  return ", " + name + " " + gib_text(pool.total) + " of which " + gib_text(pool.used) + " in use";
}

void read_card(const Probes& probes, const DrmCard& drm, Machine& machine) {
  const auto vram = read_pool(probes, drm, "vram");
  const auto gtt = read_pool(probes, drm, "gtt");
  const auto known = amd_name(drm.device, drm.revision);
  const auto product = probes.read(drm.folder + "/product_name");
  FoundCard card;
  card.vendor = "amd";
  card.source = drm.folder;
  card.name = known.name.empty() ? (product ? first_line(*product) : "") : std::string(known.name);
  const bool told = vram.total.has_value();
  auto text = pci_text(drm) + (card.name.empty() ? "" : ", " + card.name) +
              pool_text("VRAM", vram) + pool_text("GTT", gtt);
  if (card.name.empty()) card.name = "AMD " + pci_text(drm);
  const bool small = known.name.empty() && told && *vram.total < least_memory;
  if (small) text += "; a processor's graphics, left out";
  add_finding(machine, drm.folder, told ? ProbeState::found : ProbeState::failed, text);
  if (small) return;
  known.unified ? take_shared(card, vram, gtt, machine) : take_pool(card, vram);
  machine.cards.push_back(std::move(card));
}

/// gfx_target_version 90402 is gfx942, 110501 is gfx1151.
std::string target_text(std::int64_t version) {
  const auto digit = [](std::int64_t value) {
    return std::string(1, "0123456789abcdef"[static_cast<std::uint64_t>(value) & 15U]);
  };
  return "gfx" + std::to_string(version / 10000) + digit(version / 100 % 100) +
         digit(version % 100);
}

/// ROCm's view: the devices that its kernel driver takes work for.
bool read_topology(const Probes& probes, Machine& machine) {
  const std::string root = "/sys/class/kfd/kfd/topology/nodes";
  std::string targets;
  for (const auto& node : probes.list(root)) {
    const auto text = probes.read(root + "/" + node + "/properties");
    if (!text) continue;
    const auto version = Lines(*text, ' ').whole("gfx_target_version").value_or(0);
    if (version <= 0 || version > 999999) continue;
    targets += (targets.empty() ? "" : ", ") + target_text(version);
  }
  if (targets.empty()) return false;
  add_finding(machine, root, ProbeState::found, targets);
  return true;
}

std::string text_of(const base::JsonValue& card, std::string_view key, std::string_view older) {
  const auto text = card[key].text();
  return std::string(text.value_or(card[older].text().value_or("")));
}

/// The card of sysfs that rocm-smi tells of: the first not yet told with the same memory.
FoundCard* same_card(Machine& machine, std::optional<Bytes> total) {
  for (auto& card : machine.cards) {
    const bool fresh = card.vendor == "amd" && card.target.empty();
    if (fresh && (!card.total || card.shares_memory || card.total == total)) return &card;
  }
  return nullptr;
}

void take_told(Machine& machine, const base::JsonValue& told) {
  const auto total = bytes_in(text_of(told, "VRAM Total Memory (B)", ""));
  const auto used = bytes_in(text_of(told, "VRAM Total Used Memory (B)", ""));
  if (!total || !is_plausible(*total)) return;
  const auto name = first_line(text_of(told, "Card Series", "Card series"));
  const auto target = first_line(text_of(told, "GFX Version", ""));
  auto* card = same_card(machine, total);
  if (card == nullptr) {
    if (*total < least_memory) return;
    card = &machine.cards.emplace_back();
    card->vendor = "amd";
    card->source = "rocm-smi";
  }
  card->target = target.empty() ? "unknown" : target;
  if ((card->name.empty() || card->name.find(':') != std::string::npos) && !name.empty()) {
    card->name = name;
  }
  if (!card->total) take_pool(*card, sensible({total, used}));
}

void read_rocm_smi(const Probes& probes, Machine& machine) {
  const auto text = probes.ask(Inquiry::rocm_smi);
  if (!text) {
    const bool absent = text.error().code == ErrorCode::unsupported;
    return add_finding(machine, "rocm-smi", absent ? ProbeState::absent : ProbeState::failed,
                       first_line(text.error().message));
  }
  // Warnings stand before the document.
  const auto start = std::min(text->find('{'), text->size());
  const auto end = text->rfind('}');
  const base::JsonTree tree(std::string_view(*text).substr(
      start, end == std::string::npos || end < start ? 0 : end - start + 1));
  if (tree.fault() || !tree.root().is_object()) {
    return add_finding(machine, "rocm-smi", ProbeState::failed,
                       "no JSON in it: " + first_line(*text));
  }
  std::size_t cards = 0;
  for (const auto& told : tree.root().items()) {
    if (!told.key().starts_with("card")) continue;
    ++cards;
    take_told(machine, told);
  }
  add_finding(machine, "rocm-smi", ProbeState::found,
              std::to_string(cards) + (cards == 1 ? " card" : " cards"));
}

}  // namespace

void probe_amd(const Probes& probes, Machine& machine) {
  const auto cards = drm_cards(probes, amd_vendor);
  for (const auto& card : cards) read_card(probes, card, machine);
  const bool topology = read_topology(probes, machine);
  if (topology || !cards.empty()) return read_rocm_smi(probes, machine);
  add_finding(machine, "AMD", ProbeState::absent, "no card in /sys/class/drm, no /sys/class/kfd");
}

}  // namespace llmfit::probe
