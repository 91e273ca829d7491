// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "llmfit/workload.hpp"

namespace llmfit::sizing {

/// A workload while its settings are read: what was said under which name, not yet reconciled.
struct Draft {
  const Model& model;
  Workload workload;
  std::optional<std::int64_t> context;        ///< --context
  std::optional<std::int64_t> sequences;      ///< --sequences
  std::optional<std::int64_t> parallel;       ///< llama.cpp's own word for sequences
  std::optional<std::int64_t> total_context;  ///< llama.cpp's ctx-size: of all sequences
  std::optional<std::int64_t> model_length;   ///< vLLM's max-model-len: of one
  std::optional<double> utilization;          ///< vLLM's share of a device
  std::optional<TensorType> kv_type_k;        ///< --kv-type
  std::optional<TensorType> kv_type_v;
  std::optional<TensorType> cache_k;  ///< the engine's own flags
  std::optional<TensorType> cache_v;
};

/// What is wrong with the value of a setting, and that its effect is not computed.
tl::unexpected<Error> wrong_value(const Setting& setting, std::string expected);
tl::unexpected<Error> not_computed(const Setting& setting, std::string hint);
/// A switch; nothing typed is "on". Errors: invalid_value.
Result<bool> on_or_off(const Setting& setting);

/// One `--set`, under the engine's own name. Errors: usage (no such flag), invalid_value,
/// unsupported.
Result<void> apply_setting(Draft& draft, const Setting& setting);

/// --tp, --pp, --ep, --dp and --split with the engine's own flags for them. Errors: usage (a
/// contradiction, or the engine has no such split).
Result<void> settle_split(Draft& draft, const WorkloadRequest& request);

/// A cache type by its name under that engine. Errors: invalid_value, with the names that it has.
Result<TensorType> cache_type(Engine engine, const Model& model, std::string_view name);

/// The type that the engine takes when nothing is said.
TensorType default_cache_type(Engine engine, const Model& model);

}  // namespace llmfit::sizing
