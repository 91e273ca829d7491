// SPDX-License-Identifier: MIT
#include "base/json_tree.hpp"

#include <algorithm>
#include <cmath>

#include "base/numbers.hpp"
#include "base/text.hpp"

namespace llmfit::base {
namespace {

using Kind = JsonScan::Kind;

constexpr std::size_t size_limit = std::size_t{8} << 20;

/// The first key that an earlier one equals.
const std::string* given_twice(std::vector<const std::string*>& keys) {
  const auto less = [](const std::string* a, const std::string* b) { return *a < *b; };
  const auto same = [](const std::string* a, const std::string* b) { return *a == *b; };
  std::sort(keys.begin(), keys.end(), less);
  const auto found = std::adjacent_find(keys.begin(), keys.end(), same);
  return found == keys.end() ? nullptr : *found;
}

}  // namespace

JsonTree::JsonTree(std::string_view text) {
  if (text.size() > size_limit) {
    fault_ = JsonFault{size_limit, "larger than 8 MiB"};
    return;
  }
  JsonScan scan(text);
  read(scan, {});
  scan.at_end();
  fault_ = scan.fault();
  if (fault_) nodes_.clear();
}

std::string_view JsonTree::keep(std::string text) { return texts_.emplace_back(std::move(text)); }

void JsonTree::read_members(JsonScan& scan) {
  std::vector<const std::string*> keys;
  std::string key;
  const auto from = scan.offset();
  while (scan.next_key(key)) {
    keys.push_back(&texts_.emplace_back(std::move(key)));
    read(scan, *keys.back());
  }
  if (const auto* const twice = given_twice(keys)) {
    scan.fail(from, "key '" + printable(*twice) + "' is given twice in the object");
  }
}

void JsonTree::read_scalar(JsonScan& scan, Node& node) {
  switch (node.kind) {
    case Kind::string:
      node.text = keep(scan.string());
      return;
    case Kind::number:
      node.text = keep(std::string(scan.number()));
      return;
    case Kind::boolean:
      node.truth = scan.boolean();
      return;
    default:
      return scan.skip();  // null, or a fault
  }
}

void JsonTree::read(JsonScan& scan, std::string_view key) {
  const auto index = nodes_.size();
  Node node;
  node.kind = scan.kind();
  node.key = key;
  const bool object = node.kind == Kind::object;
  const bool array = node.kind == Kind::array;
  if (!object && !array) read_scalar(scan, node);
  nodes_.push_back(node);
  if (object && scan.enter_object()) read_members(scan);
  if (array && scan.enter_array()) {
    while (scan.next_item()) read(scan, {});
  }
  nodes_[index].next = static_cast<std::uint32_t>(nodes_.size());
}

Kind JsonValue::kind() const { return tree_ == nullptr ? Kind::null : tree_->nodes_[index_].kind; }

std::string_view JsonValue::key() const {
  return tree_ == nullptr ? std::string_view{} : tree_->nodes_[index_].key;
}

std::optional<std::string_view> JsonValue::text() const {
  if (kind() != Kind::string) return std::nullopt;
  return tree_->nodes_[index_].text;
}

std::optional<bool> JsonValue::flag() const {
  if (kind() != Kind::boolean) return std::nullopt;
  return tree_->nodes_[index_].truth;
}

std::optional<double> JsonValue::number() const {
  const auto value =
      kind() == Kind::number ? parse_number(tree_->nodes_[index_].text) : std::nullopt;
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::optional<std::int64_t> JsonValue::whole() const {
  if (kind() != Kind::number) return std::nullopt;
  if (const auto exact = parse_int(tree_->nodes_[index_].text)) return exact;
  const auto value = number();
  if (!value || *value != std::floor(*value) || std::fabs(*value) > 9e15) return std::nullopt;
  return static_cast<std::int64_t>(*value);
}

std::vector<JsonValue> JsonValue::items() const {
  std::vector<JsonValue> found;
  if (!is_array() && !is_object()) return found;
  const auto end = tree_->nodes_[index_].next;
  for (auto i = index_ + 1; i < end; i = tree_->nodes_[i].next) found.emplace_back(*tree_, i);
  return found;
}

JsonValue JsonValue::operator[](std::string_view key) const {
  if (!is_object()) return {};
  const auto end = tree_->nodes_[index_].next;
  for (auto i = index_ + 1; i < end; i = tree_->nodes_[i].next) {
    if (tree_->nodes_[i].key == key) return {*tree_, i};
  }
  return {};
}

}  // namespace llmfit::base
