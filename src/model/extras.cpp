// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <string_view>

#include "model/parts.hpp"

namespace llmfit::model {
namespace {

struct Prefix {
  std::string_view name;
  Role role;
};

/// What the tensors that only some models have are for, by how their names begin.
constexpr auto prefixes = std::to_array<Prefix>({
    {"token_embd.weight", Role::token_embedding},
    {"per_layer_token_embd", Role::per_layer_embedding},
    {"per_layer_model_proj", Role::auxiliary},
    {"altup_correct_coef", Role::router},  // converters write both in 32 bits, like a router
    {"altup_predict_coef", Role::router},
    {"altup", Role::auxiliary},
    {"laurel", Role::auxiliary},
    {"indexer", Role::auxiliary},
    {"relative_attention_bias", Role::auxiliary},
    {"pooler", Role::pooler},
});

Role role_of(std::string_view name) {
  if (name.ends_with("norm.weight")) return Role::norm;
  const auto* const found =
      std::find_if(prefixes.begin(), prefixes.end(),
                   [name](const Prefix& prefix) { return name.starts_with(prefix.name); });
  return found == prefixes.end() ? Role::other : found->role;
}

}  // namespace

void add_extra(TensorList& list, const ExtraTensor& extra) {
  const auto dimension = [&extra](std::size_t i) {
    return i < extra.shape.size() ? extra.shape[i] : 1;
  };
  const auto role = role_of(extra.name);
  if (extra.name.ends_with(".bias")) {
    list.bias(role, dimension(0), dimension(1));
  } else {
    list.matrix(role, dimension(0), dimension(1), dimension(2));
  }
}

}  // namespace llmfit::model
