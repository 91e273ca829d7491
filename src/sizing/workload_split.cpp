// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <string>

#include "base/text.hpp"
#include "sizing/workload_draft.hpp"

namespace llmfit {
namespace {

/// Which of the options that divide a model an engine has.
struct Abilities {
  Engine engine;
  bool tensor;
  bool pipeline;
  bool experts;
  bool data;
  bool mode;
};

/// llama.cpp deals layers to all its devices, which --pp may confirm; transformers and ExLlama cut
/// tensors where they are asked to (tp_plan; tensor-parallel loading), and deal layers otherwise.
constexpr std::array<Abilities, 6> abilities = {{
    {Engine::llama_cpp, false, true, false, false, true},
    {Engine::vllm, true, true, true, true, false},
    {Engine::transformers, true, true, false, false, false},
    {Engine::mlx, false, false, false, false, false},
    {Engine::exllama, true, true, false, false, false},
    {Engine::params, true, true, false, false, false},
}};

std::string_view mode_name(SplitMode mode) {
  switch (mode) {
    case SplitMode::row:
      return "row";
    case SplitMode::none:
      return "none";
    case SplitMode::layer:
      break;
  }
  return "layer";
}

tl::unexpected<Error> contradiction(const std::string& first, const std::string& second) {
  return fail(ErrorCode::usage, first + " contradicts " + second,
              "give only one of them, or the same value to both");
}

/// One size under its two names; the result stands in both.
Result<void> settle_size(std::optional<std::int32_t>& option, std::optional<std::int32_t>& flag,
                         std::string_view name, std::string_view flag_name) {
  if (option && flag && *option != *flag) {
    return contradiction(std::string(name) + " " + std::to_string(*option),
                         std::string(flag_name) + " " + std::to_string(*flag));
  }
  if (!option) option = flag;
  flag = option;
  return {};
}

Result<void> settle_vllm(Workload& workload) {
  auto& [tensor, pipeline, data, experts, mode] = workload.split;
  auto& settings = workload.vllm;
  if (auto ok = settle_size(tensor, settings.tensor_parallel, "--tp", "tensor-parallel-size");
      !ok) {
    return ok;
  }
  if (auto ok = settle_size(pipeline, settings.pipeline_parallel, "--pp", "pipeline-parallel-size");
      !ok) {
    return ok;
  }
  settings.data_parallel = data.value_or(1);
  settings.expert_parallel = settings.expert_parallel || experts;
  experts = settings.expert_parallel;
  return {};
}

Result<void> settle_mode(Workload& workload, const WorkloadRequest& request) {
  const auto& mode = workload.split.mode;
  if (!mode) return {};
  for (const auto& setting : request.settings) {
    if (base::lower(setting.flag) != "split-mode" || setting.value == mode_name(*mode)) continue;
    return contradiction("--split " + std::string(mode_name(*mode)),
                         "split-mode " + base::printable(setting.value));
  }
  workload.llama_cpp.split_mode = *mode;
  return {};
}

/// vLLM moves no layers or experts but a number of GiB.
bool offloads(Engine engine, Offload offload) {
  if (offload == Offload::none || engine == Engine::llama_cpp) return true;
  return engine == Engine::vllm && offload == Offload::automatic;
}

std::string_view hint_of(std::string_view option, Engine engine) {
  if (option == "--split") return "it is for llama.cpp; see --tp and --pp";
  if (option != "--offload") return "take --engine vllm, or leave it out";
  return engine == Engine::vllm ? "--offload auto finds its cpu-offload-gb"
                                : "take --engine llama.cpp, or leave it out";
}

}  // namespace

std::string_view lacking_option(Engine engine, const WorkloadRequest& request) {
  const auto& split = request.split;
  const auto* found =
      std::find_if(abilities.begin(), abilities.end(),
                   [engine](const Abilities& known) { return known.engine == engine; });
  if (found == abilities.end()) return {};
  if (split.tensor && !found->tensor) return "--tp";
  if (split.pipeline && !found->pipeline) return "--pp";
  if (split.experts && !found->experts) return "--ep";
  if (split.data && !found->data) return "--dp";
  if (split.mode && !found->mode) return "--split";
  return offloads(engine, request.offload) ? std::string_view{} : "--offload";
}

namespace sizing {

Result<void> settle_split(Draft& draft, const WorkloadRequest& request) {
  auto& workload = draft.workload;
  const auto engine = workload.engine;
  if (const auto option = lacking_option(engine, request); !option.empty()) {
    return fail(ErrorCode::usage,
                std::string(option) + " does not apply to " + std::string(to_string(engine)),
                std::string(hint_of(option, engine)), std::string(option));
  }
  const auto data_flag = workload.split.data;  // of the engine's own flag
  workload.split = request.split;
  if (engine == Engine::vllm) {
    auto flag = data_flag;
    auto ok = settle_size(workload.split.data, flag, "--dp", "data-parallel-size");
    return ok ? settle_vllm(workload) : ok;
  }
  return settle_mode(workload, request);
}

}  // namespace sizing
}  // namespace llmfit
