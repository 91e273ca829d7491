// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include "llmfit/model.hpp"

namespace llmfit::model {

/// What a tensor of that stem ("attn_q", "ssm_in") is for; `other` for an unknown one.
Role role_of(std::string_view stem);

/// A GGUF tensor name taken apart. The views point into the name.
struct NameParts {
  std::string_view stem;
  Suffix suffix = Suffix::none;
  int block = -1;        ///< -1: outside the blocks
  bool encoder = false;  ///< "enc.blk.N.", or "enc." which outside the blocks stays in the stem
  bool decoder = false;  ///< the same with "dec."
};
NameParts split_name(std::string_view name);

}  // namespace llmfit::model
