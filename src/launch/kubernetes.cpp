// SPDX-License-Identifier: MIT
#include "launch/kinds.hpp"

namespace llmfit::launch {
namespace {

constexpr std::string_view models_folder = "/models/";

/// What has to lie on the claim that the pods mount.
void add_claim_remark(Server& server) {
  if (server.files.empty()) return;
  std::string list;
  for (const auto& file : server.files) {
    list += (list.empty() ? "" : ", ") + std::string(base_name(file));
  }
  server.remarks.push_back("The PersistentVolumeClaim models holds " + list + ".");
}

std::string top(const LaunchQuestion& question, const Server& server) {
  return commented(heading(question, server));
}

void write_labels(Yaml& yaml, std::string_view key, const std::string& name) {
  yaml.open(key);
  yaml.text("app.kubernetes.io/name", name);
  yaml.close();
}

/// Ranks of one machine exchange tensors through /dev/shm (docs.vllm.ai, "Using Kubernetes").
std::string_view shared_size(const LaunchQuestion& question) {
  return question.candidate.devices.size() > 1 ? "2Gi" : std::string_view{};
}

void write_deployment(Yaml& yaml, const LaunchQuestion& question, const Server& server,
                      const Container& container, const std::string& name) {
  auto command = server.command;
  if (container.has_entry) command.words.clear();
  yaml.word("apiVersion", "apps/v1");
  yaml.word("kind", "Deployment");
  yaml.open("metadata");
  yaml.text("name", name);
  write_labels(yaml, "labels", name);
  yaml.close();
  yaml.open("spec");
  yaml.word("replicas", "1");
  yaml.open("strategy");
  yaml.word("type", "Recreate");  // a second pod would wait for the cards of the first one
  yaml.close();
  yaml.open("selector");
  write_labels(yaml, "matchLabels", name);
  yaml.close();
  yaml.open("template");
  yaml.open("metadata");
  write_labels(yaml, "labels", name);
  yaml.close();
  write_pod(yaml, question, server, {container, command, true, shared_size(question)});
  yaml.close();
  yaml.close();
}

/// The leader serves, the others only compute (docs.vllm.ai, "LWS"; the same flags are in
/// "Parallelism and Scaling").
void write_group_member(Yaml& yaml, const LaunchQuestion& question, const Server& server,
                        const Container& container, bool leader) {
  auto command = server.command;
  command.arguments.push_back({"--nnodes", "$(LWS_GROUP_SIZE)", true});
  command.arguments.push_back({"--node-rank", "$(LWS_WORKER_INDEX)", true});
  command.arguments.push_back({"--master-addr", "$(LWS_LEADER_ADDRESS)", true});
  if (!leader) command.add("--headless");
  yaml.open(leader ? "leaderTemplate" : "workerTemplate");
  if (leader) {
    yaml.open("metadata");
    yaml.open("labels");
    yaml.text("role", "leader");
    yaml.close();
    yaml.close();
  }
  write_pod(yaml, question, server, {container, command, leader, "15Gi"});
  yaml.close();
}

void write_group(Yaml& yaml, const LaunchQuestion& question, const Server& server,
                 const Container& container, const std::string& name) {
  yaml.word("apiVersion", "leaderworkerset.x-k8s.io/v1");
  yaml.word("kind", "LeaderWorkerSet");
  yaml.open("metadata");
  yaml.text("name", name);
  yaml.close();
  yaml.open("spec");
  yaml.word("replicas", "1");
  yaml.open("leaderWorkerTemplate");
  yaml.word("size", std::to_string(question.candidate.split.nodes));
  yaml.word("restartPolicy", "RecreateGroupOnPodRestart");
  write_group_member(yaml, question, server, container, true);
  write_group_member(yaml, question, server, container, false);
  yaml.close();
  yaml.close();
}

Launch manifest(LaunchKind kind, const std::string& name, std::string text) {
  return {kind, text, {{name + ".yaml", text}}};
}

}  // namespace

Result<Launch> kubernetes_launch(const LaunchQuestion& question) {
  if (question.candidate.split.nodes > 1) {
    return no_launch("a Deployment has one machine for each pod, and this takes " +
                         std::to_string(question.candidate.split.nodes),
                     "--launch lws starts several under vLLM");
  }
  const auto container = container_of(question);
  if (!container) return tl::unexpected(container.error());
  auto server = server_of(question, {std::string(models_folder), true});
  if (!server) return tl::unexpected(server.error());
  add_claim_remark(*server);
  const auto name = label(question.model, *question.format.choice.format);
  Yaml yaml;
  write_deployment(yaml, question, *server, *container, name);
  write_service(yaml, name, {{"app.kubernetes.io/name", name}}, container->port);
  return manifest(LaunchKind::kubernetes, name, top(question, *server) + yaml.take());
}

Result<Launch> lws_launch(const LaunchQuestion& question) {
  if (question.format.choice.engine != Engine::vllm) {
    return no_launch("--launch lws starts vllm, and this was sized for " +
                         std::string(to_string(question.format.choice.engine)),
                     "take --engine vllm, or --launch auto");
  }
  if (auto can = check_machines(question); !can) return tl::unexpected(can.error());
  const auto container = container_of(question);
  if (!container) return tl::unexpected(container.error());
  auto server = vllm_serve(question, {std::string(models_folder), true});
  add_claim_remark(server);
  const auto name = label(question.model, *question.format.choice.format);
  Yaml yaml;
  write_group(yaml, question, server, *container, name);
  write_service(yaml, name, {{"leaderworkerset.sigs.k8s.io/name", name}, {"role", "leader"}},
                container->port);
  return manifest(LaunchKind::lws, name, top(question, server) + yaml.take());
}

}  // namespace llmfit::launch
