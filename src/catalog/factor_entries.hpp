// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "llmfit/factors.hpp"

namespace llmfit::catalog {

/// The factors among the catalog's figures, in its order.
std::vector<FactorEntry> factor_entries(const Catalog& catalog);

/// The catalog's default for anybody's hardware; of several the last, which is an overlay's. Null:
/// there is none.
const FactorEntry* default_factor(std::span<const FactorEntry> entries, FactorKind kind);

/// What holds at one's own place; else the default. Null: there is none.
const FactorEntry* own_factor(std::span<const FactorEntry> entries, FactorKind kind,
                              OwnPlace place);

/// How it is known of which grid an offer's power is.
GridBasis grid_basis_at(std::span<const FactorEntry> entries, const OfferRecord& offer);

/// Whether a grid is the United States', whose electricity prices the catalog has.
bool is_american(const FactorEntry& grid);

/// What is known of the offer's provider or region, else the default. Null: there is none.
const FactorEntry* factor_at(std::span<const FactorEntry> entries, FactorKind kind,
                             const OfferRecord& offer);

/// What a person may call a grid: its country and code, or its cloud's region.
std::vector<std::string_view> grid_names(const FactorEntry& entry);

/// The grid of a place as a person types it: "deu", "DE", "Germany",
/// "us-central1", "aws:us-east-1". Null: there is none.
const FactorEntry* grid_of(std::span<const FactorEntry> entries, std::string_view typed);

/// The water of the power stations behind a grid: of the country that a cloud's region lies in,
/// where that is known, else of the world. Null: there is none.
const FactorEntry* grid_water_of(std::span<const FactorEntry> entries, const FactorEntry& grid);

}  // namespace llmfit::catalog
