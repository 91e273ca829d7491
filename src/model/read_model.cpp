// SPDX-License-Identifier: MIT
#include "llmfit/read_model.hpp"

#include <algorithm>
#include <utility>

#include "model/gguf_model.hpp"
#include "model/gguf_split.hpp"
#include "model/hf_model.hpp"

namespace llmfit {
namespace {

bool is_hugging_face(std::string_view name) {
  return name.ends_with(".safetensors") || name.ends_with(".json");
}

/// Files that stand for a model of their own: no projectors, and of a split model the first part.
std::vector<std::string> gguf_models(const std::vector<std::string>& names) {
  std::vector<std::string> models;
  for (const auto& name : names) {
    const auto part = model::part_name(name);
    const bool further = part && part->number > 1;
    const bool projector = name.starts_with("mmproj");
    if (name.ends_with(".gguf") && !further && !projector) models.push_back(name);
  }
  return models;
}

std::string joined(const std::string& folder, const std::string& name) {
  return folder.ends_with('/') ? folder + name : folder + '/' + name;
}

Result<Model> read_gguf_of(ModelFiles& files, const std::string& folder,
                           const std::vector<std::string>& names) {
  if (names.size() == 1) return model::read_gguf(files, joined(folder, names.front()));
  return fail(
      ErrorCode::invalid_file,
      "the folder '" + folder + "' holds " + std::to_string(names.size()) + " models in GGUF files",
      "name one of them, such as " + joined(folder, names.front()), folder);
}

Result<Model> read_folder(ModelFiles& files, const std::string& folder) {
  const auto names = files.list(folder);
  if (!names) return tl::unexpected<Error>(names.error());
  const bool tensors = std::any_of(names->begin(), names->end(), [](const std::string& name) {
    return name.ends_with(".safetensors") || name.ends_with(".safetensors.index.json");
  });
  const auto ggufs = gguf_models(*names);
  const bool config = std::find(names->begin(), names->end(), "config.json") != names->end();
  if (!tensors && !ggufs.empty()) return read_gguf_of(files, folder, ggufs);
  if (tensors || config) return model::read_hugging_face(files, folder);
  return fail(ErrorCode::invalid_file, "the folder '" + folder + "' holds no model",
              "a model is a .gguf file, .safetensors files or a config.json", folder);
}

}  // namespace

Result<Model> read_model(ModelFiles& files, const std::string& path) {
  if (files.is_folder(path)) return read_folder(files, path);
  if (path.ends_with(".gguf")) return model::read_gguf(files, path);
  if (is_hugging_face(path)) return model::read_hugging_face(files, path);
  auto file = files.open(path);
  if (!file) return tl::unexpected<Error>(std::move(file.error()));
  if (model::is_gguf(**file)) return model::read_gguf(files, path);
  return fail(ErrorCode::invalid_file, "'" + path + "' is no model that llmfit can read",
              "it reads .gguf files, .safetensors files and config.json", path);
}

}  // namespace llmfit
