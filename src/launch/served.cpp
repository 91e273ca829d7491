// SPDX-License-Identifier: MIT
#include "launch/served.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace llmfit::launch {
namespace {

bool is_safe(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

/// Part of a file's name: everything unusual becomes a dash.
std::string safe(std::string_view name) {
  std::string result(name);
  std::replace_if(
      result.begin(), result.end(), [](char c) { return !is_safe(c); }, '-');
  return result;
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (auto& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

bool mentions(std::string_view name, std::string_view word) {
  return base::lower(name).find(word) != std::string::npos;
}

/// The repository's own name is how files of a model are usually called: without the owner, and
/// without the ending of repositories in the form of transformers.
std::string stem(const Model& model, const ModelPlace& place) {
  auto name = base_name(place.repository);
  if (name.ends_with("-hf")) name.remove_suffix(3);
  return safe(name.empty() ? std::string_view(model.id.empty() ? model.name : model.id) : name);
}

/// What weights in another format are made of.
std::string origin(const Model& model, const ModelPlace& place) {
  if (!place.path.empty()) return place.path;
  return place.repository.empty() ? model.name : place.repository;
}

bool is_sixteen_bits(const Format& format) {
  return !format.scheme && (format.type == TensorType::f16 || format.type == TensorType::bf16 ||
                            format.type == TensorType::f32);
}

/// vLLM makes this format of 16-bit weights (`--quantization fp8`).
bool is_online(const Format& format) {
  return format.id == "fp8" && format.engine == Engine::vllm && !format.as_stored;
}

/// Whether the repository's weights are in the format, or vLLM makes it of them while it loads.
bool holds(const ModelPlace& place, const Format& format) {
  const auto name = base_name(place.repository);
  const auto word = format.id.substr(0, format.id.find('_'));
  if (place.native_quant.empty()) {
    return is_sixteen_bits(format) || is_online(format) || mentions(name, word);
  }
  if (is_sixteen_bits(format)) return false;
  const bool same_name = mentions(place.native_quant, word);
  return same_name || (format.id == "w4a16" && mentions(place.native_quant, "int4"));
}

/// The same of a folder or file of this machine.
bool path_holds(const Model& model, const ModelPlace& place, const Format& format) {
  return format.as_stored || is_sixteen_bits(format) ||
         quantizes_while_loading(model, place, format);
}

std::string folder_of(std::string_view path) {
  const auto name = base_name(path);
  const bool is_file = name.ends_with(".json") || name.ends_with(".safetensors");
  if (!is_file) return std::string(path);
  auto folder = path.substr(0, path.size() - name.size());
  while (folder.size() > 1 && folder.ends_with('/')) folder.remove_suffix(1);
  return folder.empty() ? "." : std::string(folder);
}

std::string base_remark(const Model& model, const ModelPlace& place) {
  if (!place.of_base_model) return {};
  return place.repository + " is the model that " + model.asked_as +
         " was made of: put its own repository in the place of it.";
}

}  // namespace

bool quantizes_while_loading(const Model& model, const ModelPlace& place, const Format& format) {
  const bool quantized = model.file ? model.file->quantized : !place.native_quant.empty();
  const bool known = !place.repository.empty() || !place.path.empty();
  return is_online(format) && known && !quantized;
}

std::string_view base_name(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return path.substr(path.rfind('/') + 1);
}

Served gguf_file(const Model& model, const ModelPlace& place, const Format& format) {
  const auto type = upper(format.id);
  if (place.path.ends_with(".gguf") && format.as_stored) return {place.path, false, {}};
  if (place.path.empty() && mentions(base_name(place.repository), "gguf")) {
    return {place.repository + ":" + type, true, {}};
  }
  const auto file = stem(model, place) + "-" + type + ".gguf";
  const bool from_gguf = place.path.ends_with(".gguf");
  auto remark = file + " is " + origin(model, place) + " in " + type + ": " +
                (from_gguf ? "llama-quantize makes it of that file"
                           : "download such a file, or make one with convert_hf_to_gguf.py and "
                             "llama-quantize");
  if (format.imatrix) remark += " with an importance matrix";
  return {file, false, remark + "."};
}

Served checkpoint(const Model& model, const ModelPlace& place, const Format& format) {
  if (!place.path.empty() && path_holds(model, place, format)) {
    return {folder_of(place.path), false, {}};
  }
  if (!place.repository.empty() && holds(place, format)) {
    return {place.repository, true, base_remark(model, place)};
  }
  const auto folder = "./" + stem(model, place) + "-" + safe(format.id);
  return {folder, false,
          folder + " is " + origin(model, place) + " in " + std::string(format.name) +
              ": put the folder or the repository of such a checkpoint in its place."};
}

std::string projector_file(const Model& model, const ModelPlace& place, TensorType type) {
  return "mmproj-" + stem(model, place) + "-" + upper(layout(type).name) + ".gguf";
}

std::vector<std::string> adapter_files(const Lora& lora, std::string_view ending) {
  std::vector<std::string> files;
  for (std::int32_t i = 1; i <= lora.count; ++i) {
    files.push_back("adapter-" + std::to_string(i) + std::string(ending));
  }
  return files;
}

std::string label(const Model& model, const Format& format) {
  constexpr std::size_t longest = 50;
  std::string result;
  const auto name = (model.id.empty() ? model.name : model.id) + "-" + std::string(format.id);
  for (const char c : base::lower(name)) {
    const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (kept) {
      result += c;
    } else if (!result.empty() && result.back() != '-') {
      result += '-';
    }
  }
  if (result.empty() || result.front() < 'a') result = "llm-" + result;
  result.resize(std::min(result.size(), longest));
  while (result.ends_with('-')) result.pop_back();
  return result;
}

}  // namespace llmfit::launch
