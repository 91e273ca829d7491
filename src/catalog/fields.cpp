// SPDX-License-Identifier: MIT
#include "catalog/fields.hpp"

#include <limits>

namespace llmfit::catalog {

const Json* Fields::find(std::string_view key) const {
  if (!object_->is_object()) return nullptr;
  for (auto item = object_->begin(); item != object_->end(); ++item) {
    if (item.key() == key) return item->is_null() ? nullptr : &*item;
  }
  return nullptr;
}

const Json& Fields::array(std::string_view key) const {
  static const Json none = Json::array();
  const auto* value = find(key);
  return value == nullptr || !value->is_array() ? none : *value;
}

void Fields::fault(std::string_view key, std::string message) const {
  faults_.push_back({key.empty() ? pointer_ : below(pointer_, key), std::move(message)});
}

bool Fields::has(std::string_view key) const { return find(key) != nullptr; }

std::string_view Fields::text(std::string_view key) const {
  const auto* value = find(key);
  if (value == nullptr || !value->is_string()) return {};
  return arena_.keep(value->get_ref<const std::string&>());
}

std::optional<double> Fields::number(std::string_view key) const {
  const auto* value = find(key);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->get<double>();
}

std::optional<std::int64_t> Fields::count(std::string_view key) const {
  const auto* value = find(key);
  if (value == nullptr || !value->is_number_integer()) return std::nullopt;
  return value->get<std::int64_t>();
}

std::int32_t Fields::narrow(const Json& value, const std::string& pointer) const {
  const auto wide = value.is_number_integer() ? value.get<std::int64_t>() : 0;
  if (wide >= 0 && wide <= std::numeric_limits<std::int32_t>::max()) {
    return static_cast<std::int32_t>(wide);
  }
  faults_.push_back({pointer, "must be between 0 and 2^31 - 1"});
  return 0;
}

std::int32_t Fields::size(std::string_view key, std::int32_t otherwise) const {
  const auto* value = find(key);
  return value == nullptr ? otherwise : narrow(*value, below(pointer_, key));
}

bool Fields::flag(std::string_view key, bool otherwise) const {
  const auto* value = find(key);
  return value == nullptr || !value->is_boolean() ? otherwise : value->get<bool>();
}

std::span<const std::string_view> Fields::texts(std::string_view key) const {
  std::vector<std::string_view> items;
  for (const auto& item : array(key)) {
    if (item.is_string()) items.push_back(arena_.keep(item.get_ref<const std::string&>()));
  }
  return arena_.keep(items);
}

std::span<const std::int32_t> Fields::sizes(std::string_view key) const {
  std::vector<std::int32_t> items;
  for (const auto& item : array(key)) {
    items.push_back(narrow(item, below(below(pointer_, key), items.size())));
  }
  return arena_.keep(items);
}

std::span<const std::int64_t> Fields::counts(std::string_view key) const {
  std::vector<std::int64_t> items;
  for (const auto& item : array(key)) {
    items.push_back(item.is_number_integer() ? item.get<std::int64_t>() : 0);
  }
  return arena_.keep(items);
}

Fields Fields::object(std::string_view key) const {
  static const Json none = Json::object();
  const auto* value = find(key);
  return {value == nullptr ? none : *value, below(pointer_, key), arena_, faults_};
}

std::vector<Fields> Fields::objects(std::string_view key) const {
  const auto base = below(pointer_, key);
  std::vector<Fields> items;
  for (const auto& item : array(key)) {
    items.emplace_back(item, below(base, items.size()), arena_, faults_);
  }
  return items;
}

}  // namespace llmfit::catalog
