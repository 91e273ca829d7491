// SPDX-License-Identifier: MIT
#include "render/vllm_explain.hpp"

#include <algorithm>
#include <cmath>

#include "base/numbers.hpp"
#include "render/fit_view.hpp"

namespace llmfit::render {
namespace {

using Shape = JsonWriter::Shape;

Cell gib_cell(Bytes bytes, base::Round round) {
  return Text{base::gib_text(bytes, round) + " GiB"};
}

std::string concurrency_text(double concurrency) {
  return base::shortest(std::floor(concurrency * 100) / 100) + "x";
}

std::string refusal_text(const VllmPlan& plan) {
  switch (*plan.refusal) {
    case VllmRefusal::free_memory:
      return "free memory is less than the share that was asked for";
    case VllmRefusal::weights:
      return "out of memory while it loads the weights";
    case VllmRefusal::no_cache_blocks:
      return "no available memory for the cache blocks";
    case VllmRefusal::context_too_long:
      return "the cache does not hold one sequence; at most " +
             base::grouped(plan.longest_context) + " tokens";
  }
  return {};
}

Section plan_section(const Candidate& candidate) {
  const auto& plan = *candidate.vllm;
  Pairs pairs;
  auto& rows = pairs.rows;
  rows.push_back({"share of the memory", gib_cell(plan.budget, base::Round::down)});
  rows.push_back({"weights", gib_cell(plan.weights, base::Round::up)});
  rows.push_back({"activation peak", gib_cell(plan.activation, base::Round::up)});
  rows.push_back({"CUDA graphs", gib_cell(plan.graphs, base::Round::up)});
  rows.push_back({"outside PyTorch", gib_cell(plan.non_torch, base::Round::up)});
  rows.push_back({"left for the cache", gib_cell(plan.kv_budget, base::Round::down)});
  rows.push_back(
      {"cache", Text{base::grouped(plan.blocks) + " blocks of " + base::grouped(plan.block_tokens) +
                     " tokens = " + base::grouped(plan.cache_tokens) + " tokens"}});
  rows.push_back({"one sequence", Text{base::grouped(plan.blocks_per_sequence) + " blocks"}});
  rows.push_back({"concurrency", Text{concurrency_text(plan.max_concurrency)}});
  if (plan.refusal) rows.push_back({"does not start", Text{refusal_text(plan)}});
  const auto count = card_count(candidate);
  const auto cards = count == 1 ? "" : base::shortest(count) + " x ";
  const auto ranks = candidate.split.data;
  const auto rank = ranks == 1 ? "" : ", each of " + std::to_string(ranks) + " data-parallel ranks";
  return {"vLLM on " + cards + card_name(candidate) + rank, std::move(pairs)};
}

void write_plan(JsonWriter& json, const Candidate& candidate) {
  const auto& plan = *candidate.vllm;
  json.object(Shape::line);
  json.text_field("gpu",
                  candidate.gpus.size() == 1 ? candidate.gpus.front().gpu->id : std::string_view{});
  json.field("gpu_count", card_count(candidate));
  json.field("budget_bytes", plan.budget);
  json.field("weights_bytes", plan.weights);
  json.field("activation_bytes", plan.activation);
  json.field("graphs_bytes", plan.graphs);
  json.field("non_torch_bytes", plan.non_torch);
  json.field("kv_budget_bytes", plan.kv_budget);
  json.field("block_tokens", plan.block_tokens);
  json.field("block_bytes", plan.block_bytes);
  json.field("blocks", plan.blocks);
  json.field("blocks_per_sequence", plan.blocks_per_sequence);
  json.field("cache_tokens", plan.cache_tokens);
  json.field("max_concurrency", std::floor(plan.max_concurrency * 100) / 100);
  json.text_field("refusal", plan.refusal ? to_string(*plan.refusal) : std::string_view{});
  json.field("longest_context", plan.longest_context);
  json.end();
}

}  // namespace

std::vector<Section> vllm_sections(const std::vector<Candidate>& candidates) {
  std::vector<Section> sections;
  for (const auto& candidate : candidates) {
    if (candidate.vllm) sections.push_back(plan_section(candidate));
  }
  return sections;
}

void write_vllm_plans(JsonWriter& json, const std::vector<Candidate>& candidates) {
  const auto planned = [](const Candidate& candidate) { return candidate.vllm.has_value(); };
  if (std::none_of(candidates.begin(), candidates.end(), planned)) return;
  json.key("vllm");
  json.array();
  for (const auto& candidate : candidates) {
    if (candidate.vllm) write_plan(json, candidate);
  }
  json.end();
}

}  // namespace llmfit::render
