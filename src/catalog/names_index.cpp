// SPDX-License-Identifier: MIT
#include "catalog/names_index.hpp"

#include <algorithm>
#include <tuple>

#include "base/names.hpp"

namespace llmfit::catalog {
namespace {

/// Collects claims; names without a letter or digit name nothing.
class Claims {
 public:
  explicit Claims(Arena& arena) : arena_(arena) {}

  void add(std::string_view name, NameRank rank, std::size_t record, std::size_t number = 0) {
    const auto folded = arena_.keep(base::fold_name(name));
    if (folded.empty()) return;
    claims_.push_back({.name = name,
                       .rank = rank,
                       .record = static_cast<std::int32_t>(record),
                       .number = number,
                       .folded = folded});
  }

  void add(std::span<const std::string_view> names, NameRank rank, std::size_t record) {
    for (std::size_t i = 0; i < names.size(); ++i) add(names[i], rank, record, i);
  }

  std::vector<Claim> sorted() && {
    std::sort(claims_.begin(), claims_.end(), [](const Claim& a, const Claim& b) {
      return std::tie(a.folded, a.rank, a.record, a.number) <
             std::tie(b.folded, b.rank, b.record, b.number);
    });
    return std::move(claims_);
  }

 private:
  Arena& arena_;
  std::vector<Claim> claims_;
};

bool is_exclusive(const Claim& claim) { return claim.rank <= NameRank::alias; }

}  // namespace

std::vector<Claim> model_claims(std::span<const ModelRecord> models, Arena& arena) {
  Claims claims(arena);
  for (std::size_t i = 0; i < models.size(); ++i) {
    claims.add(models[i].id, NameRank::id, i);
    claims.add(models[i].aliases, NameRank::alias, i);
    claims.add(models[i].hf_repo, NameRank::repository, i);
    claims.add(models[i].name, NameRank::name, i);
  }
  return std::move(claims).sorted();
}

std::vector<Claim> gpu_claims(std::span<const GpuRecord> gpus, Arena& arena) {
  Claims claims(arena);
  for (std::size_t i = 0; i < gpus.size(); ++i) {
    claims.add(gpus[i].id, NameRank::id, i);
    claims.add(gpus[i].aliases, NameRank::alias, i);
    claims.add(gpus[i].name, NameRank::name, i);
  }
  return std::move(claims).sorted();
}

std::vector<Claim> family_claims(std::span<const GpuRecord> gpus, Arena& arena) {
  Claims claims(arena);
  for (std::size_t i = 0; i < gpus.size(); ++i) {
    claims.add(gpus[i].families, NameRank::alias, i);
  }
  return std::move(claims).sorted();
}

std::vector<Clash> clashes(const std::vector<Claim>& claims) {
  std::vector<Clash> found;
  const Claim* first = nullptr;
  for (const auto& claim : claims) {
    if (first == nullptr || claim.folded != first->folded) {
      first = &claim;
    } else if (is_exclusive(claim) && claim.record != first->record) {
      found.push_back({first, &claim});
    }
  }
  return found;
}

std::vector<Clash> clashes(const std::vector<Claim>& families, const std::vector<Claim>& cards) {
  std::vector<Clash> found;
  const Claim* last = nullptr;
  for (const auto& family : families) {
    const auto card = std::lower_bound(
        cards.begin(), cards.end(), family.folded,
        [](const Claim& claim, std::string_view folded) { return claim.folded < folded; });
    const bool same = card != cards.end() && card->folded == family.folded;
    if (same && (last == nullptr || last->folded != family.folded))
      found.push_back({&*card, &family});
    if (same) last = &family;
  }
  return found;
}

std::vector<NameEntry> winners(const std::vector<Claim>& claims) {
  std::vector<NameEntry> entries;
  for (const auto& claim : claims) {
    if (entries.empty() || entries.back().folded != claim.folded) {
      entries.push_back({claim.folded, claim.record});
    }
  }
  return entries;
}

std::vector<NameEntry> members(const std::vector<Claim>& families) {
  std::vector<NameEntry> entries;
  for (const auto& claim : families) {
    const bool repeats = !entries.empty() && entries.back().folded == claim.folded &&
                         entries.back().index == claim.record;
    if (!repeats) entries.push_back({claim.folded, claim.record});
  }
  return entries;
}

}  // namespace llmfit::catalog
