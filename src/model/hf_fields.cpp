// SPDX-License-Identifier: MIT
#include "model/hf_fields.hpp"

#include <limits>

#include "base/text.hpp"

namespace llmfit::model {
namespace {

using base::JsonScan;
using base::JsonValue;

/// Layers and widths beyond this belong to no model; they only cost time.
constexpr std::int64_t largest_size = std::numeric_limits<std::int32_t>::max();

JsonValue inner(JsonValue value, std::string_view path) {
  for (auto slash = path.find('/'); slash != path.npos; slash = path.find('/')) {
    value = value[path.substr(0, slash)];
    path.remove_prefix(slash + 1);
  }
  return value[path];
}

std::optional<std::int64_t> whole(const JsonValue& value) {
  if (const auto flag = value.flag()) return *flag ? 1 : 0;
  return value.whole();
}

}  // namespace

void HfFaults::add(ErrorCode code, const std::string& pointer, std::string message,
                   std::string hint) {
  if (first_) return;
  const auto place = pointer.empty() ? path_ : path_ + ": " + base::printable(pointer);
  first_ = Error{code, std::move(message), std::move(hint), place};
}

HfFields::Found HfFields::find(Keys keys) const {
  for (const auto key : keys) {
    if (const auto value = inner(object_, key); !value.is_null()) return {value, key};
  }
  return {};
}

std::string HfFields::below(std::string_view key) const {
  if (key.empty()) return pointer_;
  return std::string(pointer_).append("/").append(key);
}

void HfFields::fault(std::string_view key, std::string message, ErrorCode code) const {
  faults_->add(code, below(key), std::move(message));
}

std::optional<std::int64_t> HfFields::count(Keys keys) const {
  const auto found = find(keys);
  if (found.value.is_null()) return std::nullopt;
  const auto value = found.value.whole();
  if (!value || *value < 0) fault(found.key, "a whole number of 0 or more is expected");
  return value && *value >= 0 ? value : std::nullopt;
}

std::int32_t HfFields::narrow(std::int64_t value, std::string_view key) const {
  if (value >= 0 && value <= largest_size) return static_cast<std::int32_t>(value);
  fault(key, "must be between 0 and 2^31 - 1");
  return 0;
}

std::int32_t HfFields::size(Keys keys, std::int32_t otherwise) const {
  const auto value = count(keys);
  return value ? narrow(*value, find(keys).key) : otherwise;
}

std::int64_t HfFields::needed(Keys keys) const {
  const auto value = count(keys);
  if (value && *value > 0) return *value;
  const auto key = value ? find(keys).key : *keys.begin();
  faults_->add(ErrorCode::invalid_file, below(key),
               std::string(key) + (value ? " must not be 0" : " is missing"),
               "dimensions are never guessed: take the model's full config.json");
  return 0;
}

std::int32_t HfFields::needed_size(Keys keys) const {
  const auto value = needed(keys);
  return value > 0 ? narrow(value, find(keys).key) : 0;
}

std::optional<double> HfFields::number(Keys keys) const {
  const auto found = find(keys);
  const auto value = found.value.number();
  if (!found.value.is_null() && !value) fault(found.key, "a number is expected");
  return value;
}

bool HfFields::flag(Keys keys, bool otherwise) const {
  const auto found = find(keys);
  if (found.value.is_null()) return otherwise;
  const auto value = whole(found.value);
  if (!value) fault(found.key, "true or false is expected");
  return value.value_or(0) != 0;
}

std::string_view HfFields::text(Keys keys) const {
  return find(keys).value.text().value_or(std::string_view{});
}

std::vector<std::int32_t> HfFields::sizes(Keys keys) const {
  const auto found = find(keys);
  std::vector<std::int32_t> sizes;
  if (const auto single = whole(found.value)) return {narrow(*single, found.key)};
  for (const auto& item : found.value.items()) {
    const auto value = whole(item);
    if (!value) fault(found.key, "an array of whole numbers is expected");
    sizes.push_back(narrow(value.value_or(0), found.key));
  }
  return sizes;
}

std::vector<std::string_view> HfFields::texts(Keys keys) const {
  std::vector<std::string_view> texts;
  for (const auto& item : find(keys).value.items()) {
    if (const auto text = item.text()) texts.push_back(*text);
  }
  return texts;
}

HfFields HfFields::object(Keys keys) const {
  const auto found = find(keys);
  const bool is_object = found.value.is_object();
  if (!found.value.is_null() && !is_object) fault(found.key, "an object is expected");
  return {is_object ? found.value : JsonValue(), below(found.key), *faults_};
}

std::vector<HfFields> HfFields::objects(Keys keys) const {
  const auto found = find(keys);
  const auto base = below(found.key);
  std::vector<HfFields> objects;
  for (const auto& item : found.value.items()) {
    objects.emplace_back(item, base + "/" + std::to_string(objects.size()), *faults_);
  }
  return objects;
}

}  // namespace llmfit::model
