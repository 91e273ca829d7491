// SPDX-License-Identifier: MIT
#include "catalog/generate_schema.hpp"

#include <set>

namespace llmfit::catalog {
namespace {

/// A reference in two parts: the file it points into (empty: its own) and the place there.
struct Target {
  std::string file;
  std::string place;
};

Target target_of(const std::string& reference) {
  const auto mark = reference.find('#');
  if (mark == std::string::npos) return {reference, {}};
  return {reference.substr(0, mark), reference.substr(mark + 1)};
}

/// "model" of "model.schema.json".
std::string short_name(const std::string& file) { return file.substr(0, file.find('.')); }

/// Gathers the main document and every one that it leads to.
class Bundle {
 public:
  Bundle(const std::map<std::string, Json>& documents, std::string main)
      : documents_(documents), main_(std::move(main)), result_(documents.at(main_)) {
    move_references(result_, main_);
  }

  Json take() {
    for (auto& [name, part] : parts_) result_["$defs"][name] = std::move(part);
    return std::move(result_);
  }

 private:
  /// "#/$defs/model" for "model.schema.json", "#" for the main document.
  [[nodiscard]] std::string place_of(const std::string& file) const {
    return file == main_ ? "#" : "#/$defs/" + short_name(file);
  }

  void move_references(Json& value, const std::string& file) {
    if (!value.is_structured()) return;
    for (const auto& [key, item] : value.items()) {
      if (key != "$ref" || !item.is_string()) {
        move_references(item, file);
        continue;
      }
      const auto target = target_of(item.get<std::string>());
      const auto& holder = target.file.empty() ? file : target.file;
      add(holder);
      item = place_of(holder) + target.place;
    }
  }

  void add(const std::string& file) {
    const auto document = documents_.find(file);
    if (file == main_ || document == documents_.end() || !added_.insert(file).second) return;
    Json part = document->second;
    part.erase("$schema");
    move_references(part, file);
    parts_.emplace_back(short_name(file), std::move(part));
  }

  const std::map<std::string, Json>& documents_;
  std::string main_;
  std::set<std::string> added_;
  std::vector<std::pair<std::string, Json>> parts_;
  Json result_;
};

}  // namespace

Json bundle_schemas(const std::map<std::string, Json>& documents, const std::string& main) {
  return Bundle(documents, main).take();
}

}  // namespace llmfit::catalog
