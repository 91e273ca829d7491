// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "llmfit/catalog.hpp"

namespace llmfit::catalog {

/// Keeps the keys in the order of the file.
using Json = nlohmann::ordered_json;
using Faults = std::vector<CatalogFault>;

/// Where `key` or item `index` of the value at `pointer` is (RFC 6901).
std::string below(std::string_view pointer, std::string_view key);
std::string below(std::string_view pointer, std::size_t index);

/// A file's value (null where it could not be read) and what is wrong with the text itself.
struct JsonText {
  Json value;
  Faults faults;
};

/// Reads JSON that may come from anybody: bad syntax, values nested deeper than 64, keys given
/// twice and objects with more than 1,024 keys are faults.
JsonText read_json(std::string_view text);

/// The value as one line.
std::string one_line(const Json& value);

}  // namespace llmfit::catalog
