// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "catalog/json_text.hpp"
#include "catalog/schema.hpp"
#include "llmfit/catalog.hpp"

namespace llmfit::catalog {

/// A fault of the file with that number.
struct FileFault {
  std::size_t file = 0;
  CatalogFault fault;
};

/// Tables in which the records of files are added to those of a base, or replace those with the
/// same id. The one way in which records enter a catalog: at build time and for overlays.
struct Merged {
  Catalog::Tables tables;
  std::shared_ptr<const void> storage;  ///< of what the files added; the base's own is not in it
  std::vector<FileFault> faults;  ///< every one; where there are any, the tables are not to be used
  std::string newest_as_of;       ///< newest date of the files' records
  std::uint64_t hash = 0;         ///< of the records that were added or changed
  bool changed = false;           ///< any was
};

/// `overlay`: the files' models say that they come from an overlay.
Merged merge(const Catalog::Tables& base, std::span<const Json> files, const Schema& schema,
             bool overlay);

/// The last eight digits of a content hash.
std::string short_hash(std::uint64_t hash);

}  // namespace llmfit::catalog
