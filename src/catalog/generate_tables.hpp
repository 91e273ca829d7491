// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "llmfit/catalog.hpp"

namespace llmfit::catalog {

struct GeneratedFile {
  std::string name;
  std::string text;
};

/// The tables as C++ that defines what builtin.hpp declares.
std::vector<GeneratedFile> generate_tables(const Catalog::Tables& tables, std::string_view schema,
                                           std::string_view version);

}  // namespace llmfit::catalog
