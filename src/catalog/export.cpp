// SPDX-License-Identifier: MIT
#include "llmfit/catalog.hpp"

namespace llmfit {
namespace {

std::string_view text_of(std::string_view json) { return json; }

template <class Record>
std::string_view text_of(const Record& record) {
  return record.json;
}

/// One record a line, so that two exports compare well.
template <class Record>
void add_array(std::string& out, std::string_view name, std::span<const Record> records) {
  out.append(",\n\"").append(name).append("\": [");
  const char* separator = "\n";
  for (const auto& record : records) {
    out.append(separator).append(text_of(record));
    separator = ",\n";
  }
  out.append("\n]");
}

}  // namespace

std::string export_catalog(const Catalog& catalog) {
  std::string out = "{\n\"schema\": \"llmfit.catalog/1\"";
  add_array(out, "models", catalog.models());
  add_array(out, "gpus", catalog.gpus());
  add_array(out, "offers", catalog.offers());
  add_array(out, "quants", catalog.formats());
  add_array(out, "engines", catalog.engines());
  add_array(out, "economics", catalog.economics());
  out.append("\n}\n");
  return out;
}

}  // namespace llmfit
