// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cmath>

#include "base/numbers.hpp"
#include "launch/kinds.hpp"

namespace llmfit::launch {
namespace {

struct Card {
  std::string_view id;
  std::string_view name;
};

/// Accelerators as `sky show-gpus -a` lists them (skypilot: docs/source/compute/show-gpus-all.txt).
constexpr auto cards = std::to_array<Card>({
    {"a10", "A10"},
    {"a100-40gb-pcie", "A100"},
    {"a100-40gb-sxm", "A100"},
    {"a100-80gb-pcie", "A100-80GB"},
    {"a100-80gb-sxm", "A100-80GB"},
    {"a10g", "A10G"},
    {"a40", "A40"},
    {"b200", "B200"},
    {"gh200", "GH200"},
    {"h100-nvl", "H100-NVL"},
    {"h100-pcie", "H100"},
    {"h100-sxm", "H100"},
    {"h200-sxm", "H200"},
    {"k80", "K80"},
    {"l4", "L4"},
    {"l40", "L40"},
    {"l40s", "L40S"},
    {"m60", "M60"},
    {"mi300x", "MI300X"},
    {"p100-16gb-pcie", "P100"},
    {"p4", "P4"},
    {"quadro-m4000", "M4000"},
    {"quadro-p4000", "P4000"},
    {"radeon-pro-v520", "Radeon Pro V520"},
    {"rtx-3060-12gb", "RTX3060"},
    {"rtx-3090", "RTX3090"},
    {"rtx-4000-ada", "RTX4000-Ada"},
    {"rtx-4090", "RTX4090"},
    {"rtx-5080", "RTX5080"},
    {"rtx-5090", "RTX5090"},
    {"rtx-6000-ada", "RTX6000-Ada"},
    {"rtx-a4000", "RTXA4000"},
    {"rtx-a4500", "RTXA4500"},
    {"rtx-a5000", "RTXA5000"},
    {"rtx-a6000", "RTXA6000"},
    {"t4", "T4"},
    {"t4g", "T4g"},
    {"v100-16gb-pcie", "V100"},
    {"v100-16gb-sxm2", "V100"},
    {"v100-32gb-pcie", "V100-32GB"},
    {"v100-32gb-sxm2", "V100-32GB"},
});

struct Cloud {
  std::string_view provider;
  std::string_view name;
  bool has_regions = false;    ///< the catalog's regions are its own
  bool has_instances = false;  ///< and so are its instances
};

/// skypilot: sky/skylet/constants.py, ALL_CLOUDS.
constexpr auto clouds = std::to_array<Cloud>({
    {"aws", "aws", true, true},
    {"azure", "azure", true, true},
    {"digitalocean", "do"},
    {"fluidstack", "fluidstack"},
    {"gcp", "gcp", true},
    {"lambda", "lambda"},
    {"nebius", "nebius"},
    {"oci", "oci"},
    {"paperspace", "paperspace"},
    {"runpod", "runpod"},
    {"vast.ai", "vast"},
});

/// These two tell H100 and A100 cards of both sockets apart.
std::string_view on_marketplace(std::string_view id, std::string_view name, const Cloud* cloud) {
  const bool apart = cloud != nullptr && (cloud->name == "runpod" || cloud->name == "vast");
  if (apart && id == "h100-sxm") return "H100-SXM";
  if (apart && id == "a100-80gb-sxm") return "A100-80GB-SXM";
  return name;
}

const Cloud* cloud_of(const Cost& cost) {
  if (cost.offer == nullptr) return nullptr;
  const auto* const found = std::find_if(clouds.begin(), clouds.end(), [&](const Cloud& cloud) {
    return cloud.provider == cost.offer->provider;
  });
  return found == clouds.end() ? nullptr : found;
}

/// Cards of the machine that is rented, which may have more than are needed.
double rented_cards(const LaunchQuestion& question) {
  const auto needed = static_cast<double>(cards_of_machine(question));
  const auto* offer = question.candidate.cost.offer;
  const double slice = question.candidate.gpus.front().count;
  if (slice < 1) return slice;
  return offer == nullptr ? needed : std::max(offer->gpu_count, needed);
}

Result<std::string> accelerators(const LaunchQuestion& question) {
  const auto& gpus = question.candidate.gpus;
  if (gpus.size() != 1) {
    return no_launch("SkyPilot rents machines of one kind of card",
                     "--launch auto prints the command for a machine that is there");
  }
  const auto id = gpus.front().gpu->id;
  const auto* const card =
      std::find_if(cards.begin(), cards.end(), [&](const Card& it) { return it.id == id; });
  if (card == cards.end()) {
    return no_launch("SkyPilot has no name for " + std::string(gpus.front().gpu->name),
                     "--launch auto prints the command for a machine that is there");
  }
  const auto* const cloud = cloud_of(question.candidate.cost);
  return std::string(on_marketplace(id, card->name, cloud)) + ":" +
         base::shortest(rented_cards(question));
}

bool is_region(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

void write_place(Yaml& yaml, const Cost& cost) {
  const auto* const cloud = cloud_of(cost);
  if (cloud == nullptr) return;
  auto place = std::string(cloud->name);
  if (cloud->has_regions && is_region(cost.offer->region)) {
    place.append("/").append(cost.offer->region);
  }
  yaml.text("infra", place);
  if (cloud->has_instances && !cost.offer->instance.empty()) {
    yaml.text("instance_type", cost.offer->instance);
  }
}

bool is_amd(const LaunchQuestion& question) {
  return question.candidate.gpus.front().gpu->vendor == "amd";
}

/// vLLM's packages are built for CUDA; AMD publishes an image with a build for ROCm.
bool needs_image(const LaunchQuestion& question) {
  return question.format.choice.engine == Engine::vllm && is_amd(question);
}

/// llama.cpp: docs/build.md.
std::string setup_of(const LaunchQuestion& question) {
  if (question.format.choice.engine == Engine::vllm) {
    const auto older = older_vllm(question);
    return older.empty() ? "pip install vllm\n" : "pip install 'vllm==0" + older + ".*'\n";
  }
  const bool amd = is_amd(question);
  return "git clone --depth 1 --branch v0.5.0 https://github.com/ggml-org/llama.cpp\n"
         "cmake -S llama.cpp -B llama.cpp/build -DGGML_" +
         std::string(amd ? "HIP" : "CUDA") +
         "=ON\ncmake --build llama.cpp/build --config Release -j --target llama-server\n";
}

/// llama.cpp spreads over every card that it sees.
std::string visible_cards(const LaunchQuestion& question) {
  const auto needed = cards_of_machine(question);
  if (rented_cards(question) <= static_cast<double>(needed)) return {};
  std::string text =
      is_amd(question) ? "export HIP_VISIBLE_DEVICES=0" : "export CUDA_VISIBLE_DEVICES=0";
  for (std::int64_t i = 1; i < needed; ++i) text += "," + std::to_string(i);
  return text + "\n";
}

/// Every machine runs the task; SkyPilot numbers them and lists their addresses (docs.skypilot.co,
/// "Distributed Multi-Node Jobs").
std::string run_of(const LaunchQuestion& question, Command command) {
  if (question.format.choice.engine != Engine::vllm) {
    command.words.front() = "llama.cpp/build/bin/llama-server";
  }
  if (question.candidate.split.nodes < 2) {
    return visible_cards(question) + shell_text(command) + "\n";
  }
  command.arguments.push_back({"--nnodes", "\"$SKYPILOT_NUM_NODES\"", true});
  command.arguments.push_back({"--node-rank", "\"$SKYPILOT_NODE_RANK\"", true});
  command.arguments.push_back({"--master-addr", "\"$HEAD_ADDRESS\"", true});
  command.arguments.push_back({"$HEADLESS", std::nullopt});
  return visible_cards(question) +
         "HEAD_ADDRESS=$(echo \"$SKYPILOT_NODE_IPS\" | head -n 1)\nHEADLESS=\n"
         "if [ \"$SKYPILOT_NODE_RANK\" != 0 ]; then HEADLESS=--headless; fi\n" +
         shell_text(command) + "\n";
}

void write_mounts(Yaml& yaml, const Server& server) {
  if (server.files.empty()) return;
  yaml.open("file_mounts");
  for (const auto& file : server.files) {
    const bool bare = file.find('/') == std::string::npos;
    yaml.text(yaml_quoted("/models/" + std::string(base_name(file))), bare ? "./" + file : file);
  }
  yaml.close();
}

void write_secrets(Yaml& yaml, const LaunchQuestion& question, const Server& server) {
  if (!needs_token(question, server)) return;
  yaml.open("secrets");
  yaml.word("HF_TOKEN", "null");
  yaml.close();
}

Result<void> refuse_machines(const LaunchQuestion& question) {
  if (!question.candidate.gpus.empty()) return check_machines(question);
  return no_launch("SkyPilot rents cards, and this runs in host memory alone",
                   "--launch auto prints the command");
}

void write_resources(Yaml& yaml, const LaunchQuestion& question, const std::string& accelerator,
                     std::string_view port) {
  const auto& cost = question.candidate.cost;
  yaml.open("resources");
  write_place(yaml, cost);
  yaml.text("accelerators", accelerator);
  if (needs_image(question)) yaml.word("image_id", "docker:rocm/vllm:latest");
  yaml.word("use_spot", question.request.offers.term == RentalTerm::spot ? "true" : "false");
  yaml.word("ports", port);
  yaml.close();
}

}  // namespace

/// skypilot: sky/utils/schemas.py; docs.skypilot.co, "SkyPilot YAML".
Result<Launch> skypilot_launch(const LaunchQuestion& question) {
  if (auto can = refuse_machines(question); !can) return tl::unexpected(can.error());
  const auto accelerator = accelerators(question);
  if (!accelerator) return tl::unexpected(accelerator.error());
  auto server = server_of(question, {"/models/", true});
  if (!server) return tl::unexpected(server.error());
  const auto& cost = question.candidate.cost;
  if (cost.offer != nullptr && cloud_of(cost) == nullptr) {
    server->remarks.push_back("SkyPilot does not rent from " + std::string(cost.offer->provider) +
                              ": it picks among its own clouds.");
  }
  if (needs_token(question, *server)) {
    server->remarks.emplace_back("Hand the token over: sky launch --secret HF_TOKEN FILE.");
  }
  const auto name = label(question.model, *question.format.choice.format);
  const bool vllm = question.format.choice.engine == Engine::vllm;
  Yaml yaml;
  yaml.text("name", name);
  const auto nodes = question.candidate.split.nodes;
  if (nodes > 1) yaml.word("num_nodes", std::to_string(nodes));
  write_resources(yaml, question, *accelerator, vllm ? "8000" : "8080");
  write_secrets(yaml, question, *server);
  write_mounts(yaml, *server);
  if (!needs_image(question)) yaml.block("setup", setup_of(question));
  yaml.block("run", run_of(question, server->command));
  const auto text = commented(heading(question, *server)) + yaml.take();
  return Launch{LaunchKind::skypilot, text, {{name + ".sky.yaml", text}}};
}

}  // namespace llmfit::launch
