// SPDX-License-Identifier: MIT
#include <array>
#include <utility>

#include "base/numbers.hpp"
#include "launch/flags.hpp"

namespace llmfit::launch {
namespace {

using Text = std::optional<std::string>;

const Workload& workload(const LaunchQuestion& question) { return *question.format.workload; }
const LlamaCppSettings& settings(const LaunchQuestion& question) {
  return workload(question).llama_cpp;
}
bool on_host(const LaunchQuestion& question) { return question.candidate.gpus.empty(); }
bool several_devices(const LaunchQuestion& question) {
  return question.candidate.devices.size() > 1;
}

Text total_context(const LaunchQuestion& question) {
  return number((Tokens{workload(question).context} * workload(question).sequences).count());
}
Text sequences(const LaunchQuestion& question) { return number(workload(question).sequences); }
Text unified(const LaunchQuestion& question) { return on_if(settings(question).kv_unified); }
Text not_unified(const LaunchQuestion& question) { return on_if(!settings(question).kv_unified); }
Text cache_k(const LaunchQuestion& question) {
  return std::string(layout(workload(question).cache_k).name);
}
Text cache_v(const LaunchQuestion& question) {
  return std::string(layout(workload(question).cache_v).name);
}
Text full_windows(const LaunchQuestion& question) { return on_if(settings(question).swa_full); }
Text batch(const LaunchQuestion& question) { return number(settings(question).batch); }
Text ubatch(const LaunchQuestion& question) { return number(settings(question).ubatch); }

Text flash_attention(const LaunchQuestion& question) {
  switch (settings(question).flash_attention) {
    case FlashAttention::on:
      return "on";
    case FlashAttention::off:
      return "off";
    case FlashAttention::automatic:
      break;
  }
  return "auto";
}

/// Without a card in the estimate none may take part, whatever the machine has.
Text no_device(const LaunchQuestion& question) {
  return on_host(question) ? Text("none") : std::nullopt;
}

Text gpu_layers(const LaunchQuestion& question) {
  if (on_host(question)) return "0";
  const auto& offload = question.candidate.offload;
  const auto solved = offload ? offload->gpu_layers : std::nullopt;
  if (solved) return number(*solved);
  const auto& asked = settings(question).gpu_layers;
  return asked ? number(*asked) : Text("all");
}

/// Of the first blocks, with or without experts, as llama.cpp counts them.
Text cpu_moe(const LaunchQuestion& question) {
  const auto& offload = question.candidate.offload;
  const auto blocks = offload ? offload->cpu_moe : settings(question).cpu_moe;
  return blocks > 0 ? number(blocks) : std::nullopt;
}

Text cache_on_host(const LaunchQuestion& question) { return on_if(!settings(question).kv_offload); }
Text no_op_offload(const LaunchQuestion& question) { return on_if(!settings(question).op_offload); }

SplitMode mode(const LaunchQuestion& question) {
  return question.request.workload.split.mode.value_or(settings(question).split_mode);
}

Text split_mode(const LaunchQuestion& question) {
  if (mode(question) == SplitMode::row) return "row";
  if (mode(question) == SplitMode::none) return "none";
  return several_devices(question) ? Text("layer") : std::nullopt;
}

Text tensor_split(const LaunchQuestion& question) {
  const auto& offload = question.candidate.offload;
  std::string shares;
  for (const auto share : offload ? offload->tensor_split : settings(question).tensor_split) {
    shares += (shares.empty() ? "" : ",") + base::shortest(share);
  }
  return shares.empty() ? std::nullopt : Text(shares);
}

Text main_gpu(const LaunchQuestion& question) {
  return mode(question) != SplitMode::layer ? number(settings(question).main_gpu) : std::nullopt;
}

/// v0.5.0 has one flag for what earlier releases call --no-mmap and --mlock.
Text load_mode(const LaunchQuestion& question) {
  if (switched_on(question, "mlock")) return "mlock";
  return settings(question).mmap ? std::nullopt : Text("none");
}

/// Encoders answer with embeddings, which the server computes only when asked to.
Text embeddings(const LaunchQuestion& question) {
  return on_if(question.model.arch.kind == ModelKind::encoder);
}

Text fit_off(const LaunchQuestion&) { return "off"; }

Text threads(const LaunchQuestion& question) {
  const auto* value = typed_setting(question, "threads");
  return value == nullptr ? std::nullopt : Text(*value);
}
Text one_by_one(const LaunchQuestion& question) {
  return on_if(switched_off(question, "cont-batching"));
}

/// The estimate speculates with the model beside it as --draft says, with all of it on the devices.
bool drafts(const LaunchQuestion& question) { return question.request.add_ons.draft != nullptr; }
Text draft_kind(const LaunchQuestion& question) {
  return drafts(question) ? Text("draft-simple") : std::nullopt;
}
Text draft_layers(const LaunchQuestion& question) {
  return drafts(question) ? Text(on_host(question) ? "0" : "all") : std::nullopt;
}
Text draft_cache_k(const LaunchQuestion& question) {
  return drafts(question) ? cache_k(question) : std::nullopt;
}
Text draft_cache_v(const LaunchQuestion& question) {
  return drafts(question) ? cache_v(question) : std::nullopt;
}

/// llama.cpp v0.5.0: common/arg.cpp. tests/engine puts what comes out before that parser itself.
constexpr auto flags = std::to_array<Flag>({
    {"--ctx-size", total_context},
    {"--parallel", sequences},
    {"--kv-unified", unified},
    {"--no-kv-unified", not_unified},
    {"--cache-type-k", cache_k},
    {"--cache-type-v", cache_v},
    {"--swa-full", full_windows},
    {"--flash-attn", flash_attention},
    {"--batch-size", batch},
    {"--ubatch-size", ubatch},
    {"--device", no_device},
    {"--n-gpu-layers", gpu_layers},
    {"--n-cpu-moe", cpu_moe},
    {"--no-kv-offload", cache_on_host},
    {"--no-op-offload", no_op_offload},
    {"--split-mode", split_mode},
    {"--tensor-split", tensor_split},
    {"--main-gpu", main_gpu},
    {"--load-mode", load_mode},
    {"--embedding", embeddings},
    {"--fit", fit_off},
    {"--spec-type", draft_kind},
    {"--n-gpu-layers-draft", draft_layers},
    {"--cache-type-k-draft", draft_cache_k},
    {"--cache-type-v-draft", draft_cache_v},
    {"--threads", threads},
    {"--no-cont-batching", one_by_one},
});

/// The file as the server's machine has it.
std::string placed(Server& server, const Site& site, const std::string& file) {
  server.files.push_back(file);
  return site.folder.empty() ? file : site.folder + std::string(base_name(file));
}

void add_weights(Server& server, const Site& site, const Served& served, std::string_view file_flag,
                 std::string_view hub_flag) {
  if (!served.remark.empty()) server.remarks.push_back(served.remark);
  server.downloads = server.downloads || served.from_hub;
  if (served.from_hub) {
    server.command.add(hub_flag, served.name);
  } else {
    server.command.add(file_flag, placed(server, site, served.name));
  }
}

/// With a repository the server takes the tower that it finds there, unless it is told not to.
void add_projector(Server& server, const LaunchQuestion& question, const Site& site) {
  const auto type = question.request.add_ons.projector;
  if (!type) {
    if (server.downloads) server.command.add("--no-mmproj");
    return;
  }
  if (server.downloads) return;
  const auto file = projector_file(question.model, question.place, *type);
  server.remarks.push_back(file + " is the tower of " + question.model.name + ".");
  server.command.add("--mmproj", placed(server, site, file));
}

void add_adapters(Server& server, const LaunchQuestion& question, const Site& site) {
  const auto& lora = question.request.add_ons.lora;
  if (!lora) return;
  std::string list;
  for (const auto& file : adapter_files(*lora, ".gguf")) {
    list += (list.empty() ? "" : ",") + placed(server, site, file);
  }
  server.remarks.push_back("The adapters are LoRA of rank " + std::to_string(lora->rank) +
                           " as GGUF files: put their names in the place of these.");
  server.command.add("--lora", list);
}

void add_draft(Server& server, const LaunchQuestion& question, const Site& site) {
  const auto& draft = question.request.add_ons.draft;
  if (draft == nullptr) return;
  const auto served = gguf_file(*draft, question.draft, *question.format.choice.format);
  add_weights(server, site, served, "--model-draft", "--hf-repo-draft");
}

/// Other machines lend their cards through the RPC backend (llama.cpp: tools/rpc/README.md).
void add_machines(Server& server, const LaunchQuestion& question) {
  const auto nodes = question.candidate.split.nodes;
  if (nodes < 2) return;
  std::string list;
  for (std::int32_t i = 2; i <= nodes; ++i) {
    list += (list.empty() ? "" : ",") + ("machine-" + std::to_string(i) + ":50052");
  }
  server.remarks.push_back(
      "On each of the other machines first, in a build with the RPC backend: rpc-server --host "
      "0.0.0.0 --port 50052. Put their addresses in the place of machine-2 and so on.");
  server.command.add("--rpc", list);
}

}  // namespace

Result<Server> llama_server(const LaunchQuestion& question, const Site& site) {
  if (question.model.arch.kind == ModelKind::encoder_decoder) {
    return fail(ErrorCode::unsupported, "llama-server has no answers from encoder-decoder models",
                "llama-cli of the same release runs them");
  }
  Server server;
  server.command.words = {"llama-server"};
  const auto& format = *question.format.choice.format;
  add_weights(server, site, gguf_file(question.model, question.place, format), "--model",
              "--hf-repo");
  add_projector(server, question, site);
  add_adapters(server, question, site);
  add_draft(server, question, site);
  add_flags(server.command, flags, question);
  add_machines(server, question);
  if (site.for_others) {
    server.command.add("--host", "0.0.0.0");
    server.command.add("--port", "8080");
  }
  return server;
}

}  // namespace llmfit::launch
