// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_scan.hpp"

namespace llmfit::base {

class JsonTree;

/// One value of a tree, which must outlive it. A value that is not there reads like null.
class JsonValue {
 public:
  JsonValue() = default;
  JsonValue(const JsonTree& tree, std::uint32_t index) : tree_(&tree), index_(index) {}

  [[nodiscard]] JsonScan::Kind kind() const;
  [[nodiscard]] bool is_null() const { return kind() == JsonScan::Kind::null; }
  [[nodiscard]] bool is_object() const { return kind() == JsonScan::Kind::object; }
  [[nodiscard]] bool is_array() const { return kind() == JsonScan::Kind::array; }

  [[nodiscard]] std::optional<std::string_view> text() const;
  [[nodiscard]] std::optional<bool> flag() const;
  [[nodiscard]] std::optional<double> number() const;
  /// A whole number, also one written with a fraction of nothing ("4096.0").
  [[nodiscard]] std::optional<std::int64_t> whole() const;

  /// Member of an object; null where there is none.
  [[nodiscard]] JsonValue operator[](std::string_view key) const;
  /// Items of an array or values of an object, in the order of the text.
  [[nodiscard]] std::vector<JsonValue> items() const;
  [[nodiscard]] std::string_view key() const;  ///< under which it stands in its object

 private:
  const JsonTree* tree_ = nullptr;
  std::uint32_t index_ = 0;
};

/// A small document (up to 8 MiB), read as a whole. Keys given twice are a fault.
class JsonTree {
 public:
  explicit JsonTree(std::string_view text);

  [[nodiscard]] const std::optional<JsonFault>& fault() const { return fault_; }
  [[nodiscard]] JsonValue root() const {
    return nodes_.empty() ? JsonValue() : JsonValue(*this, 0);
  }

 private:
  friend class JsonValue;
  struct Node {
    JsonScan::Kind kind = JsonScan::Kind::null;
    bool truth = false;
    std::uint32_t next = 0;  ///< the node after this value and all that is in it
    std::string_view key;
    std::string_view text;
  };

  void read(JsonScan& scan, std::string_view key);
  void read_members(JsonScan& scan);
  void read_scalar(JsonScan& scan, Node& node);
  std::string_view keep(std::string text);

  std::vector<Node> nodes_;
  std::deque<std::string> texts_;
  std::optional<JsonFault> fault_;
};

}  // namespace llmfit::base
