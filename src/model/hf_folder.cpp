// SPDX-License-Identifier: MIT
#include "model/hf_folder.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "model/file_text.hpp"

namespace llmfit::model {
namespace {

constexpr std::string_view index_ending = ".safetensors.index.json";
constexpr std::string_view weights_ending = ".safetensors";

using Names = std::vector<std::string>;

bool has(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string without_slash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

/// Of several indices (a model may come in two types) that of the plain name, else the first.
std::string index_in(const Names& names) {
  if (has(names, "model.safetensors.index.json")) return "model.safetensors.index.json";
  for (const auto& name : names) {
    if (name.ends_with(index_ending)) return name;
  }
  return {};
}

/// The weights of a folder without an index: `model.safetensors`, or all that are no adapter and no
/// copy in another layout.
Names weights_in(const Names& names) {
  if (has(names, "model.safetensors")) return {"model.safetensors"};
  Names weights;
  for (const auto& name : names) {
    const bool other = name.starts_with("adapter") || name.starts_with("consolidated") ||
                       name.starts_with("optimizer");
    if (name.ends_with(weights_ending) && !other) weights.push_back(name);
  }
  if (weights.empty()) {
    for (const auto& name : names) {
      if (name.starts_with("consolidated") && name.ends_with(weights_ending)) {
        weights.push_back(name);
      }
    }
  }
  return weights;
}

/// "model-00002-of-00005.safetensors": the names of all parts; empty for another name.
Names parts_of(const std::string& name) {
  const auto of = name.rfind("-of-");
  constexpr std::size_t digits = 5;
  if (of == std::string::npos || of < digits + 1 || name[of - digits - 1] != '-') return {};
  const auto count_text = name.substr(of + 4, digits);
  const auto all_digits = [](std::string_view text) {
    return text.size() == digits &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  if (!all_digits(count_text) || !all_digits(name.substr(of - digits, digits))) return {};
  Names parts;
  const auto count = std::stoi(count_text);
  for (int i = 1; i <= count; ++i) {
    auto number = std::to_string(i);
    number.insert(0, digits - number.size(), '0');
    parts.push_back(name.substr(0, of - digits) + number + name.substr(of));
  }
  return parts;
}

/// What stands in the folder that `prefix` leads to; nothing where it cannot be listed.
Names beside(ModelFiles& files, const std::string& prefix) {
  auto names = files.list(prefix.empty() ? "." : without_slash(prefix));
  return names ? std::move(*names) : Names{};
}

void add_configuration(HfPlace& place, const Names& names, const std::string& prefix) {
  if (has(names, "config.json")) place.config = prefix + "config.json";
  if (has(names, "hf_quant_config.json")) place.quantization = prefix + "hf_quant_config.json";
}

void add_weights(HfPlace& place, const Names& weights, const std::string& prefix) {
  for (const auto& name : weights) place.weights.push_back(prefix + name);
}

std::string stem_of(std::string name) {
  for (const auto ending : {index_ending, weights_ending}) {
    if (!name.ends_with(ending)) continue;
    name.resize(name.size() - ending.size());
    break;
  }
  return name;
}

/// The folder's name, where a file's own says nothing ("model", "model-00001-of-00003").
std::string display_name(const std::string& path, const std::string& prefix) {
  const auto stem = stem_of(name_of(path));
  const bool plain = stem == "config.json" || stem.starts_with("model");
  const auto folder = name_of(without_slash(prefix));
  return base::printable(plain && !folder.empty() && folder != "." ? folder : stem);
}

HfPlace place_of_folder(const std::string& path, const Names& names) {
  HfPlace place;
  const auto prefix = without_slash(path) + "/";
  place.name = base::printable(name_of(without_slash(path)));
  add_configuration(place, names, prefix);
  if (const auto index = index_in(names); !index.empty()) {
    place.index = prefix + index;
  } else {
    auto weights = weights_in(names);
    // Without an index the names tell how many parts there are; a missing one is found on opening.
    const auto parts = weights.empty() ? Names{} : parts_of(weights.front());
    add_weights(place, parts.size() > weights.size() ? parts : weights, prefix);
  }
  return place;
}

HfPlace place_of_weights(const std::string& path, const Names& names) {
  HfPlace place;
  const auto prefix = folder_of(path);
  const auto parts = parts_of(name_of(path));
  const auto index = index_in(names);
  if (!parts.empty() && !index.empty()) {
    place.index = prefix + index;
  } else if (!parts.empty()) {
    add_weights(place, parts, prefix);
  } else {
    place.weights.push_back(path);
  }
  add_configuration(place, names, prefix);
  return place;
}

tl::unexpected<Error> missing(const std::string& name, const std::string& index) {
  return fail(ErrorCode::invalid_file,
              "'" + base::printable(name) + "' is named by the index but is not there",
              "download the missing file", index);
}

using Paths = std::vector<std::string>;

/// Every tensor of the index must be in the file that the index names for it.
Result<void> check_index(const SafetensorsIndex& index, const std::string& path,
                         const std::vector<Paths>& held) {
  for (const auto& [name, file] : index.tensors) {
    if (std::binary_search(held[file].begin(), held[file].end(), name)) continue;
    return fail(ErrorCode::invalid_file,
                "tensor '" + base::printable(name) + "' is not in '" +
                    base::printable(index.files[file]) + "', where the index has it",
                "download the files again", path);
  }
  return {};
}

Result<void> check_unique(const std::vector<Paths>& held, const Paths& paths) {
  Paths all;
  for (const auto& names : held) all.insert(all.end(), names.begin(), names.end());
  std::sort(all.begin(), all.end());
  const auto twice = std::adjacent_find(all.begin(), all.end());
  if (twice == all.end()) return {};
  return fail(ErrorCode::invalid_file,
              "tensor '" + base::printable(*twice) + "' is in two of the files",
              "leave one model's files in the folder", paths.front());
}

Result<Paths> paths_of(ModelFiles& files, const HfPlace& place,
                       std::optional<SafetensorsIndex>& index) {
  if (place.index.empty()) return place.weights;
  auto read = read_safetensors_index(files, place.index);
  if (!read) return tl::unexpected<Error>(std::move(read.error()));
  index = std::move(*read);
  const auto prefix = folder_of(place.index);
  Paths paths;
  for (const auto& name : index->files) {
    if (!files.open(prefix + name)) return missing(name, place.index);
    paths.push_back(prefix + name);
  }
  return paths;
}

void add_header(HfWeights& weights, SafetensorsHeader header, Paths& held) {
  Bytes data;
  for (auto& tensor : header.tensors) {
    data += Bytes{tensor.bytes};
    held.push_back(tensor.name);
    weights.tensors.push_back(std::move(tensor));
  }
  std::sort(held.begin(), held.end());
  weights.tensor_bytes += data;
  weights.metadata_bytes += Bytes{header.file_bytes} - data;
  ++weights.files;
}

}  // namespace

Result<HfPlace> find_hugging_face(ModelFiles& files, const std::string& path) {
  if (files.is_folder(path)) {
    const auto names = files.list(path);
    if (!names) return tl::unexpected<Error>(names.error());
    return place_of_folder(path, *names);
  }
  const auto prefix = folder_of(path);
  HfPlace place;
  if (path.ends_with(index_ending)) {
    place.index = path;
    add_configuration(place, beside(files, prefix), prefix);
  } else if (path.ends_with(weights_ending)) {
    place = place_of_weights(path, beside(files, prefix));
  } else {
    place.config = path;
    const auto names = beside(files, prefix);
    if (has(names, "hf_quant_config.json")) place.quantization = prefix + "hf_quant_config.json";
  }
  place.name = display_name(path, prefix);
  return place;
}

Result<HfWeights> read_hf_weights(ModelFiles& files, const HfPlace& place) {
  HfWeights weights;
  std::optional<SafetensorsIndex> index;
  const auto paths = paths_of(files, place, index);
  if (!paths) return tl::unexpected<Error>(paths.error());
  std::vector<Paths> held(paths->size());
  for (std::size_t i = 0; i < paths->size(); ++i) {
    auto header = read_safetensors(files, (*paths)[i]);
    if (!header) return tl::unexpected<Error>(std::move(header.error()));
    add_header(weights, std::move(*header), held[i]);
  }
  if (paths->empty()) return weights;
  weights.path = paths->front();
  if (auto unique = check_unique(held, *paths); !unique) {
    return tl::unexpected<Error>(std::move(unique.error()));
  }
  if (!index) return weights;
  if (auto complete = check_index(*index, place.index, held); !complete) {
    return tl::unexpected<Error>(std::move(complete.error()));
  }
  return weights;
}

}  // namespace llmfit::model
