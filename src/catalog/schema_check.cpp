// SPDX-License-Identifier: MIT
#include <algorithm>
#include <limits>
#include <set>

#include "base/names.hpp"
#include "base/numbers.hpp"
#include "base/text.hpp"
#include "catalog/schema.hpp"
#include "catalog/schema_node.hpp"

namespace llmfit::catalog {
namespace {

void check_node(const SchemaNode& node, const Json& value, const std::string& pointer,
                Faults& faults);

unsigned type_of(const Json& value) {
  switch (value.type()) {
    case Json::value_t::object:
      return 1;
    case Json::value_t::array:
      return 2;
    case Json::value_t::string:
      return 4;
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
      return 8;
    case Json::value_t::number_float:
      return 16;
    case Json::value_t::boolean:
      return 32;
    default:
      return 64;
  }
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

/// "a string or null".
std::string type_phrase(unsigned types) {
  std::vector<std::string> phrases;
  for (const auto& type : type_words) {
    if ((types & type.bit) != type.bit) continue;
    if (type.word == "integer" && (types & 16U) != 0) continue;  // a number covers it
    phrases.emplace_back(type.phrase);
  }
  return joined(phrases);
}

/// A value as it can stand in a message.
std::string shown(const Json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  return base::elide(base::printable(one_line(value)), 40, true);
}

void check_number(const SchemaNode& node, const Json& value, const std::string& pointer,
                  Faults& faults) {
  const double number = value.get<double>();
  if (value.is_number_unsigned() &&
      value.get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
    faults.push_back({pointer, "is too large, at most 2^63 - 1 is possible"});
  }
  if (node.minimum && number < *node.minimum) {
    faults.push_back({pointer, "must be at least " + base::shortest(*node.minimum)});
  }
  if (node.exclusive_minimum && number <= *node.exclusive_minimum) {
    faults.push_back({pointer, "must be more than " + base::shortest(*node.exclusive_minimum)});
  }
  if (node.maximum && number > *node.maximum) {
    faults.push_back({pointer, "must be at most " + base::shortest(*node.maximum)});
  }
}

void check_string(const SchemaNode& node, const Json& value, const std::string& pointer,
                  Faults& faults) {
  const auto& text = value.get_ref<const std::string&>();
  if (text.size() < node.min_length) {
    faults.push_back({pointer, "must not be empty; leave an optional key out, or write null"});
  } else if (node.pattern && !node.pattern->matches(text)) {
    const auto meaning = node.description.empty() ? "" : " (" + node.description + ")";
    faults.push_back({pointer, shown(value) + " does not match " + node.pattern_text + meaning});
  }
}

void check_unique(const Json& value, const std::string& pointer, Faults& faults) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (!seen.insert(one_line(value[i])).second) {
      faults.push_back({below(pointer, i), "repeats an earlier item; leave it out"});
    }
  }
}

void check_array(const SchemaNode& node, const Json& value, const std::string& pointer,
                 Faults& faults) {
  if (value.size() < node.min_items) {
    faults.push_back({pointer, "must have at least " + std::to_string(node.min_items) +
                                   (node.min_items == 1 ? " item" : " items")});
  }
  if (node.unique_items) check_unique(value, pointer, faults);
  if (node.items == nullptr) return;
  for (std::size_t i = 0; i < value.size(); ++i) {
    check_node(*node.items, value[i], below(pointer, i), faults);
  }
}

std::string unknown_key(const SchemaNode& node, const std::string& key) {
  std::vector<std::string_view> names;
  for (const auto& property : node.properties) names.emplace_back(property.first);
  const auto near = base::nearest(key, names, 1);
  if (near.empty()) return "unknown key; leave it out";
  return "unknown key; " + base::did_you_mean(near);
}

void check_property(const SchemaNode& node, const std::string& key, const Json& value,
                    const std::string& pointer, Faults& faults) {
  for (const auto& [name, schema] : node.properties) {
    if (name == key) return check_node(*schema, value, below(pointer, key), faults);
  }
  if (node.additional != nullptr) {
    check_node(*node.additional, value, below(pointer, key), faults);
  } else if (node.closed) {
    faults.push_back({below(pointer, key), unknown_key(node, key)});
  }
}

void check_object(const SchemaNode& node, const Json& value, const std::string& pointer,
                  Faults& faults) {
  for (const auto& name : node.required) {
    if (!value.contains(name)) faults.push_back({below(pointer, name), "required key is missing"});
  }
  if (value.size() < node.min_properties) {
    faults.push_back({pointer, "must have at least " + std::to_string(node.min_properties) +
                                   (node.min_properties == 1 ? " key" : " keys")});
  }
  for (const auto& [key, item] : value.items()) check_property(node, key, item, pointer, faults);
}

void check_allowed(const SchemaNode& node, const Json& value, const std::string& pointer,
                   Faults& faults) {
  if (node.allowed.empty()) return;
  if (std::find(node.allowed.begin(), node.allowed.end(), value) != node.allowed.end()) return;
  std::vector<std::string> words;
  for (const auto& word : node.allowed) words.push_back(one_line(word));
  faults.push_back({pointer, "must be " + joined(words) + ", not " + shown(value)});
}

/// Adds the faults of the branch that the value comes nearest to: of those that its type belongs
/// to, the one with the fewest.
void check_any_of(const SchemaNode& node, const Json& value, const std::string& pointer,
                  Faults& faults) {
  if (node.any_of.empty()) return;
  Faults best;
  bool best_is_type = true;
  for (const auto* branch : node.any_of) {
    Faults found;
    check_node(*branch, value, pointer, found);
    if (found.empty()) return;
    const auto* target = branch->reference != nullptr ? branch->reference : branch;
    const bool is_type = target->types != 0 && (target->types & type_of(value)) == 0;
    if (best.empty() || (best_is_type && !is_type) ||
        (best_is_type == is_type && found.size() < best.size())) {
      best = std::move(found);
      best_is_type = is_type;
    }
  }
  std::move(best.begin(), best.end(), std::back_inserter(faults));
}

void check_node(const SchemaNode& node, const Json& value, const std::string& pointer,
                Faults& faults) {
  if (node.types != 0 && (node.types & type_of(value)) == 0) {
    faults.push_back({pointer, "must be " + type_phrase(node.types) + ", not " + shown(value)});
    return;
  }
  if (node.reference != nullptr) check_node(*node.reference, value, pointer, faults);
  check_any_of(node, value, pointer, faults);
  check_allowed(node, value, pointer, faults);
  if (value.is_number()) check_number(node, value, pointer, faults);
  if (value.is_string()) check_string(node, value, pointer, faults);
  if (value.is_array()) check_array(node, value, pointer, faults);
  if (value.is_object()) check_object(node, value, pointer, faults);
}

}  // namespace

void Schema::check(const Json& value, Faults& faults) const {
  check_node(*nodes_.front(), value, "", faults);
}

}  // namespace llmfit::catalog
