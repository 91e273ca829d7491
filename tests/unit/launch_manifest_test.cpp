// SPDX-License-Identifier: MIT
// Manifests are read by a YAML parser and held against the keys that their tools take.
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>

#include "support/launch.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

/// Keys of a mapping at a place; a key that ends in "!" has to be there, "*" is any key. "[]" is an
/// entry of a list.
struct Shape {
  std::string place;
  std::string keys;
};

/// Kubernetes API reference v1.31: PodSpec v1 core, Container v1 core and what they hold, as far as
/// a server without state needs them.
std::vector<Shape> pod_at(const std::string& place) {
  const auto container = place + ".containers[]";
  return {
      {place, "containers! nodeSelector volumes tolerations"},
      {place + ".nodeSelector", "*"},
      {container, "name! image! command args env ports readinessProbe resources! volumeMounts"},
      {container + ".env[]", "name! value valueFrom"},
      {container + ".env[].valueFrom", "secretKeyRef!"},
      {container + ".env[].valueFrom.secretKeyRef", "name! key! optional"},
      {container + ".ports[]", "containerPort! name protocol"},
      {container + ".readinessProbe", "httpGet! periodSeconds failureThreshold"},
      {container + ".readinessProbe.httpGet", "path! port!"},
      {container + ".resources", "limits! requests"},
      {container + ".resources.limits", "*"},
      {container + ".volumeMounts[]", "name! mountPath! readOnly subPath"},
      {place + ".volumes[]", "name! persistentVolumeClaim emptyDir"},
      {place + ".volumes[].persistentVolumeClaim", "claimName! readOnly"},
      {place + ".volumes[].emptyDir", "medium sizeLimit"},
  };
}

std::vector<Shape> joined(std::vector<Shape> shapes, const std::vector<Shape>& more) {
  shapes.insert(shapes.end(), more.begin(), more.end());
  return shapes;
}

/// Kubernetes API reference v1.31: Deployment v1 apps.
std::vector<Shape> deployment() {
  return joined(
      {
          {"", "apiVersion! kind! metadata! spec!"},
          {".metadata", "name! labels namespace"},
          {".metadata.labels", "*"},
          {".spec", "replicas strategy selector! template!"},
          {".spec.strategy", "type! rollingUpdate"},
          {".spec.selector", "matchLabels!"},
          {".spec.selector.matchLabels", "*"},
          {".spec.template", "metadata! spec!"},
          {".spec.template.metadata", "labels!"},
          {".spec.template.metadata.labels", "*"},
      },
      pod_at(".spec.template.spec"));
}

/// kubernetes-sigs/lws: api/leaderworkerset/v1/leaderworkerset_types.go.
std::vector<Shape> group() {
  const std::string set = ".spec.leaderWorkerTemplate";
  return joined(joined(
                    {
                        {"", "apiVersion! kind! metadata! spec!"},
                        {".metadata", "name! labels namespace"},
                        {".spec", "replicas leaderWorkerTemplate! rolloutStrategy startupPolicy"},
                        {set, "leaderTemplate workerTemplate! size restartPolicy"},
                        {set + ".leaderTemplate", "metadata spec!"},
                        {set + ".leaderTemplate.metadata", "labels!"},
                        {set + ".leaderTemplate.metadata.labels", "*"},
                        {set + ".workerTemplate", "metadata spec!"},
                    },
                    pod_at(set + ".leaderTemplate.spec")),
                pod_at(set + ".workerTemplate.spec"));
}

/// Kubernetes API reference v1.31: Service v1 core.
const std::vector<Shape> service = {
    {"", "apiVersion! kind! metadata! spec!"},
    {".metadata", "name! labels namespace"},
    {".spec", "selector! ports! type"},
    {".spec.selector", "*"},
    {".spec.ports[]", "port! targetPort name protocol"},
};

/// skypilot: sky/utils/schemas.py, get_task_schema and get_resources_schema.
const std::vector<Shape> task = {
    {"", "name workdir num_nodes resources! envs secrets file_mounts setup run! service config"},
    {".resources",
     "infra cloud region zone accelerators! accelerator_args cpus memory instance_type use_spot "
     "disk_size disk_tier ports image_id labels any_of ordered job_recovery autostop"},
    {".secrets", "*"},
    {".file_mounts", "*"},
};

const Shape* shape_of(const std::vector<Shape>& shapes, const std::string& place) {
  const auto found = std::find_if(shapes.begin(), shapes.end(),
                                  [&](const Shape& shape) { return shape.place == place; });
  return found == shapes.end() ? nullptr : &*found;
}

void check_keys(const YAML::Node& node, const Shape& shape) {
  if (shape.keys == "*") return;
  std::set<std::string> known;
  for (auto key : base::split(shape.keys, ' ')) {
    if (key.ends_with('!')) {
      key.pop_back();
      INFO("needs " << key);
      CHECK(node[key].IsDefined());
    }
    known.insert(key);
  }
  for (const auto& entry : node) {
    INFO("has " << entry.first.as<std::string>());
    CHECK(known.count(entry.first.as<std::string>()) == 1);
  }
}

void check_shape(const YAML::Node& node, const std::vector<Shape>& shapes,
                 const std::string& place) {
  if (node.IsSequence()) {
    for (const auto& entry : node) check_shape(entry, shapes, place + "[]");
  }
  if (!node.IsMap()) return;
  INFO("at '" << place << "'");
  const auto* shape = shape_of(shapes, place);
  REQUIRE(shape != nullptr);
  check_keys(node, *shape);
  if (shape->keys == "*") return;
  for (const auto& entry : node) {
    check_shape(entry.second, shapes, place + "." + entry.first.as<std::string>());
  }
}

std::vector<std::string> words(const YAML::Node& list) {
  return list.as<std::vector<std::string>>();
}

}  // namespace

TEST_CASE("a Deployment and its Service are what Kubernetes takes", "[launch]") {
  struct Row {
    std::string line;
    std::string resource;
    std::string cards;
    std::string machine;  ///< empty: the offer's cloud has no label for it
    bool shared;
  };
  const auto row = GENERATE(
      Row{"llama2-13b --quant q4 --gpu l4x1 --provider aws", "nvidia.com/gpu", "1", "g6.xlarge",
          false},
      Row{"llama3-70b --engine vllm --quant awq --gpu a100-40gb-sxmx2 --provider gcp",
          "nvidia.com/gpu", "2", "a2-highgpu-2g", true},
      Row{"llama3.1-8b --engine vllm --quant bf16 --gpu mi300xx1", "amd.com/gpu", "1", "", false});
  const auto documents = YAML::LoadAll(launched(row.line + " --launch kubernetes"));
  INFO(row.line);
  REQUIRE(documents.size() == 2);
  const auto& made = documents[0];
  check_shape(made, deployment(), "");
  check_shape(documents[1], service, "");
  CHECK(made["apiVersion"].as<std::string>() == "apps/v1");
  CHECK(made["kind"].as<std::string>() == "Deployment");
  const auto pod = made["spec"]["template"]["spec"];
  const auto container = pod["containers"][0];
  CHECK(container["resources"]["limits"][row.resource].as<std::string>() == row.cards);
  CHECK(pod["nodeSelector"].IsDefined() == !row.machine.empty());
  if (!row.machine.empty()) {
    CHECK(pod["nodeSelector"]["node.kubernetes.io/instance-type"].as<std::string>() == row.machine);
  }
  bool shared = false;
  for (const auto& volume : pod["volumes"]) shared |= volume["emptyDir"].IsDefined();
  CHECK(shared == row.shared);
  const auto selector = made["spec"]["selector"]["matchLabels"].begin();
  const auto key = selector->first.as<std::string>();
  const auto value = selector->second.as<std::string>();
  CHECK(made["spec"]["template"]["metadata"]["labels"][key].as<std::string>() == value);
  CHECK(documents[1]["spec"]["selector"][key].as<std::string>() == value);
  const auto port = container["ports"][0]["containerPort"].as<int>();
  CHECK(container["readinessProbe"]["httpGet"]["port"].as<int>() == port);
  CHECK(documents[1]["spec"]["ports"][0]["targetPort"].as<int>() == port);
}

TEST_CASE("a container is given the flags of the plain command", "[launch]") {
  const std::string line = "llama3-70b --engine vllm --quant awq --gpu a100-40gb-sxmx2 --launch ";
  auto plain = shell_words(launched(line + "vllm"));
  const auto pod = YAML::LoadAll(launched(line + "kubernetes"))[0]["spec"]["template"]["spec"];
  const auto command = words(pod["containers"][0]["command"]);
  plain[2] = "/models/Meta-Llama-3-70B-awq";
  REQUIRE(command.size() == plain.size() + 4);
  CHECK(std::equal(plain.begin(), plain.end(), command.begin()));
  CHECK(value_of(command, "--host") == "0.0.0.0");
  CHECK(pod["volumes"][0]["persistentVolumeClaim"]["claimName"].as<std::string>() == "models");
}

TEST_CASE("a LeaderWorkerSet has a leader that serves and workers that join it", "[launch]") {
  const auto documents = YAML::LoadAll(
      launched("llama3.1-405b --engine vllm --quant bf16 --gpu h100-sxmx16 --max-gpus 16 --launch "
               "lws"));
  REQUIRE(documents.size() == 2);
  check_shape(documents[0], group(), "");
  check_shape(documents[1], service, "");
  CHECK(documents[0]["apiVersion"].as<std::string>() == "leaderworkerset.x-k8s.io/v1");
  const auto set = documents[0]["spec"]["leaderWorkerTemplate"];
  CHECK(set["size"].as<int>() == 2);
  CHECK(set["restartPolicy"].as<std::string>() == "RecreateGroupOnPodRestart");
  const auto leader = set["leaderTemplate"]["spec"]["containers"][0];
  const auto worker = set["workerTemplate"]["spec"]["containers"][0];
  const auto leading = words(leader["command"]);
  const auto joining = words(worker["command"]);
  CHECK(value_of(leading, "--nnodes") == "$(LWS_GROUP_SIZE)");
  CHECK(value_of(leading, "--tensor-parallel-size") == "8");
  CHECK(value_of(leading, "--pipeline-parallel-size") == "2");
  CHECK_FALSE(has_flag(leading, "--headless"));
  CHECK(has_flag(joining, "--headless"));
  CHECK(leader["resources"]["limits"]["nvidia.com/gpu"].as<std::string>() == "8");
  CHECK(documents[1]["spec"]["selector"]["role"].as<std::string>() == "leader");
}

TEST_CASE("a SkyPilot task rents what the offer is", "[launch]") {
  struct Row {
    std::string line;
    std::string infra;  ///< empty: SkyPilot does not rent there
    std::string instance;
    std::string accelerators;
    bool spot;
  };
  const auto row = GENERATE(
      Row{"llama3-8b --quant q4 --gpu t4x1 --spot --provider aws", "aws/us-east-1", "g4dn.xlarge",
          "T4:1", true},
      Row{"llama3-8b --engine vllm --quant bf16 --gpu l4x1 --spot --provider gcp",
          "gcp/us-central1", "", "L4:1", true},
      Row{"llama3.1-8b --engine vllm --quant bf16 --gpu h100-sxmx1 --provider runpod", "runpod", "",
          "H100-SXM:1", false},
      Row{"llama3-8b --quant q4 --gpu rtx-4090x1 --provider akash", "", "", "RTX4090:1", false});
  const auto made = YAML::Load(launched(row.line + " --launch skypilot"));
  INFO(row.line);
  check_shape(made, task, "");
  const auto resources = made["resources"];
  CHECK(resources["infra"].as<std::string>("") == row.infra);
  CHECK(resources["instance_type"].as<std::string>("") == row.instance);
  CHECK(resources["accelerators"].as<std::string>() == row.accelerators);
  CHECK(resources["use_spot"].as<bool>() == row.spot);
}

TEST_CASE("a SkyPilot task runs the plain command", "[launch]") {
  const std::string line = "llama3.1-8b --engine vllm --quant bf16 --gpu l4x1 --launch ";
  const auto plain = shell_words(launched(line + "vllm"));
  const auto run = shell_words(YAML::Load(launched(line + "skypilot"))["run"].as<std::string>());
  REQUIRE(run.size() >= plain.size());
  CHECK(std::equal(plain.begin(), plain.end(), run.begin()));
}

TEST_CASE("a rented machine with more cards than are needed shows as many as are", "[launch]") {
  const auto made =
      YAML::Load(launched("llama2-13b --quant q4 --gpu a100-40gb-sxmx1 --provider aws --launch "
                          "skypilot"));
  CHECK(made["resources"]["accelerators"].as<std::string>() == "A100:8");
  CHECK(contains(made["run"].as<std::string>(), "export CUDA_VISIBLE_DEVICES=0\n"));
}

TEST_CASE("vLLM on AMD cards runs in AMD's image", "[launch]") {
  const auto made = YAML::Load(
      launched("llama3.1-8b --engine vllm --quant bf16 --gpu mi300xx1 --launch skypilot"));
  check_shape(made, task, "");
  CHECK(made["resources"]["image_id"].as<std::string>() == "docker:rocm/vllm:latest");
  CHECK_FALSE(made["setup"].IsDefined());
}

TEST_CASE("a SkyPilot task of several machines gives each its rank", "[launch]") {
  const auto made = YAML::Load(
      launched("llama3.1-405b --engine vllm --quant bf16 --gpu h100-sxmx16 --max-gpus 16 --launch "
               "skypilot"));
  check_shape(made, task, "");
  CHECK(made["num_nodes"].as<int>() == 2);
  const auto run = shell_words(made["run"].as<std::string>());
  CHECK(value_of(run, "--node-rank") == "$SKYPILOT_NODE_RANK");
  CHECK(value_of(run, "--nnodes") == "$SKYPILOT_NUM_NODES");
  CHECK(made["secrets"]["HF_TOKEN"].IsNull());
}

TEST_CASE("TabbyAPI's settings are those that it knows", "[launch]") {
  // theroyallab/tabbyAPI: config_sample.yml.
  const std::vector<Shape> settings = {
      {"", "network logging model! draft_model sampling lora embeddings memory developer"},
      {".model",
       "model_dir! model_name! backend max_seq_len! cache_size! cache_mode tensor_parallel "
       "tensor_parallel_backend gpu_split_auto autosplit_reserve gpu_split chunk_size "
       "max_batch_size"}};
  const auto made = YAML::Load(
      launched("llama3-8b --engine exllama --quant exl3_4.0bpw --gpu rtx-3090x2 --context 1000 "
               "--sequences 3 --launch auto"));
  check_shape(made, settings, "");
  const auto model = made["model"];
  CHECK(model["model_dir"].as<std::string>() == "models");
  CHECK(model["model_name"].as<std::string>() == "Meta-Llama-3-8B-exl3_4.0bpw");
  CHECK(model["backend"].as<std::string>() == "exllamav3");
  CHECK(model["max_seq_len"].as<int>() == 1000);
  CHECK(model["cache_size"].as<int>() == 3072);
  CHECK(model["max_batch_size"].as<int>() == 3);
}

TEST_CASE("Ollama's Modelfile and variables say what was assumed", "[launch]") {
  const auto text = launched(
      "llama3.1-8b --engine ollama --quant q4_0 --gpu rtx-3060-12gbx2 --context 8k --sequences 2 "
      "--kv-type q8_0 --launch ollama");
  for (const auto* line : {"export OLLAMA_NUM_PARALLEL=2\n", "export OLLAMA_KV_CACHE_TYPE=q8_0\n",
                           "export OLLAMA_FLASH_ATTENTION=1\n", "export OLLAMA_SCHED_SPREAD=1\n",
                           "FROM ./Llama-3.1-8B-Q4_0.gguf\n", "PARAMETER num_ctx 8192\n",
                           "PARAMETER num_batch 512\n", "PARAMETER num_gpu 33\n"}) {
    INFO(line);
    CHECK(contains(text, line));
  }
}
