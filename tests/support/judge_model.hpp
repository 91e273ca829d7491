// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "llmfit/read_model.hpp"
#include "llmfit/sizing.hpp"
#include "support/memory_files.hpp"

namespace llmfit::test {

/// Sizes a model under an engine; whatever it says of itself, that ends in a size or an error.
inline bool sizes_soundly(const Model& model, Engine engine) {
  const auto& catalog = Catalog::builtin();
  const auto* format = catalog.find_format(engine, engine == Engine::vllm ? "fp8" : "q4_k_m");
  const auto weights = weigh(model, *format);
  if (!weights) return weights.error().code != ErrorCode::internal;
  const auto workload = make_workload({}, engine, model, catalog.engine(engine).utilization);
  if (!workload) return workload.error().code != ErrorCode::internal;
  const auto sized = size(model, *weights, *workload, *format, catalog.engine(engine));
  return sized || sized.error().code != ErrorCode::internal;
}

/// Reads bytes as the file of that name, with `hole` more bytes after them, and sizes what comes of
/// it. False: llmfit itself is at fault.
inline bool judges_soundly(const std::string& name, std::string_view bytes, std::uint64_t hole) {
  const std::map<std::string, std::string> texts = {{name, std::string(bytes)}};
  MemoryFiles files(texts);
  files.hole = hole;
  const auto model = read_model(files, name);
  if (!model) return model.error().code != ErrorCode::internal && !model.error().message.empty();
  return sizes_soundly(*model, Engine::llama_cpp) && sizes_soundly(*model, Engine::vllm);
}

}  // namespace llmfit::test
