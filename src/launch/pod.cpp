// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "base/numbers.hpp"
#include "launch/kinds.hpp"

namespace llmfit::launch {
namespace {

struct Image {
  Engine engine;
  std::string_view vendor;  ///< empty: host memory alone
  std::string_view name;
  std::string_view tag;
  std::string_view resource;
};

/// llama.cpp: docs/docker.md; vLLM: docs.vllm.ai, "Using Docker", and rocm.docs.amd.com. Names of
/// cards are those of the vendors' device plugins (kubernetes.io, "Schedule GPUs").
constexpr auto images = std::to_array<Image>({
    {Engine::llama_cpp, "nvidia", "ghcr.io/ggml-org/llama.cpp", "server-cuda", "nvidia.com/gpu"},
    {Engine::llama_cpp, "amd", "ghcr.io/ggml-org/llama.cpp", "server-rocm", "amd.com/gpu"},
    {Engine::llama_cpp, "intel", "ghcr.io/ggml-org/llama.cpp", "server-intel",
     "gpu.intel.com/i915"},
    {Engine::llama_cpp, "", "ghcr.io/ggml-org/llama.cpp", "server", ""},
    {Engine::vllm, "nvidia", "vllm/vllm-openai", "latest", "nvidia.com/gpu"},
    {Engine::vllm, "amd", "rocm/vllm", "latest", "amd.com/gpu"},
});

/// Releases of vLLM for NVIDIA cards have tags of their own: v0.12.0.
Container made_of(const Image& image, const LaunchQuestion& question) {
  const bool llama = image.engine == Engine::llama_cpp;
  const auto older = llama || image.vendor != "nvidia" ? std::string() : older_vllm(question);
  const auto tag = older.empty() ? std::string(image.tag) : "v0" + older + ".0";
  return {std::string(image.name) + ":" + tag, image.resource, llama ? "8080" : "8000", llama};
}

std::string_view vendor_of(const Candidate& candidate) {
  return candidate.gpus.empty() ? std::string_view{} : candidate.gpus.front().gpu->vendor;
}

void write_environment(Yaml& yaml, const LaunchQuestion& question, const Server& server) {
  if (!server.downloads) return;
  yaml.open("env");
  yaml.open_item();
  yaml.word("name", "HF_TOKEN");
  yaml.open("valueFrom");
  yaml.open("secretKeyRef");
  yaml.word("name", "hf-token");
  yaml.word("key", "token");
  yaml.word("optional", question.place.gated ? "false" : "true");
  yaml.close();
  yaml.close();
  yaml.close();
  yaml.close();
}

void write_probe(Yaml& yaml, std::string_view port) {
  yaml.open("readinessProbe");
  yaml.open("httpGet");
  yaml.word("path", "/health");
  yaml.word("port", port);
  yaml.close();
  yaml.word("periodSeconds", "10");
  yaml.close();
}

void write_resources(Yaml& yaml, const LaunchQuestion& question, const Container& container) {
  if (container.resource.empty()) return;
  yaml.open("resources");
  yaml.open("limits");
  yaml.text(container.resource, std::to_string(cards_of_machine(question)));
  yaml.close();
  yaml.close();
}

void write_mounts(Yaml& yaml, const Server& server, const Pod& pod) {
  if (server.files.empty() && pod.shared_size.empty()) return;
  yaml.open("volumeMounts");
  if (!server.files.empty()) {
    yaml.open_item();
    yaml.word("name", "models");
    yaml.word("mountPath", "/models");
    yaml.word("readOnly", "true");
    yaml.close();
  }
  if (!pod.shared_size.empty()) {
    yaml.open_item();
    yaml.word("name", "shm");
    yaml.word("mountPath", "/dev/shm");
    yaml.close();
  }
  yaml.close();
}

void write_volumes(Yaml& yaml, const Server& server, const Pod& pod) {
  if (server.files.empty() && pod.shared_size.empty()) return;
  yaml.open("volumes");
  if (!server.files.empty()) {
    yaml.open_item();
    yaml.word("name", "models");
    yaml.open("persistentVolumeClaim");
    yaml.word("claimName", "models");
    yaml.word("readOnly", "true");
    yaml.close();
    yaml.close();
  }
  if (!pod.shared_size.empty()) {
    yaml.open_item();
    yaml.word("name", "shm");
    yaml.open("emptyDir");
    yaml.word("medium", "Memory");
    yaml.word("sizeLimit", pod.shared_size);
    yaml.close();
    yaml.close();
  }
  yaml.close();
}

/// Kubernetes labels nodes with the cloud's own name of the machine (kubernetes.io, "Well-Known
/// Labels"); these clouds' offers have that name.
void write_node_selector(Yaml& yaml, const Cost& cost) {
  constexpr std::array<std::string_view, 4> clouds = {"aws", "azure", "gcp", "oci"};
  const auto* offer = cost.offer;
  const bool machine = offer != nullptr && !offer->instance.empty() &&
                       (offer->kind == "cloud" || offer->kind == "cpu-only");
  const bool named =
      machine && std::find(clouds.begin(), clouds.end(), offer->provider) != clouds.end();
  if (!named) return;
  yaml.open("nodeSelector");
  yaml.text("node.kubernetes.io/instance-type", offer->instance);
  yaml.close();
}

}  // namespace

Result<Container> container_of(const LaunchQuestion& question) {
  const auto engine = question.format.choice.engine;
  const auto vendor = vendor_of(question.candidate);
  const auto& gpus = question.candidate.gpus;
  const bool one_vendor = std::all_of(
      gpus.begin(), gpus.end(), [&](const GpuCount& part) { return part.gpu->vendor == vendor; });
  for (const auto& image : images) {
    if (image.engine == engine && image.vendor == vendor && one_vendor) {
      return made_of(image, question);
    }
  }
  const std::string where =
      gpus.empty() ? "host memory alone" : std::string(gpus.front().gpu->name);
  return no_launch("no image of " + std::string(to_string(engine)) + " is known for " + where,
                   "--launch auto prints the command without a container");
}

std::int64_t cards_of_machine(const LaunchQuestion& question) {
  const auto nodes = std::max(question.candidate.split.nodes, 1);
  const auto cards = question.candidate.split.devices();
  return (cards + nodes - 1) / nodes;
}

void write_pod(Yaml& yaml, const LaunchQuestion& question, const Server& server, const Pod& pod) {
  yaml.open("spec");
  write_node_selector(yaml, question.candidate.cost);
  yaml.open("containers");
  yaml.open_item();
  yaml.word("name", "server");
  yaml.text("image", pod.container.image);
  yaml.arguments(pod.container.has_entry ? "args" : "command", pod.command);
  write_environment(yaml, question, server);
  if (pod.answers) {
    yaml.open("ports");
    yaml.open_item();
    yaml.word("containerPort", pod.container.port);
    yaml.close();
    yaml.close();
    write_probe(yaml, pod.container.port);
  }
  write_resources(yaml, question, pod.container);
  write_mounts(yaml, server, pod);
  yaml.close();
  yaml.close();
  write_volumes(yaml, server, pod);
  yaml.close();
}

void write_service(Yaml& yaml, const std::string& name, const std::vector<Selector>& selectors,
                   std::string_view port) {
  yaml.document();
  yaml.word("apiVersion", "v1");
  yaml.word("kind", "Service");
  yaml.open("metadata");
  yaml.text("name", name);
  yaml.close();
  yaml.open("spec");
  yaml.open("selector");
  for (const auto& selector : selectors) yaml.text(selector.key, selector.value);
  yaml.close();
  yaml.open("ports");
  yaml.open_item();
  yaml.word("port", port);
  yaml.word("targetPort", port);
  yaml.close();
  yaml.close();
  yaml.close();
}

}  // namespace llmfit::launch
