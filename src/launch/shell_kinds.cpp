// SPDX-License-Identifier: MIT
#include "launch/kinds.hpp"

namespace llmfit::launch {
namespace {

constexpr std::string_view script_name = "launch.sh";

Launch script(LaunchKind kind, const LaunchQuestion& question, const Server& server) {
  auto text = commented(heading(question, server)) + shell_text(server.command) + "\n";
  return {kind, text, {{std::string(script_name), text}}};
}

tl::unexpected<Error> wants_engine(LaunchKind kind, Engine wanted, Engine has) {
  return no_launch("--launch " + std::string(to_string(kind)) + " starts " +
                       std::string(to_string(wanted)) + ", and this was sized for " +
                       std::string(to_string(has)),
                   "take --engine " + std::string(to_string(wanted)) + ", or --launch auto");
}

}  // namespace

Result<Launch> llama_server_launch(const LaunchQuestion& question) {
  const auto engine = question.format.choice.engine;
  if (engine != Engine::llama_cpp)
    return wants_engine(LaunchKind::llama_server, Engine::llama_cpp, engine);
  const auto server = llama_server(question, {});
  if (!server) return tl::unexpected(server.error());
  return script(LaunchKind::llama_server, question, *server);
}

Result<Launch> vllm_launch(const LaunchQuestion& question) {
  const auto engine = question.format.choice.engine;
  if (engine != Engine::vllm) return wants_engine(LaunchKind::vllm, Engine::vllm, engine);
  if (question.candidate.split.nodes > 1) {
    return no_launch("--launch vllm starts one machine, and this takes " +
                         std::to_string(question.candidate.split.nodes),
                     "--launch ray or --launch lws starts several");
  }
  return script(LaunchKind::vllm, question, vllm_serve(question, {}));
}

/// The server of mlx-lm takes memory as requests come and has no flag for a context
/// (ml-explore/mlx-lm: mlx_lm/SERVER.md, mlx_lm/convert.py).
Result<Launch> mlx_launch(const LaunchQuestion& question) {
  const auto engine = question.format.choice.engine;
  if (engine != Engine::mlx) return wants_engine(LaunchKind::mlx, Engine::mlx, engine);
  Server server;
  const auto served = checkpoint(question.model, question.place, *question.format.choice.format);
  if (!served.remark.empty()) server.remarks.push_back(served.remark);
  server.remarks.emplace_back(
      "mlx_lm.server has no flag for the context: keep requests within what was sized.");
  server.command.words = {"mlx_lm.server"};
  server.command.add("--model", served.name);
  return script(LaunchKind::mlx, question, server);
}

/// docs.vllm.ai, "Parallelism and Scaling": a Ray cluster first, then one server on its head.
Result<Launch> ray_launch(const LaunchQuestion& question) {
  const auto engine = question.format.choice.engine;
  if (engine != Engine::vllm) return wants_engine(LaunchKind::ray, Engine::vllm, engine);
  auto server = vllm_serve(question, {});
  server.command.add("--distributed-executor-backend", "ray");
  if (question.candidate.split.data > 1) server.command.add("--data-parallel-backend", "ray");
  const auto others = question.candidate.split.nodes - 1;
  const auto top = commented(heading(question, server));
  const std::string start = "ray start --head --port=6379\n";
  const std::string join = "ray start --address=\"$HEAD_ADDRESS:6379\" --block\n";
  const auto serve = shell_text(server.command) + "\n";
  std::string text = top + "\n# 1. On the first machine:\n" + start;
  if (others > 0) {
    const auto where = others == 1 ? std::string("the other machine")
                                   : "each of the " + std::to_string(others) + " other machines";
    text += "\n# 2. On " + where +
            ", with the address of the first one:\nexport HEAD_ADDRESS=192.0.2.1\n" + join;
  }
  text += "\n# 3. On the first one again, once `ray status` counts all " +
          std::to_string(question.candidate.split.devices()) + " cards:\n" + serve;
  return Launch{LaunchKind::ray,
                text,
                {{"head.sh", top + start + serve},
                 {"worker.sh", "# HEAD_ADDRESS is the address of the first machine.\n" + join}}};
}

}  // namespace llmfit::launch
