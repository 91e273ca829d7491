// SPDX-License-Identifier: MIT
#include "search/split_notes.hpp"

#include <algorithm>

#include "base/numbers.hpp"
#include "search/hardware.hpp"

namespace llmfit::search {
namespace {

/// KV heads of the layers that have fewer of them than there are ranks; 0: none has.
std::int32_t copied_heads(const Model& model, const Split& split) {
  for (const auto& layer : model.layers) {
    const bool few = layer.caches && layer.kv_heads > 0 && layer.kv_heads < split.tensor;
    if (few && layer.kind != LayerKind::mla) return layer.kv_heads;
  }
  return 0;
}

bool keeps_latent(const Model& model) {
  return model.arch.mla && !model.arch.mla->joined_kv_b &&
         std::any_of(model.layers.begin(), model.layers.end(),
                     [](const Layer& layer) { return layer.kind == LayerKind::mla; });
}

std::string whole(double value) { return base::shortest(value); }

class SplitNotes {
 public:
  explicit SplitNotes(const Model& model) : model_(model) {}

  /// Of each kind the first configuration speaks for all.
  void about(const Candidate& candidate) {
    const auto& split = candidate.split;
    if (const auto heads = copied_heads(model_, split); heads > 0) {
      once(NoteCode::kv_heads_copied, {describe(candidate.gpus), std::to_string(split.tensor),
                                       model_.name, std::to_string(heads)});
    }
    if (split.tensor > 1 && keeps_latent(model_)) once(NoteCode::latent_copied, {model_.name});
    const auto cards = static_cast<std::int64_t>(candidate.devices.size());
    if (cards > split.devices()) {
      once(NoteCode::cards_idle,
           {describe(candidate.gpus), std::to_string(split.devices()), std::to_string(cards)});
    }
    if (candidate.offload && candidate.offload->per_device > Bytes{0}) {
      const auto each = static_cast<double>(candidate.offload->per_device.count()) /
                        static_cast<double>(gib(1).count());
      once(NoteCode::cpu_offload, {describe(candidate.gpus), whole(each),
                                   base::gib_text(candidate.offload->weights, base::Round::up)});
    }
  }

  std::vector<Note> take() { return std::move(notes_); }

 private:
  void once(NoteCode code, std::vector<std::string> args) {
    const bool told = std::any_of(notes_.begin(), notes_.end(),
                                  [code](const Note& note) { return note.code == code; });
    if (!told) notes_.push_back({code, std::move(args)});
  }

  const Model& model_;
  std::vector<Note> notes_;
};

}  // namespace

std::vector<Note> split_notes(const Model& model, const FormatResult& one) {
  if (one.choice.engine != Engine::vllm) return {};
  SplitNotes notes(model);
  for (const auto& candidate : one.candidates) {
    if (candidate.devices.size() > 1 || candidate.offload) notes.about(candidate);
  }
  return notes.take();
}

}  // namespace llmfit::search
