// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/records.hpp"

namespace llmfit::catalog {

/// What one record says about another: `id` of a record of the array `kind`.
struct Reference {
  std::string_view kind;
  std::string id;
  std::string pointer;
};

/// The rules for one record that a schema cannot express; every broken one becomes a fault of
/// `fields`. What it refers to is added to `references`, to be looked up when all records are
/// known.
void check_record(const Fields& fields, const ModelRecord& model,
                  std::vector<Reference>& references);
void check_record(const Fields& fields, const GpuRecord& gpu, std::vector<Reference>& references);
void check_record(const Fields& fields, const OfferRecord& offer,
                  std::vector<Reference>& references);
void check_record(const Fields& fields, const Format& format, std::vector<Reference>& references);
void check_record(const Fields& fields, const EngineRecord& engine,
                  std::vector<Reference>& references);
void check_record(const Fields& fields, const EconomicsRecord& figure,
                  std::vector<Reference>& references);

/// Layer letters, per-layer lists and sub-objects must agree with each other.
void check_architecture(const Fields& fields, const ArchitectureRecord& architecture);

/// The tensors must add up to the parameter count (0.5 %), unless the record gives a reason.
void check_parameters(const Fields& fields, const ModelRecord& model);

}  // namespace llmfit::catalog
