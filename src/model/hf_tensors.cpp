// SPDX-License-Identifier: MIT
#include "model/hf_tensors.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "model/hf_pieces.hpp"
#include "model/stems.hpp"

namespace llmfit::model {
namespace {

using Part = HfName::Part;

/// Tensors of one place in the model that are compared as a whole.
struct Group {
  std::vector<const HfPiece*> pieces;
  std::vector<std::size_t> expected;  ///< indices
};

/// Layer, family, and whether it is biases. Wider nets leave parts of it empty.
using Key = std::tuple<int, std::string_view, bool>;
using Groups = std::map<Key, Group>;

Elements elements_of(const Group& group) {
  Elements sum;
  for (const auto* const piece : group.pieces) {
    if (!piece->is_side()) sum += piece->elements();
  }
  return sum;
}

Elements elements_of(const Group& group, const std::vector<Tensor>& expected) {
  Elements sum;
  for (const auto index : group.expected) sum += expected[index].elements();
  return sum;
}

bool is_packed(const Group& group) {
  return std::any_of(group.pieces.begin(), group.pieces.end(),
                     [](const HfPiece* piece) { return piece->packed; });
}

bool agrees(const Group& group, const std::vector<Tensor>& expected) {
  if (group.pieces.empty() || group.expected.empty()) return false;
  return is_packed(group) || elements_of(group) == elements_of(group, expected);
}

/// The one plain type of all, absent where they differ or are packed.
std::optional<TensorType> type_of(const std::vector<const HfPiece*>& pieces) {
  std::optional<TensorType> type;
  for (const auto* const piece : pieces) {
    if (piece->is_side()) continue;
    const auto own = piece->packed ? std::optional<TensorType>{} : piece->file->type->type;
    if (!own || (type && *type != *own)) return std::nullopt;
    type = own;
  }
  return type;
}

std::int64_t bytes_of(const std::vector<const HfPiece*>& pieces) {
  Bytes sum;
  for (const auto* const piece : pieces) sum += Bytes{piece->file->bytes};
  return sum.count();
}

/// `part` of `whole` parts of `bytes`, rounded down.
std::int64_t share(std::int64_t bytes, Elements part, Elements whole) {
  if (whole.count() == 0) return 0;
  const auto exact = static_cast<long double>(bytes) * static_cast<long double>(part.count()) /
                     static_cast<long double>(whole.count());
  return static_cast<std::int64_t>(exact);
}

/// Gives the bytes of the files to the tensors that they add up to.
void settle(const Group& group, std::vector<Tensor>& expected, std::vector<bool>& found) {
  const auto type = type_of(group.pieces);
  const auto bytes = bytes_of(group.pieces);
  const auto whole = elements_of(group, expected);
  auto rest = bytes;
  for (const auto index : group.expected) {
    const bool last = index == group.expected.back();
    const auto own = last ? rest : share(bytes, expected[index].elements(), whole);
    expected[index].stored = StoredTensor{type, Bytes{own}};
    found[index] = true;
    rest -= own;
  }
}

/// Takes out of `groups` what agrees, and joins what is left under wider keys.
Groups settled(Groups groups, std::vector<Tensor>& expected, std::vector<bool>& found,
               Key (*wider)(const Key&)) {
  Groups next;
  for (auto& [key, group] : groups) {
    if (agrees(group, expected)) {
      settle(group, expected, found);
      continue;
    }
    auto& joined = next[wider(key)];
    joined.pieces.insert(joined.pieces.end(), group.pieces.begin(), group.pieces.end());
    joined.expected.insert(joined.expected.end(), group.expected.begin(), group.expected.end());
  }
  return next;
}

Key by_layer(const Key& key) { return {std::get<0>(key), {}, false}; }
Key by_model(const Key&) { return {-1, {}, false}; }

Groups grouped(const std::vector<HfPiece>& pieces, const std::vector<Tensor>& expected) {
  Groups groups;
  for (const auto& piece : pieces) {
    const bool bias = piece.name.suffix == Suffix::bias;
    groups[{piece.layer, family_of(piece.name.stem), bias}].pieces.push_back(&piece);
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto& tensor = expected[i];
    if (tensor.role == Role::rope_factors) continue;  // in no checkpoint
    groups[{tensor.layer, family_of(tensor.stem), tensor.is_bias()}].expected.push_back(i);
  }
  return groups;
}

/// GGUF order; what has more than four dimensions keeps its elements.
std::array<std::int64_t, 4> shape_of(const FileTensor& file) {
  std::array<std::int64_t, 4> shape{1, 1, 1, 1};
  std::size_t at = 0;
  for (auto length = file.shape.rbegin(); length != file.shape.rend(); ++length, ++at) {
    auto& own = shape[std::min<std::size_t>(at, 3)];
    own = (Elements{own} * *length).count();
  }
  return shape;
}

/// Tensors of the files that nothing was expected for: as they are, the experts of a layer as one.
class OwnTensors {
 public:
  explicit OwnTensors(HfTensors& result) : result_(result) {}

  void add(const HfPiece& piece) {
    const auto key = std::tuple{piece.layer, stem_of(piece), piece.name.suffix};
    const auto [found, fresh] = index_.try_emplace(key, tensors_.size());
    if (fresh) start(piece, std::get<1>(key));
    auto& tensor = tensors_[found->second];
    if (!fresh && !piece.is_side() && piece.name.expert >= 0) ++tensor.shape[2];
    tensor.stored->bytes += Bytes{piece.file->bytes};
    if (piece.packed) {
      result_.complete = false;
      tensor.stored->type.reset();
    }
  }

  [[nodiscard]] std::vector<Tensor> take() { return std::move(tensors_); }

 private:
  std::string_view stem_of(const HfPiece& piece) {
    if (!piece.name.stem.empty()) return piece.name.stem;
    if (kept_.count(piece.name.module) > 0) return *kept_.find(piece.name.module);
    result_.stems.emplace_back(piece.name.module);
    return *kept_.emplace(result_.stems.back()).first;
  }

  void start(const HfPiece& piece, std::string_view stem) {
    const auto role = piece.name.stem.empty() ? Role::other : role_of(stem);
    const auto type = piece.packed ? std::optional<TensorType>{} : piece.file->type->type;
    tensors_.push_back({role, stem, piece.name.suffix, piece.layer, shape_of(*piece.file),
                        StoredTensor{type, Bytes{0}}});
  }

  HfTensors& result_;
  std::map<std::tuple<int, std::string_view, Suffix>, std::size_t> index_;
  std::set<std::string_view> kept_;
  std::vector<Tensor> tensors_;
};

/// Part of a checkpoint that the converter of llama.cpp leaves out with good reason: draft blocks
/// of architectures whose GGUF files have none, and a second copy of a tied matrix.
bool is_left_out(const HfPiece& piece, const HfLayers& layers, bool planned) {
  const bool draft = layers.count > 0 && piece.layer >= layers.count;
  return planned && (draft || (piece.layer < 0 && piece.name.stem == "output"));
}

void add_tower(std::vector<Tower>& towers, const HfPiece& piece) {
  const bool audio = piece.name.module.find("audio") != std::string_view::npos;
  const std::string_view name = audio ? "audio" : "vision";
  for (auto& tower : towers) {
    if (tower.name == name) {
      tower.elements += piece.elements();
      return;
    }
  }
  towers.push_back({name, piece.elements()});
}

std::vector<HfPiece> pieces_of(const std::vector<FileTensor>& files, const HfLayers& layers,
                               std::vector<Tower>& towers) {
  std::vector<HfPiece> pieces;
  pieces.reserve(files.size());
  for (const auto& file : files) {
    const auto piece = piece_of(file, layers);
    if (!piece) continue;
    if (piece->name.part == Part::tower) {
      add_tower(towers, *piece);
    } else {
      pieces.push_back(*piece);
    }
  }
  return pieces;
}

/// Puts each tensor of `own` behind the last one of its layer.
void weave(std::vector<Tensor>& tensors, std::vector<Tensor> own) {
  std::map<int, std::size_t> last;
  for (std::size_t i = 0; i < tensors.size(); ++i) last[tensors[i].layer] = i;
  std::vector<std::pair<std::size_t, Tensor>> placed;
  for (std::size_t i = 0; i < tensors.size(); ++i) placed.emplace_back(i, tensors[i]);
  for (auto& tensor : own) {
    const auto found = last.find(tensor.layer);
    const auto at = found == last.end() ? tensors.size() : found->second;
    placed.emplace_back(at, std::move(tensor));
  }
  std::stable_sort(placed.begin(), placed.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : a.second.layer < b.second.layer;
  });
  tensors.clear();
  for (auto& [at, tensor] : placed) tensors.push_back(std::move(tensor));
}

}  // namespace

HfTensors tensors_of(const std::vector<FileTensor>& files, const std::vector<Tensor>& planned,
                     const HfLayers& layers) {
  HfTensors result;
  auto expected = planned;
  std::vector<bool> found(expected.size());
  const auto pieces = pieces_of(files, layers, result.towers);
  auto groups = grouped(pieces, expected);
  for (auto* const wider : {by_layer, by_model, by_model}) {
    groups = settled(std::move(groups), expected, found, wider);
  }
  OwnTensors own(result);
  for (const auto& [key, group] : groups) {
    for (const auto* const piece : group.pieces) {
      if (!is_left_out(*piece, layers, !planned.empty())) own.add(*piece);
    }
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const bool kept = found[i] || expected[i].role == Role::rope_factors;
    if (kept) result.tensors.push_back(expected[i]);
  }
  weave(result.tensors, own.take());
  return result;
}

}  // namespace llmfit::model
