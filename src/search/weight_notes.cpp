// SPDX-License-Identifier: MIT
#include "search/weight_notes.hpp"

#include "base/numbers.hpp"

namespace llmfit::search {
namespace {

void add_towers(std::vector<Note>& notes, const Model& model) {
  for (const auto& tower : model.towers) {
    const auto bytes = Bytes{2} * tower.elements.count();
    notes.push_back(
        {NoteCode::tower_apart,
         {std::string(tower.name), model.name, base::gib_text(bytes, base::Round::up)}});
  }
}

/// 2:4 was read by vLLM until its kernels were removed (vllm-project/vllm, pull request 36799);
/// since then CompressedTensors24 refuses such a checkpoint.
Note sparsity_note(const Sparsity& sparsity, const FormatResult& one) {
  const auto engine = std::string(to_string(one.choice.engine));
  if (!sparsity.two_of_four) {
    return {NoteCode::sparsity_in_full, {engine, base::shortest(sparsity.fraction)}};
  }
  if (one.choice.engine == Engine::vllm) {
    return {NoteCode::sparsity_refused, {std::string(one.choice.format->id)}};
  }
  return {NoteCode::sparsity_in_full, {engine, "2:4"}};
}

}  // namespace

std::vector<Note> weight_notes(const Model& model, const FitRequest& request,
                               const FormatResult& one) {
  std::vector<Note> notes;
  const bool apart = one.choice.engine == Engine::llama_cpp && !request.add_ons.projector;
  if (apart) add_towers(notes, model);
  if (request.ollama) notes.push_back({NoteCode::ollama_defaults, {}});
  const bool blind = one.choice.engine == Engine::mlx || one.choice.engine == Engine::exllama;
  if (blind)
    notes.push_back({NoteCode::buffers_unknown, {std::string(to_string(one.choice.engine))}});
  if (request.sparsity) notes.push_back(sparsity_note(*request.sparsity, one));
  return notes;
}

}  // namespace llmfit::search
