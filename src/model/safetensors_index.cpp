// SPDX-License-Identifier: MIT
#include <algorithm>

#include "base/json_scan.hpp"
#include "base/text.hpp"
#include "model/file_text.hpp"
#include "model/safetensors.hpp"

namespace llmfit::model {
namespace {

using base::JsonScan;

constexpr std::uint64_t index_limit = 100'000'000;

/// Name of a tensor and of its file.
using Named = std::pair<std::string, std::string>;

std::vector<Named> read_map(JsonScan& scan) {
  std::vector<Named> map;
  std::string key;
  if (!scan.enter_object()) return map;
  while (scan.next_key(key)) {
    const auto at = scan.offset();
    auto file = scan.string();
    // A file beside the index, nothing else: an index must not lead out of its folder.
    if (file.empty() || file.find('/') != file.npos || file.find('\\') != file.npos) {
      scan.fail(at, "'" + base::printable(file) + "' is not the name of a file in this folder");
    }
    map.emplace_back(std::move(key), std::move(file));
  }
  return map;
}

// `metadata.total_size` is not looked at: published indices count tied matrices twice or in other
// types, and the files themselves say how many bytes they hold.
std::vector<Named> read_index(JsonScan& scan) {
  std::vector<Named> map;
  std::string key;
  bool found = false;
  if (!scan.enter_object()) return map;
  while (scan.next_key(key)) {
    if (key != "weight_map") {
      scan.skip();
      continue;
    }
    if (found) scan.fail(scan.offset(), "weight_map is given twice");
    found = true;
    map = read_map(scan);
  }
  scan.at_end();
  if (map.empty()) scan.fail(0, "no weight_map, or an empty one");
  return map;
}

SafetensorsIndex numbered(std::vector<Named> map) {
  SafetensorsIndex index;
  for (const auto& [name, file] : map) index.files.push_back(file);
  std::sort(index.files.begin(), index.files.end());
  index.files.erase(std::unique(index.files.begin(), index.files.end()), index.files.end());
  index.tensors.reserve(map.size());
  for (auto& [name, file] : map) {
    const auto at = std::lower_bound(index.files.begin(), index.files.end(), file);
    index.tensors.emplace_back(std::move(name),
                               static_cast<std::uint32_t>(at - index.files.begin()));
  }
  return index;
}

}  // namespace

Result<SafetensorsIndex> read_safetensors_index(ModelFiles& files, const std::string& path) {
  const auto text = read_text(files, path, index_limit);
  if (!text) return tl::unexpected<Error>(text.error());
  JsonScan scan(*text);
  auto map = read_index(scan);
  std::sort(map.begin(), map.end());
  for (std::size_t i = 1; i < map.size() && !scan.fault(); ++i) {
    if (map[i].first != map[i - 1].first) continue;
    scan.fail(0, "tensor '" + base::printable(map[i].first) + "' is given twice");
  }
  if (scan.fault()) {
    return fail(ErrorCode::invalid_file, scan.fault()->message,
                "the file is not an index of safetensors, or was damaged: download it again",
                at_byte(path, scan.fault()->offset));
  }
  return numbered(std::move(map));
}

}  // namespace llmfit::model
