// SPDX-License-Identifier: MIT
#pragma once

#include "llmfit/sizing.hpp"
#include "sizing/widths.hpp"

/// How each figure of a footprint is explained: formula, inputs, basis, source.
namespace llmfit::sizing {

struct TermContext {
  const Model& model;
  const Weights& weights;
  const Widths& widths;
  const Workload& workload;
  const Format& format;
  const EngineRecord& engine;
};

Term weights_term(const TermContext& context, Bytes bytes);
Term cache_term(const TermContext& context, Bytes bytes);
Term state_term(const TermContext& context, Bytes bytes);
Term compute_term(const TermContext& context, const Estimate& estimate);
Term runtime_term(const TermContext& context, const Estimate& estimate);

}  // namespace llmfit::sizing
