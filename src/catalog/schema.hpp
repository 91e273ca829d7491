// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "catalog/json_text.hpp"

namespace llmfit::catalog {

struct SchemaNode;

/// A JSON Schema, compiled: the part of draft 2020-12 that the catalog's own schemas use.
class Schema {
 public:
  /// Null, and the faults, where the schema uses a keyword that is not interpreted, or uses one
  /// wrongly.
  static std::shared_ptr<const Schema> compile(const Json& document, Faults& faults);

  /// Adds every fault of `value`, each with its pointer and how to mend it.
  void check(const Json& value, Faults& faults) const;

  ~Schema();
  Schema(const Schema&) = delete;
  Schema& operator=(const Schema&) = delete;

 private:
  Schema();

  std::vector<std::unique_ptr<SchemaNode>> nodes_;  ///< the first is the root
};

}  // namespace llmfit::catalog
