// SPDX-License-Identifier: MIT
// llmfit_generate DATA_DIR OUT_DIR: checks every record under DATA_DIR and writes them as C++
// tables. All faults are listed, one a line as `file: JSON pointer: message`; exit 1 then, 2
// without files.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "catalog/generate_schema.hpp"
#include "catalog/generate_tables.hpp"
#include "catalog/merge.hpp"

namespace {

namespace fs = std::filesystem;
using llmfit::catalog::Faults;
using llmfit::catalog::Json;

constexpr const char* main_schema = "catalog.schema.json";

struct DataFile {
  std::string name;
  Json value;
};

/// What was read and what is wrong with it.
struct Data {
  std::vector<DataFile> files;
  std::map<std::string, Json> schemas;
  int faults = 0;
};

void report(const std::string& file, const llmfit::CatalogFault& fault, int& count) {
  std::fprintf(stderr, "%s: %s: %s\n", file.c_str(), fault.pointer.c_str(), fault.message.c_str());
  ++count;
}

std::string contents(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

std::vector<fs::path> json_files(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code none;
  for (const auto& entry : fs::recursive_directory_iterator(folder, none)) {
    if (entry.path().extension() == ".json") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

Data read_data(const fs::path& folder) {
  Data data;
  for (const auto& path : json_files(folder)) {
    auto text = llmfit::catalog::read_json(contents(path));
    for (const auto& fault : text.faults) report(path.string(), fault, data.faults);
    if (path.parent_path().filename() == "schema") {
      data.schemas.emplace(path.filename().string(), std::move(text.value));
    } else {
      data.files.push_back({path.string(), std::move(text.value)});
    }
  }
  return data;
}

/// Every engine that the program knows needs its constants.
void check_engines(const llmfit::Catalog::Tables& tables, const std::string& folder, int& faults) {
  for (const auto engine : llmfit::all_engines) {
    const bool known =
        std::any_of(tables.engines.begin(), tables.engines.end(),
                    [engine](const auto& record) { return record.engine == engine; });
    if (known) continue;
    report(folder, {"/engines", "no record for '" + std::string(to_string(engine)) + "'"}, faults);
  }
}

/// False when a file could not be written.
bool write(const fs::path& folder, const llmfit::catalog::GeneratedFile& file) {
  std::ofstream stream(folder / file.name, std::ios::binary);
  stream << file.text;
  stream.close();
  if (!stream) std::fprintf(stderr, "%s: cannot be written\n", file.name.c_str());
  return static_cast<bool>(stream);
}

int generate(const std::string& data_folder, const fs::path& out_folder) {
  auto data = read_data(data_folder);
  if (data.faults > 0) return 1;
  if (data.files.empty() || !data.schemas.contains(main_schema)) {
    std::fprintf(stderr, "%s: holds no catalog\n", data_folder.c_str());
    return 2;
  }
  const auto bundle = llmfit::catalog::bundle_schemas(data.schemas, main_schema);
  Faults wrong;
  const auto schema = llmfit::catalog::Schema::compile(bundle, wrong);
  for (const auto& fault : wrong) report(data_folder + "/schema", fault, data.faults);
  if (!schema) return 1;

  std::vector<Json> values;
  for (const auto& file : data.files) values.push_back(file.value);
  const auto merged = llmfit::catalog::merge({}, values, *schema, false);
  for (const auto& [file, fault] : merged.faults) report(data.files[file].name, fault, data.faults);
  check_engines(merged.tables, data_folder, data.faults);
  if (data.faults > 0) return 1;

  const auto version = merged.newest_as_of + "-" + llmfit::catalog::short_hash(merged.hash);
  bool written = true;
  for (const auto& file :
       llmfit::catalog::generate_tables(merged.tables, bundle.dump(2) + "\n", version)) {
    written = write(out_folder, file) && written;
  }
  return written ? 0 : 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: llmfit_generate DATA_DIR OUT_DIR\n");
    return 2;
  }
  try {
    return generate(argv[1], argv[2]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "llmfit_generate: %s\n", error.what());
    return 2;
  }
}
