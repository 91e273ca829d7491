// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "launch/kinds.hpp"

namespace llmfit {
namespace launch {

tl::unexpected<Error> no_launch(std::string message, std::string hint) {
  return fail(ErrorCode::unsupported, std::move(message), std::move(hint));
}

namespace {

struct Kind {
  LaunchKind kind;
  std::string_view name;
  Result<Launch> (*write)(const LaunchQuestion& question);
};

constexpr auto kinds = std::to_array<Kind>({
    {LaunchKind::llama_server, "llama-server", llama_server_launch},
    {LaunchKind::ollama, "ollama", ollama_launch},
    {LaunchKind::vllm, "vllm", vllm_launch},
    {LaunchKind::mlx, "mlx", mlx_launch},
    {LaunchKind::tabbyapi, "tabbyapi", tabbyapi_launch},
    {LaunchKind::kubernetes, "kubernetes", kubernetes_launch},
    {LaunchKind::skypilot, "skypilot", skypilot_launch},
    {LaunchKind::ray, "ray", ray_launch},
    {LaunchKind::lws, "lws", lws_launch},
});

const Kind& entry(LaunchKind kind) {
  return *std::find_if(kinds.begin(), kinds.end(), [&](const Kind& it) { return it.kind == kind; });
}

tl::unexpected<Error> no_server(Engine engine) {
  return no_launch(
      "no server is known that runs " + std::string(to_string(engine)) + " with fixed settings",
      "--launch starts llama.cpp, Ollama, vLLM, MLX and ExLlama; take one of them with --engine");
}

/// A name that cannot be printed can stand in no script and no manifest.
Result<void> check_names(const LaunchQuestion& question) {
  for (const auto* name : {&question.place.path, &question.place.repository, &question.draft.path,
                           &question.draft.repository}) {
    if (base::printable(*name) == *name) continue;
    return no_launch("a file's name with unprintable characters cannot stand in a command",
                     "rename the file");
  }
  return {};
}

}  // namespace

Result<void> check_machines(const LaunchQuestion& question) {
  if (question.candidate.split.nodes < 2) return {};
  if (question.format.choice.engine != Engine::vllm) {
    return no_launch("several machines are started under vLLM only",
                     "--launch llama-server prints what llama.cpp needs");
  }
  if (question.candidate.split.data > 1) {
    return no_launch("data-parallel ranks on several machines need Ray", "take --launch ray");
  }
  constexpr std::int32_t first_with_nodes = 12;  // --nnodes, --node-rank, --master-addr
  if (question.format.workload->vllm.version < first_with_nodes) {
    return no_launch("this version of vLLM starts several machines through Ray only",
                     "take --launch ray");
  }
  return {};
}

std::string older_vllm(const LaunchQuestion& question) {
  const auto version = question.format.workload->vllm.version;
  return version == newest_vllm ? std::string() : "." + std::to_string(version);
}

Result<Server> server_of(const LaunchQuestion& question, const Site& site) {
  const auto engine = question.format.choice.engine;
  if (engine == Engine::llama_cpp) return llama_server(question, site);
  if (engine == Engine::vllm) return vllm_serve(question, site);
  return no_server(engine);
}

}  // namespace launch

std::string_view to_string(LaunchKind kind) { return launch::entry(kind).name; }

std::optional<LaunchKind> launch_kind_from(std::string_view name) {
  for (const auto& kind : launch::kinds) {
    if (kind.name == name) return kind.kind;
  }
  return std::nullopt;
}

Result<LaunchKind> usual_launch_kind(const LaunchQuestion& question) {
  const auto engine = question.format.choice.engine;
  switch (engine) {
    case Engine::llama_cpp:
      return question.request.ollama ? LaunchKind::ollama : LaunchKind::llama_server;
    case Engine::vllm:
      return question.candidate.split.nodes > 1 ? LaunchKind::ray : LaunchKind::vllm;
    case Engine::mlx:
      return LaunchKind::mlx;
    case Engine::exllama:
      return LaunchKind::tabbyapi;
    case Engine::transformers:
    case Engine::params:
      break;
  }
  return launch::no_server(engine);
}

Result<Launch> make_launch(const LaunchQuestion& question, LaunchKind kind) {
  if (auto names = launch::check_names(question); !names) return tl::unexpected(names.error());
  return launch::entry(kind).write(question);
}

}  // namespace llmfit
