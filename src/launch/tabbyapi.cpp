// SPDX-License-Identifier: MIT
#include "base/text.hpp"
#include "launch/kinds.hpp"

namespace llmfit::launch {
namespace {

std::string_view backend_of(const Format& format) {
  if (format.id.starts_with("exl2")) return "exllamav2";
  return format.id.starts_with("exl3") ? "exllamav3" : std::string_view{};
}

void write_model(Yaml& yaml, const LaunchQuestion& question, const std::string& folder) {
  constexpr std::int64_t page = 256;  // the cache is a multiple of it
  const auto& workload = *question.format.workload;
  const auto cache = pad(Tokens{workload.context} * workload.sequences, page);
  const auto name = base_name(folder);
  auto parent = std::string_view(folder).substr(0, folder.size() - name.size());
  if (parent.empty() || parent == "./") parent = "models";
  yaml.open("model");
  yaml.text("model_dir", parent);
  yaml.text("model_name", name);
  const auto backend = backend_of(*question.format.choice.format);
  if (!backend.empty()) yaml.word("backend", backend);
  yaml.word("max_seq_len", std::to_string(workload.context));
  yaml.word("cache_size", std::to_string(cache.count()));
  yaml.word("cache_mode", "FP16");
  yaml.word("max_batch_size", std::to_string(workload.sequences));
  yaml.word("tensor_parallel", question.candidate.split.tensor > 1 ? "true" : "false");
  yaml.word("gpu_split_auto", "true");
  yaml.close();
}

}  // namespace

/// The server of ExLlamaV2 and V3 reads its settings from a file (theroyallab/tabbyAPI:
/// config_sample.yml).
Result<Launch> tabbyapi_launch(const LaunchQuestion& question) {
  const auto engine = question.format.choice.engine;
  if (engine != Engine::exllama) {
    return no_launch("--launch tabbyapi starts exllama, and this was sized for " +
                         std::string(to_string(engine)),
                     "take --engine exllama, or --launch auto");
  }
  Server server;
  const auto served = checkpoint(question.model, question.place, *question.format.choice.format);
  if (served.from_hub) {
    server.remarks.push_back("Download " + served.name + " into the folder models first.");
  } else if (!served.remark.empty()) {
    const auto here = served.remark.starts_with("./") ? std::size_t{2} : std::size_t{0};
    server.remarks.push_back((here > 0 ? "models/" : "") + served.remark.substr(here));
  }
  server.remarks.emplace_back("Save this as config.yml in TabbyAPI's folder, then run start.sh.");
  Yaml yaml;
  write_model(yaml, question, served.from_hub ? std::string(base_name(served.name)) : served.name);
  const auto text = commented(heading(question, server)) + yaml.take();
  return Launch{LaunchKind::tabbyapi, text, {{"config.yml", text}}};
}

}  // namespace llmfit::launch
