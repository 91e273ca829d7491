// SPDX-License-Identifier: MIT
#include <array>

#include "launch/kinds.hpp"

namespace llmfit::launch {
namespace {

const Workload& workload(const LaunchQuestion& question) { return *question.format.workload; }

/// What Ollama has no setting for (its documentation of Modelfiles and of the server's variables).
struct Lack {
  std::string_view what;
  bool (*asked)(const LaunchQuestion& question);
};

bool other_cache_types(const LaunchQuestion& question) {
  const auto& asked = workload(question);
  const auto type = asked.cache_k;
  const bool known =
      type == TensorType::f16 || type == TensorType::q8_0 || type == TensorType::q4_0;
  return !known || asked.cache_v != type;
}

constexpr auto lacks = std::to_array<Lack>({
    {"a KV cache of other types than f16, q8_0 and q4_0", other_cache_types},
    {"split-mode",
     [](const LaunchQuestion& q) { return workload(q).llama_cpp.split_mode != SplitMode::layer; }},
    {"tensor-split",
     [](const LaunchQuestion& q) { return !workload(q).llama_cpp.tensor_split.empty(); }},
    {"n-cpu-moe",
     [](const LaunchQuestion& q) {
       const auto& offload = q.candidate.offload;
       return workload(q).llama_cpp.cpu_moe > 0 || (offload && offload->expert_layers > 0);
     }},
    {"no-kv-offload", [](const LaunchQuestion& q) { return !workload(q).llama_cpp.kv_offload; }},
    {"swa-full", [](const LaunchQuestion& q) { return workload(q).llama_cpp.swa_full; }},
    {"kv-unified", [](const LaunchQuestion& q) { return workload(q).llama_cpp.kv_unified; }},
    {"draft models", [](const LaunchQuestion& q) { return q.request.add_ons.draft != nullptr; }},
    {"a projector in a file of its own",
     [](const LaunchQuestion& q) { return q.request.add_ons.projector.has_value(); }},
    {"several adapters",
     [](const LaunchQuestion& q) {
       return q.request.add_ons.lora && q.request.add_ons.lora->count > 1;
     }},
    {"several machines", [](const LaunchQuestion& q) { return q.candidate.split.nodes > 1; }},
});

/// num_gpu counts blocks and the output as llama.cpp's n-gpu-layers does.
std::string layers_on_cards(const LaunchQuestion& question) {
  if (question.candidate.gpus.empty()) return "0";
  const auto& offload = question.candidate.offload;
  if (offload && offload->gpu_layers) return std::to_string(*offload->gpu_layers);
  const auto& asked = workload(question).llama_cpp.gpu_layers;
  if (asked) return std::to_string(*asked);
  return std::to_string(question.model.layers.size() + 1);
}

/// docs.ollama.com, "Modelfile Reference"; num_batch and num_gpu: ollama, api/types.go.
std::string modelfile(const LaunchQuestion& question, const Served& served) {
  std::string text = "FROM " + (served.from_hub ? "hf.co/" + served.name : served.name) + "\n";
  text += "PARAMETER num_ctx " + std::to_string(workload(question).context) + "\n";
  text += "PARAMETER num_batch " + std::to_string(workload(question).llama_cpp.ubatch) + "\n";
  text += "PARAMETER num_gpu " + layers_on_cards(question) + "\n";
  if (question.request.add_ons.lora) text += "ADAPTER ./adapter-1.gguf\n";
  return text;
}

/// Variables of `ollama serve` (ollama: envconfig/config.go; docs.ollama.com, "FAQ").
std::string variables(const LaunchQuestion& question) {
  const auto& asked = workload(question);
  const bool flash = asked.llama_cpp.flash_attention != FlashAttention::off;
  std::string text = "export OLLAMA_NUM_PARALLEL=" + std::to_string(asked.sequences) + "\n";
  text += "export OLLAMA_MAX_LOADED_MODELS=1\n";
  text += std::string("export OLLAMA_FLASH_ATTENTION=") + (flash ? "1" : "0") + "\n";
  text += "export OLLAMA_KV_CACHE_TYPE=" + std::string(layout(asked.cache_k).name) + "\n";
  if (question.candidate.devices.size() > 1) text += "export OLLAMA_SCHED_SPREAD=1\n";
  return text;
}

/// Ollama takes a path where it begins like one.
Served local(Served served) {
  const bool bare = !served.from_hub && served.name.find('/') == std::string::npos;
  if (bare) served.name = "./" + served.name;
  return served;
}

}  // namespace

Result<Launch> ollama_launch(const LaunchQuestion& question) {
  const auto engine = question.format.choice.engine;
  if (engine != Engine::llama_cpp) {
    return no_launch("--launch ollama starts llama.cpp, and this was sized for " +
                         std::string(to_string(engine)),
                     "take --engine ollama, or --launch auto");
  }
  for (const auto& lack : lacks) {
    if (!lack.asked(question)) continue;
    return no_launch("Ollama has no setting for " + std::string(lack.what),
                     "--launch llama-server has one, or leave it out");
  }
  const auto& format = *question.format.choice.format;
  const auto served = local(gguf_file(question.model, question.place, format));
  Server server;
  if (!served.remark.empty()) server.remarks.push_back(served.remark);
  const auto name = label(question.model, format);
  const auto file = modelfile(question, served);
  const auto text = commented(heading(question, server)) + variables(question) +
                    "cat > Modelfile <<'END'\n" + file +
                    "END\nollama serve &\nuntil ollama list >/dev/null 2>&1; do sleep 1; done\n" +
                    "ollama create " + name + " -f Modelfile\nollama run " + name + "\n";
  return Launch{LaunchKind::ollama, text, {{"launch.sh", text}, {"Modelfile", file}}};
}

}  // namespace llmfit::launch
