// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_tree.hpp"
#include "llmfit/result.hpp"

namespace llmfit::model {

/// The first thing wrong with a configuration.
class HfFaults {
 public:
  explicit HfFaults(std::string path) : path_(std::move(path)) {}

  /// `pointer` is a JSON pointer into the file.
  void add(ErrorCode code, const std::string& pointer, std::string message, std::string hint = {});
  [[nodiscard]] const std::optional<Error>& first() const { return first_; }

 private:
  std::string path_;
  std::optional<Error> first_;
};

/// Typed reads of one object of a config.json. Publishers name one thing in several ways, so every
/// read takes the names in the order of preference; "attn_config/kv_n_heads" is a key of an inner
/// object. What has the wrong type is a fault; what is null is not there.
class HfFields {
 public:
  using Keys = std::initializer_list<std::string_view>;

  HfFields(base::JsonValue object, std::string pointer, HfFaults& faults)
      : object_(object), pointer_(std::move(pointer)), faults_(&faults) {}

  [[nodiscard]] const std::string& pointer() const { return pointer_; }
  [[nodiscard]] bool has(Keys keys) const { return !find(keys).value.is_null(); }

  [[nodiscard]] std::optional<std::int64_t> count(Keys keys) const;
  [[nodiscard]] std::int32_t size(Keys keys, std::int32_t otherwise = 0) const;
  /// A dimension that no rule gives: a fault where it is missing or not positive.
  [[nodiscard]] std::int64_t needed(Keys keys) const;
  [[nodiscard]] std::int32_t needed_size(Keys keys) const;
  [[nodiscard]] std::optional<double> number(Keys keys) const;
  [[nodiscard]] bool flag(Keys keys, bool otherwise = false) const;
  [[nodiscard]] std::string_view text(Keys keys) const;
  /// Whole numbers or truth values of an array; of a single number, that one.
  [[nodiscard]] std::vector<std::int32_t> sizes(Keys keys) const;
  [[nodiscard]] std::vector<std::string_view> texts(Keys keys) const;
  /// The object under a key; an empty one where there is none.
  [[nodiscard]] HfFields object(Keys keys) const;
  [[nodiscard]] std::vector<HfFields> objects(Keys keys) const;
  /// The value itself, null where there is none.
  [[nodiscard]] base::JsonValue value(Keys keys) const { return find(keys).value; }

  /// Notes that what stands under `key` (empty: the object) is wrong.
  void fault(std::string_view key, std::string message,
             ErrorCode code = ErrorCode::invalid_file) const;

 private:
  struct Found {
    base::JsonValue value;
    std::string_view key;
  };

  [[nodiscard]] Found find(Keys keys) const;
  [[nodiscard]] std::string below(std::string_view key) const;
  [[nodiscard]] std::int32_t narrow(std::int64_t value, std::string_view key) const;

  base::JsonValue object_;
  std::string pointer_;
  HfFaults* faults_;
};

}  // namespace llmfit::model
