// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "catalog/arena.hpp"
#include "catalog/json_text.hpp"

namespace llmfit::catalog {

/// Typed reads of one object that the schema has passed: an absent key reads like null. What the
/// schema cannot say (a number too large for its field) becomes a fault.
class Fields {
 public:
  Fields(const Json& object, std::string pointer, Arena& arena, Faults& faults)
      : object_(&object), pointer_(std::move(pointer)), arena_(arena), faults_(faults) {}

  [[nodiscard]] const std::string& pointer() const { return pointer_; }
  [[nodiscard]] const Json& json() const { return *object_; }
  [[nodiscard]] Arena& arena() const { return arena_; }

  [[nodiscard]] bool has(std::string_view key) const;               ///< present and not null
  [[nodiscard]] std::string_view text(std::string_view key) const;  ///< empty: null
  [[nodiscard]] std::optional<double> number(std::string_view key) const;
  [[nodiscard]] std::optional<std::int64_t> count(std::string_view key) const;
  [[nodiscard]] std::int32_t size(std::string_view key, std::int32_t otherwise = 0) const;
  [[nodiscard]] bool flag(std::string_view key, bool otherwise = false) const;

  [[nodiscard]] std::span<const std::string_view> texts(std::string_view key) const;
  [[nodiscard]] std::span<const std::int32_t> sizes(std::string_view key) const;
  [[nodiscard]] std::span<const std::int64_t> counts(std::string_view key) const;
  /// The object under `key`, empty where there is none.
  [[nodiscard]] Fields object(std::string_view key) const;
  /// The objects of the array under `key`.
  [[nodiscard]] std::vector<Fields> objects(std::string_view key) const;

  /// Notes that `key` (empty: the object itself) is wrong.
  void fault(std::string_view key, std::string message) const;

 private:
  [[nodiscard]] const Json* find(std::string_view key) const;
  [[nodiscard]] const Json& array(std::string_view key) const;
  [[nodiscard]] std::int32_t narrow(const Json& value, const std::string& pointer) const;

  const Json* object_;
  std::string pointer_;
  Arena& arena_;
  Faults& faults_;
};

}  // namespace llmfit::catalog
