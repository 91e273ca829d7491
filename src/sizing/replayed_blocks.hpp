// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sizing/graph_builder.hpp"

/// Which blocks of a model stand for all of them when its graph is replayed.
namespace llmfit::sizing::llama_cpp {

inline constexpr std::int64_t base_cells = 256;  ///< the least that a cache has

/// Whether memory depends on how long the caches are: a base setting stands for any size.
bool cells_matter(const GraphSetting& setting);

/// Blocks of a run of equal ones that are replayed.
std::size_t kept_blocks(const GraphSetting& setting);

/// The blocks that stand for all of the setting's range, in order.
std::vector<std::size_t> blocks_to_replay(const Model& model, const GraphSetting& setting);

}  // namespace llmfit::sizing::llama_cpp
