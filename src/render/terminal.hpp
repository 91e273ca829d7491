// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

namespace llmfit::render {

/// What the place of output can show; three capabilities, held apart. The cli fills it in.
struct Terminal {
  std::optional<int> width;  ///< columns; absent: a pipe or file, where nothing is cut or wrapped
  bool colour = false;
  bool unicode = false;  ///< false: the output holds no byte above 127
};

}  // namespace llmfit::render
