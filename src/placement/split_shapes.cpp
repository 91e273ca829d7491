// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdint>
#include <optional>

#include "llmfit/placement.hpp"

namespace llmfit {
namespace {

constexpr std::string_view product_differs =
    "the parallel sizes that were set do not multiply to them";

/// Devices to divide, and what of it somebody fixed.
struct Question {
  std::int32_t count = 1;
  std::int32_t nodes = 1;
  std::optional<std::int32_t> tensor;
  std::optional<std::int32_t> pipeline;
  std::optional<std::int32_t> data;
  bool experts = false;

  /// Cards of one machine where all machines have as many.
  [[nodiscard]] std::int32_t machine() const { return count % nodes == 0 ? count / nodes : 1; }
};

Question question_of(const Workload& workload, std::int32_t count, std::int32_t nodes) {
  const auto& asked = workload.split;
  Question question{count, nodes, asked.tensor, asked.pipeline, asked.data, false};
  if (workload.engine != Engine::vllm) return question;
  const auto& settings = workload.vllm;
  if (settings.tensor_parallel) question.tensor = settings.tensor_parallel;
  if (settings.pipeline_parallel) question.pipeline = settings.pipeline_parallel;
  if (settings.data_parallel > 1) question.data = settings.data_parallel;
  question.experts = settings.expert_parallel;
  return question;
}

bool allows(const std::optional<std::int32_t>& fixed, std::int32_t value) {
  return !fixed || *fixed == value;
}

/// Tensor ranks exchange parts of every layer, so as many as a machine takes come first, then
/// fewer with stages between them, and only then such as reach over machines.
void add_factors(const Question& question, std::int32_t data, bool experts,
                 std::vector<Split>& shapes) {
  const auto group = question.count / data;
  const auto machine = std::min(group, question.machine());
  const auto add = [&](std::int32_t tensor) {
    const auto pipeline = group / tensor;
    if (allows(question.tensor, tensor) && allows(question.pipeline, pipeline)) {
      shapes.push_back({tensor, pipeline, question.nodes, data, experts});
    }
  };
  for (auto tensor = machine; tensor >= 1; --tensor) {
    if (machine % tensor == 0 && group % tensor == 0) add(tensor);
  }
  for (auto tensor = machine + 1; tensor <= group; ++tensor) {
    if (group % tensor == 0) add(tensor);
  }
}

/// Copies of the attention hold caches of their own: where a cache is whole on every tensor rank,
/// they hold more sequences. Nobody has to ask for that where a model has experts, which are then
/// dealt out whole.
void add_data_ranks(const Question& question, std::vector<Split>& shapes) {
  for (std::int32_t data = 2; data <= question.count; ++data) {
    if (question.count % data != 0) continue;
    auto flat = question;
    if (!flat.pipeline) flat.pipeline = 1;
    add_factors(flat, data, true, shapes);
  }
}

std::vector<Split> vllm_shapes(const Question& question, bool has_experts) {
  std::vector<Split> shapes;
  if (question.data) {
    if (question.count % *question.data == 0) {
      add_factors(question, *question.data, question.experts, shapes);
    }
    return shapes;
  }
  add_factors(question, 1, question.experts, shapes);
  const bool open = !question.tensor && !question.pipeline;
  if (has_experts && open && question.count > 1) add_data_ranks(question, shapes);
  return shapes;
}

/// Engines that deal whole layers unless tensor ranks were asked for.
std::vector<Split> layer_shapes(const Question& question) {
  const auto tensor = question.tensor.value_or(
      question.pipeline ? std::max(1, question.count / *question.pipeline) : 1);
  const auto pipeline = question.pipeline.value_or(std::max(1, question.count / tensor));
  if (std::int64_t{tensor} * pipeline != question.count) return {};
  return {{tensor, pipeline, question.nodes}};
}

/// The rule of thumb divides by any number.
std::vector<Split> even_shapes(const Question& question) {
  const bool asked = question.tensor || question.pipeline;
  const auto pipeline = question.pipeline.value_or(1);
  const auto tensor = question.tensor.value_or(std::max(1, question.count / pipeline));
  if (!asked) return {{question.count, 1, question.nodes}};
  const auto stages = question.pipeline.value_or(std::max(1, question.count / tensor));
  if (std::int64_t{tensor} * stages != question.count) return {};
  return {{tensor, stages, question.nodes}};
}

std::vector<Split> shapes_of(const Model& model, Engine engine, const Question& question) {
  switch (engine) {
    case Engine::vllm:
      return vllm_shapes(question, model.arch.experts.has_value());
    case Engine::params:
      return even_shapes(question);
    case Engine::llama_cpp:
    case Engine::mlx:
    case Engine::exllama:
    case Engine::transformers:
      break;
  }
  return layer_shapes(question);
}

}  // namespace

SplitShapes split_shapes(const Model& model, const Workload& workload, std::int32_t count,
                         std::int32_t per_node) {
  const auto per_machine = std::max(1, per_node);
  const std::int32_t nodes = count / per_machine + (count % per_machine != 0 ? 1 : 0);
  SplitShapes found;
  found.shapes = shapes_of(model, workload.engine, question_of(workload, count, nodes));
  if (found.shapes.empty()) found.why = product_differs;
  return found;
}

}  // namespace llmfit
