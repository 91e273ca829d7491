// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include "llmfit/build_model.hpp"
#include "llmfit/verify.hpp"

namespace llmfit::test {

inline bool is_own_fault(const Error& error) { return error.code == ErrorCode::internal; }

/// Compares a log of a recognised model with its prediction. False: llmfit itself is at fault.
inline bool compares_soundly(const LogFacts& facts, const Model& model, const Format& format) {
  const auto& engine = Catalog::builtin().engine(*facts.engine);
  const auto workload =
      make_workload(merge_settings(facts, {}), *facts.engine, model, engine.utilization);
  if (!workload) return !is_own_fault(workload.error());
  const auto result = verify({facts, model, format, *workload, engine, std::nullopt});
  return result || !is_own_fault(result.error());
}

/// Reads bytes as a start-up log and compares what comes of it. False: llmfit itself is at fault.
inline bool judges_log(std::string_view bytes) {
  LogReader reader;
  reader.feed(bytes);
  const auto facts = reader.finish("start.log");
  if (!facts) return !is_own_fault(facts.error());
  const auto recognised = recognise_model(Catalog::builtin(), *facts);
  const auto format = recognise_format(Catalog::builtin(), *facts);
  if (!recognised || !format) return true;
  const auto model = make_model(*recognised->record);
  return model && compares_soundly(*facts, *model, *format);
}

}  // namespace llmfit::test
