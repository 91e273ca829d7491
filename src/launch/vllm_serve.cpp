// SPDX-License-Identifier: MIT
#include <array>

#include "base/numbers.hpp"
#include "launch/flags.hpp"
#include "launch/yaml.hpp"
#include "sizing/lora_rank.hpp"
#include "sizing/vllm_rules.hpp"

namespace llmfit::launch {
namespace {

using Text = std::optional<std::string>;

const Workload& workload(const LaunchQuestion& question) { return *question.format.workload; }
const VllmSettings& settings(const LaunchQuestion& question) { return workload(question).vllm; }
const Format& format(const LaunchQuestion& question) { return *question.format.choice.format; }

Text type_of_model(const LaunchQuestion& question) {
  if (format(question).scheme || format(question).as_stored) return std::nullopt;
  if (format(question).type == TensorType::bf16) return "bfloat16";
  if (format(question).type == TensorType::f16) return "float16";
  return format(question).type == TensorType::f32 ? Text("float32") : std::nullopt;
}

/// Checkpoints name their own format; 16-bit ones are quantized while they are loaded.
Text quantization(const LaunchQuestion& question) {
  const bool online = quantizes_while_loading(question.model, question.place, format(question));
  return online ? Text("fp8") : std::nullopt;
}

Text model_length(const LaunchQuestion& question) { return number(workload(question).context); }

/// The server chooses these by the card's memory; the estimate rests on what it chooses.
sizing::vllm::Scheduler scheduler(const LaunchQuestion& question) {
  const auto& devices = question.candidate.devices;
  if (devices.empty()) return sizing::vllm::scheduler(workload(question), std::nullopt);
  const auto& device = devices.front();
  const auto whole = device.total.value_or(device.usable);
  return sizing::vllm::scheduler(
      sizing::vllm::on_device(workload(question), whole, device.platform), whole);
}
Text max_sequences(const LaunchQuestion& question) { return number(scheduler(question).sequences); }
Text batched_tokens(const LaunchQuestion& question) { return number(scheduler(question).tokens); }

Text utilization(const LaunchQuestion& question) {
  return base::shortest(settings(question).utilization);
}
Text cache_memory(const LaunchQuestion& question) {
  const auto& bytes = settings(question).kv_cache_memory;
  return bytes ? number(bytes->count()) : std::nullopt;
}

/// A cache in the model's own type is the server's default.
Text cache_type(const LaunchQuestion& question) {
  return workload(question).cache_k == TensorType::fp8 ? Text("fp8") : std::nullopt;
}
Text block_size(const LaunchQuestion& question) {
  const auto& tokens = settings(question).block_size;
  return tokens ? number(*tokens) : std::nullopt;
}

Text above_one(std::int32_t size) { return size > 1 ? number(size) : std::nullopt; }
Text tensor(const LaunchQuestion& question) { return above_one(question.candidate.split.tensor); }
Text pipeline(const LaunchQuestion& question) {
  return above_one(question.candidate.split.pipeline);
}
Text data(const LaunchQuestion& question) { return above_one(question.candidate.split.data); }
Text decode_context(const LaunchQuestion& question) {
  return above_one(settings(question).decode_context);
}
Text experts(const LaunchQuestion& question) {
  return on_if(question.candidate.split.experts || settings(question).expert_parallel);
}

/// GiB of each card (vllm/config).
Text cpu_offload(const LaunchQuestion& question) {
  const auto& offload = question.candidate.offload;
  const auto each = offload ? offload->per_device : settings(question).cpu_offload;
  if (each == Bytes{0}) return std::nullopt;
  const auto rounded = base::fixed(static_cast<double>(each.count()) / (1 << 30) + 0.0049, 2);
  return each.count() % (1 << 30) == 0 ? number(each.count() >> 30) : Text(rounded);
}

Text eager(const LaunchQuestion& question) { return on_if(settings(question).enforce_eager); }
Text no_prefixes(const LaunchQuestion& question) {
  return on_if(!settings(question).prefix_caching);
}
Text no_hybrid_cache(const LaunchQuestion& question) {
  return on_if(!settings(question).hybrid_cache);
}
Text chunked_prefill(const LaunchQuestion& question) {
  return on_if(switched_on(question, "enable-chunked-prefill"));
}
Text async(const LaunchQuestion& question) {
  return on_if(switched_on(question, "async-scheduling"));
}

Text lora(const LaunchQuestion& question) {
  return on_if(question.request.add_ons.lora.has_value());
}
Text loras(const LaunchQuestion& question) {
  const auto& adapters = question.request.add_ons.lora;
  return adapters ? number(adapters->count) : std::nullopt;
}
Text lora_rank(const LaunchQuestion& question) {
  const auto& adapters = question.request.add_ons.lora;
  const auto rank = adapters ? sizing::held_rank(*adapters, Engine::vllm) : 0;
  return rank && *rank > 0 ? number(*rank) : std::nullopt;
}

/// vllm serve --help of 2026: vllm/engine/arg_utils.py, whose groups these follow.
constexpr auto flags = std::to_array<Flag>({
    {"--dtype", type_of_model},
    {"--quantization", quantization},
    {"--max-model-len", model_length},
    {"--enforce-eager", eager},
    {"--tensor-parallel-size", tensor},
    {"--pipeline-parallel-size", pipeline},
    {"--data-parallel-size", data},
    {"--decode-context-parallel-size", decode_context},
    {"--enable-expert-parallel", experts},
    {"--gpu-memory-utilization", utilization},
    {"--kv-cache-memory-bytes", cache_memory},
    {"--kv-cache-dtype", cache_type},
    {"--block-size", block_size},
    {"--no-enable-prefix-caching", no_prefixes},
    {"--cpu-offload-gb", cpu_offload},
    {"--enable-lora", lora},
    {"--max-loras", loras},
    {"--max-lora-rank", lora_rank},
    {"--max-num-seqs", max_sequences},
    {"--max-num-batched-tokens", batched_tokens},
    {"--enable-chunked-prefill", chunked_prefill},
    {"--disable-hybrid-kv-cache-manager", no_hybrid_cache},
    {"--async-scheduling", async},
});

std::string placed(Server& server, const Site& site, const Served& served) {
  if (!served.remark.empty()) server.remarks.push_back(served.remark);
  server.downloads = server.downloads || served.from_hub;
  if (served.from_hub) return served.name;
  server.files.push_back(served.name);
  return site.folder.empty() ? served.name : site.folder + std::string(base_name(served.name));
}

/// How many tokens a draft proposes is no matter of memory; vLLM wants a number all the same.
void add_draft(Server& server, const LaunchQuestion& question, const Site& site) {
  const auto& draft = question.request.add_ons.draft;
  if (draft == nullptr) return;
  const auto served = checkpoint(*draft, question.draft, format(question));
  server.command.add("--speculative-config", "{\"method\": \"draft_model\", \"model\": " +
                                                 yaml_quoted(placed(server, site, served)) +
                                                 ", \"num_speculative_tokens\": 5}");
}

/// Layers stage by stage are no flag but a variable (vllm/envs.py).
void add_partition(Server& server, const LaunchQuestion& question) {
  const auto& layers = settings(question).stage_layers;
  if (layers.empty()) return;
  std::string list;
  for (const auto count : layers) list += (list.empty() ? "" : ",") + std::to_string(count);
  server.remarks.push_back("The server needs VLLM_PP_LAYER_PARTITION=" + list +
                           " in its environment.");
}

}  // namespace

Server vllm_serve(const LaunchQuestion& question, const Site& site) {
  Server server;
  const auto served = checkpoint(question.model, question.place, format(question));
  server.command.words = {"vllm", "serve", placed(server, site, served)};
  add_flags(server.command, flags, question);
  add_draft(server, question, site);
  add_partition(server, question);
  if (site.for_others) {
    server.command.add("--host", "0.0.0.0");
    server.command.add("--port", "8000");
  }
  if (question.request.add_ons.lora) {
    server.remarks.emplace_back("Adapters are named with --lora-modules NAME=FOLDER.");
  }
  return server;
}

}  // namespace llmfit::launch
