// SPDX-License-Identifier: MIT
#pragma once

#include <utility>
#include <vector>

#include "llmfit/workload.hpp"

namespace llmfit::test {

/// The workload of a request, a share of 0.9 of each device being the engine's default.
inline Result<Workload> make(const Model& model, Engine engine, const WorkloadRequest& request) {
  return make_workload(request, engine, model, 0.9);
}

/// A request with nothing but these settings.
inline WorkloadRequest with(std::vector<Setting> settings) {
  WorkloadRequest request;
  request.settings = std::move(settings);
  return request;
}

}  // namespace llmfit::test
