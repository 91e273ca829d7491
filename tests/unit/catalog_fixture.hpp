// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalog/json_text.hpp"
#include "llmfit/catalog.hpp"

/// Files for tests, made of the built-in catalog's own records.
namespace catalog_fixture {

using llmfit::catalog::Json;

inline Json record_of(std::string_view array, std::string_view id) {
  const auto& catalog = llmfit::Catalog::builtin();
  if (array == "models") return Json::parse(catalog.find_model(id)->json);
  if (array == "gpus") return Json::parse(catalog.find_gpus(id).at(0)->json);
  if (array == "quants") {
    return Json::parse(catalog.find_format(llmfit::Engine::llama_cpp, id)->json);
  }
  if (array == "engines") return Json::parse(catalog.engine(*llmfit::engine_from(id)).json);
  if (array == "offers") {
    for (const auto& offer : catalog.offers()) {
      if (offer.id == id) return Json::parse(offer.json);
    }
  }
  for (const auto text : catalog.economics()) {
    auto record = Json::parse(text);
    if (record.at("id") == std::string(id)) return record;
  }
  return {};
}

/// What is changed in a record: the value at a JSON pointer, as JSON text; empty text removes it.
using Edits = std::vector<std::pair<std::string, std::string>>;

inline Json edited(Json record, const Edits& edits) {
  for (const auto& [pointer, text] : edits) {
    const Json::json_pointer at(pointer);
    if (text.empty()) {
      record.at(at.parent_pointer()).erase(at.back());
    } else {
      record[at] = Json::parse(text);
    }
  }
  return record;
}

/// A catalog file with these records.
inline std::string file_of(const std::string& array, const std::vector<Json>& records) {
  Json file;
  file["schema"] = "llmfit.catalog/1";
  file[array] = records;
  return file.dump();
}

/// A model of one's own, with every name of it new.
inline Json own_model(std::string_view like, const std::string& id) {
  return edited(record_of("models", like), {{"/id", "\"" + id + "\""},
                                            {"/name", "\"" + id + "\""},
                                            {"/hf_repo", "null"},
                                            {"/aliases", "[]"}});
}

}  // namespace catalog_fixture
