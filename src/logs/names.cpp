// SPDX-License-Identifier: MIT
#include "logs/names.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace llmfit::logs {
namespace {

/// Parts of names that tell how weights are stored, or for which context.
constexpr auto format_words = std::to_array<std::string_view>(
    {"fp8",     "fp16", "bf16", "f16",   "f32",   "int4",  "int8",  "4bit",      "8bit",
     "awq",     "gptq", "bnb",  "nvfp4", "mxfp4", "w4a16", "w8a16", "quantized", "dynamic",
     "w8a8",    "gguf", "ud",   "i1",    "qat",   "block", "w8",    "marlin",    "autoround",
     "imatrix", "mtp",  "128k", "256k",  "1m",    "moe"});

/// "Q4_K_M", "IQ2_XS", "q8", "TQ1_0".
bool is_type_name(std::string_view word) {
  constexpr std::array<std::string_view, 3> starts = {"iq", "tq", "q"};
  return std::any_of(starts.begin(), starts.end(), [&](std::string_view start) {
    if (!word.starts_with(start) || word.size() <= start.size()) return false;
    const char next = word[start.size()];
    return next >= '1' && next <= '8';
  });
}

std::string_view without_file_ending(std::string_view file) {
  if (base::lower(file).ends_with(".gguf")) file.remove_suffix(5);
  const auto part = file.rfind("-of-");  // one of several parts: NAME-00001-of-00002
  if (part != std::string_view::npos && part > 6) file = file.substr(0, part - 6);
  return file;
}

/// The name in a path of the hub's cache: "…/models--Qwen--Qwen3-8B/snapshots/53b0974…".
std::string_view cached_name(std::string_view path) {
  constexpr std::string_view mark = "models--";
  const auto at = path.find(mark);
  if (at == std::string_view::npos) return {};
  const auto folder = until(path.substr(at + mark.size()), "/");
  const auto owner = folder.rfind("--");
  return owner == std::string_view::npos ? folder : folder.substr(owner + 2);
}

/// A path without its last slashes; ModelScope writes three underscores where a dot was.
std::string plain_path(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  std::string result(path);
  for (auto at = result.find("___"); at != std::string::npos; at = result.find("___")) {
    result.replace(at, 3, ".");
  }
  return result;
}

void add(std::vector<std::string>& names, std::string_view name) {
  if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) {
    names.emplace_back(name);
  }
}

}  // namespace

std::vector<std::string> model_names(const Draft& draft) {
  std::vector<std::string> names;
  add(names, cached_name(draft.name));
  add(names, plain_path(draft.name));
  add(names, draft.origin);
  if (!draft.base_name.empty()) {
    add(names,
        draft.size_label.empty() ? draft.base_name : draft.base_name + "-" + draft.size_label);
    add(names, draft.base_name);
  }
  add(names, without_file_ending(draft.file));
  return names;
}

std::string_view without_format(std::string_view name) {
  const auto cut = name.find_last_of("-. ");
  if (cut == std::string_view::npos) return {};
  const auto part = base::lower(name.substr(cut + 1));
  const bool known =
      std::find(format_words.begin(), format_words.end(), part) != format_words.end();
  return known || is_type_name(part) ? name.substr(0, cut) : std::string_view{};
}

std::string file_type_id(std::string_view printed) {
  if (const auto mostly = after(printed, "mostly ")) printed = *mostly;
  if (const auto all = after(printed, "all ")) printed = *all;
  auto id = base::lower(until(printed, ",()"));
  const auto dash = id.find(" - ");
  const auto rest = dash == std::string::npos ? std::string() : id.substr(dash + 3);
  id = id.substr(0, dash);
  for (const std::string_view size : {"small", "medium", "large"}) {
    if (rest.starts_with(size)) id.append("_").append(size.substr(0, 1));
  }
  if (id == "q2_k_m") return "q2_k";
  if (id == "iq3_s mix") return "iq3_m";
  std::replace(id.begin(), id.end(), ' ', '_');
  return id;
}

}  // namespace llmfit::logs
