// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "catalog/records.hpp"
#include "catalog/rules.hpp"

namespace llmfit::catalog {

/// Which record of which file something is; no file: of the base.
struct Origin {
  static constexpr std::size_t base = static_cast<std::size_t>(-1);

  std::size_t file = base;
  std::size_t index = 0;

  [[nodiscard]] bool is_base() const { return file == base; }
};

/// What differs between the kinds of records: their array in files, their reader, their identity.
template <class Record>
struct Kind {};

template <>
struct Kind<ModelRecord> {
  static constexpr std::string_view array = "models";
  static constexpr auto read = read_model;
  static std::string key(const ModelRecord& record) { return std::string(record.id); }
};

template <>
struct Kind<GpuRecord> {
  static constexpr std::string_view array = "gpus";
  static constexpr auto read = read_gpu;
  static std::string key(const GpuRecord& record) { return std::string(record.id); }
};

template <>
struct Kind<OfferRecord> {
  static constexpr std::string_view array = "offers";
  static constexpr auto read = read_offer;
  static std::string key(const OfferRecord& record) { return std::string(record.id); }
};

template <>
struct Kind<Format> {
  static constexpr std::string_view array = "quants";
  static constexpr auto read = read_format;
  static std::string key(const Format& record) {
    return std::string(to_string(record.engine)).append(" ").append(record.id);
  }
};

template <>
struct Kind<EngineRecord> {
  static constexpr std::string_view array = "engines";
  static constexpr auto read = read_engine;
  static std::string key(const EngineRecord& record) {
    return std::string(to_string(record.engine));
  }
};

template <>
struct Kind<EconomicsRecord> {
  static constexpr std::string_view array = "economics";
  static constexpr auto read = read_economics;
  static std::string key(const EconomicsRecord& record) { return std::string(record.id); }
};

/// The records of one kind while a catalog is put together.
template <class Record>
class Rows {
 public:
  std::vector<Record> records;
  std::vector<Origin> origins;
  std::set<std::string, std::less<>> refused;  ///< ids that are there, but in a broken record

  void start(std::span<const Record> base) {
    for (const auto& record : base) append(record, {});
  }

  /// The number of the record with that key, or none.
  [[nodiscard]] std::size_t find(const std::string& key) const {
    const auto found = numbers_.find(key);
    return found == numbers_.end() ? none : found->second;
  }

  [[nodiscard]] bool names(const std::string& id) const {
    return find(id) != none || refused.contains(id);
  }

  void append(const Record& record, Origin origin) {
    numbers_.emplace(Kind<Record>::key(record), records.size());
    records.push_back(record);
    origins.push_back(origin);
  }

  static constexpr std::size_t none = static_cast<std::size_t>(-1);

 private:
  std::unordered_map<std::string, std::size_t> numbers_;
};

}  // namespace llmfit::catalog
