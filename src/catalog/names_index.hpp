// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/arena.hpp"
#include "llmfit/catalog.hpp"

namespace llmfit::catalog {

/// What makes a string a name of a record; the lower one wins where two records have the same.
enum class NameRank { id, alias, repository, name };

/// One name of one record.
struct Claim {
  std::string_view name;
  NameRank rank = NameRank::id;
  std::int32_t record = 0;
  std::size_t number = 0;  ///< which of the aliases or families
  std::string_view folded;
};

/// Names sorted by their folded form, then by rank.
std::vector<Claim> model_claims(std::span<const ModelRecord> models, Arena& arena);
std::vector<Claim> gpu_claims(std::span<const GpuRecord> gpus, Arena& arena);
std::vector<Claim> family_claims(std::span<const GpuRecord> gpus, Arena& arena);

/// Two records that may not share a name do: ids and aliases belong to one record.
struct Clash {
  const Claim* first;
  const Claim* second;
};

std::vector<Clash> clashes(const std::vector<Claim>& claims);
/// Families that are also names of a card.
std::vector<Clash> clashes(const std::vector<Claim>& families, const std::vector<Claim>& cards);

/// The best claim of each folded name, sorted.
std::vector<NameEntry> winners(const std::vector<Claim>& claims);
/// Every family with each of its members, sorted.
std::vector<NameEntry> members(const std::vector<Claim>& families);

}  // namespace llmfit::catalog
