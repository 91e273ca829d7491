// SPDX-License-Identifier: MIT
#include "llmfit/add_ons.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "sizing/lora_rank.hpp"
#include "sizing/packing.hpp"
#include "sizing/weight_loads.hpp"

namespace llmfit {
namespace {

/// Ranks that vLLM allocates for (vllm/config/lora.py: MaxLoRARanks).
constexpr auto served_ranks = std::to_array<std::int32_t>({1, 8, 16, 32, 64, 128, 256, 320, 512});

/// The linear layers that adapters are trained on: all but the routed experts, which engines share
/// one kernel over (vLLM, transformers) or leave out.
bool has_adapter(const Tensor& tensor) {
  if (tensor.suffix != Suffix::weight || tensor.layer < 0) return false;
  switch (tensor.role) {
    case Role::attn_q:
    case Role::attn_k:
    case Role::attn_v:
    case Role::attn_qkv:
    case Role::attn_output:
    case Role::mla_q_a:
    case Role::mla_q_b:
    case Role::mla_kv_a:
    case Role::mla_kv_b:
    case Role::mla_k_b:
    case Role::mla_v_b:
    case Role::ffn_gate:
    case Role::ffn_up:
    case Role::ffn_down:
    case Role::ffn_gate_shexp:
    case Role::ffn_up_shexp:
    case Role::ffn_down_shexp:
      return true;
    default:
      return false;
  }
}

bool divided_by_inputs(Role role) {
  return role == Role::attn_output || role == Role::ffn_down || role == Role::ffn_down_shexp;
}

/// The half along the dimension that tensor parallelism divides is divided, the other is on every
/// rank (vllm/lora/layers).
void put_adapter(BlockLoad& load, const Tensor& tensor, Bytes element) {
  const auto inputs = element * tensor.shape[0];
  const auto outputs = element * tensor.shape[1] * tensor.shape[2];
  const bool by_inputs = divided_by_inputs(tensor.role);
  load.sharded += by_inputs ? inputs : outputs;
  load.replicated += by_inputs ? outputs : inputs;
}

Result<void> checked(const Weights& weights) {
  if (!sizing::device_bytes(weights).overflowed()) return {};
  return fail(ErrorCode::too_large, "the adapters exceed 2^63 bytes");
}

Elements tower_elements(const Model& model) {
  Elements sum;
  for (const auto& tower : model.towers) sum += tower.elements;
  return sum;
}

void join_term(Term& term, const Term& draft, std::string_view input) {
  term.bytes += draft.bytes;
  term.low += draft.low;
  term.high += draft.high;
  if (draft.basis == Basis::estimate) term.basis = Basis::estimate;
  if (draft.bytes > Bytes{0})
    term.inputs.push_back({input, static_cast<double>(draft.bytes.count()), "draft model"});
}

std::string_view draft_input(TermKind kind) {
  switch (kind) {
    case TermKind::weights:
      return "bytes of the draft model";
    case TermKind::kv_cache:
      return "bytes of the draft model's cache";
    case TermKind::state:
      return "bytes of the draft model's state";
    default:
      return "bytes of the draft model's buffers";
  }
}

}  // namespace

namespace sizing {

Result<std::int32_t> held_rank(const Lora& lora, Engine engine) {
  if (engine != Engine::vllm) return lora.rank;
  const auto* const found = std::lower_bound(served_ranks.begin(), served_ranks.end(), lora.rank);
  if (found != served_ranks.end()) return *found;
  return fail(ErrorCode::invalid_value, "vLLM holds adapters of a rank up to 512",
              "take --engine transformers, or a smaller rank", std::to_string(lora.rank));
}

}  // namespace sizing

Result<void> add_lora(Weights& weights, const Model& model, const Lora& lora, Engine engine) {
  if (model.layers.empty()) {
    return fail(ErrorCode::unsupported,
                "adapters of " + model.name + " cannot be sized: its layers are unknown",
                "leave out --lora, or name a model whose dimensions are known", model.id);
  }
  const auto rank = sizing::held_rank(lora, engine);
  if (!rank) return tl::unexpected<Error>(rank.error());
  const auto element = Bytes{engine == Engine::transformers ? 4 : 2} * *rank * lora.count;
  const auto before = sizing::device_bytes(weights);
  for (const auto& tensor : model.tensors) {
    if (!has_adapter(tensor)) continue;
    const auto layer = static_cast<std::size_t>(tensor.layer);
    if (layer < model.layers.size()) put_adapter(weights.blocks[layer], tensor, element);
  }
  weights.adapters += sizing::device_bytes(weights) - before;
  return checked(weights);
}

Result<void> add_projector(Weights& weights, const Model& model, TensorType type, Engine engine) {
  const auto elements = tower_elements(model);
  if (elements == Elements{0}) {
    return fail(ErrorCode::unsupported, "no vision or audio tower of " + model.name + " is known",
                "leave out --projector", model.id);
  }
  if (engine != Engine::llama_cpp) return {};
  const auto bytes = row_bytes(type, elements.count());
  weights.input.replicated += bytes;
  weights.projector += bytes;
  return checked(weights);
}

Result<Draft> size_draft(const Model& draft, const Format& format, const Workload& workload,
                         const EngineRecord& engine) {
  if (draft.arch.kind != ModelKind::decoder) {
    return fail(ErrorCode::invalid_value, draft.name + " generates no text, so it cannot draft",
                "name a smaller model of the same family", draft.id);
  }
  auto weights = weigh(draft, format);
  if (!weights) return tl::unexpected<Error>(weights.error());
  auto footprint = size(draft, *weights, workload, format, engine);
  if (!footprint) return tl::unexpected<Error>(footprint.error());
  return Draft{draft, format, workload, std::move(*weights), std::move(*footprint)};
}

Footprint joined(const Footprint& footprint, const Draft& draft) {
  Footprint both = footprint;
  both.terms.clear();
  for (const auto& term : footprint.terms) {
    const auto& drafts = draft.footprint.terms;
    const auto same = std::find_if(drafts.begin(), drafts.end(),
                                   [&](const Term& other) { return other.kind == term.kind; });
    if (term.kind != TermKind::runtime && same == drafts.end()) continue;
    both.terms.push_back(term);
    if (term.kind != TermKind::runtime) {
      join_term(both.terms.back(), *same, draft_input(term.kind));
    }
  }
  both.host += draft.footprint.host;
  both.host_kv_cache += draft.footprint.host_kv_cache;
  both.host_state += draft.footprint.host_state;
  if (both.host_compute && draft.footprint.host_compute) {
    *both.host_compute += *draft.footprint.host_compute;
  }
  return both;
}

}  // namespace llmfit
