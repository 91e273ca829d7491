// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "render/fit_view.hpp"
#include "render/report.hpp"

namespace llmfit::render {

/// What a configuration does under the load that was asked for, and how many copies of it serve it.
std::vector<Column> service_columns();
std::vector<Cell> service_cells(const Candidate& candidate);

/// The load in a sentence; empty where none was asked for.
std::string load_line(const FitView& view);

/// A figure of the service for CSV, unknown where none was asked for.
struct ServiceColumn {
  std::string_view name;
  Cell (*cell)(const Service& service);
};
const std::vector<ServiceColumn>& flat_service_columns();

/// "2.5 requests", "1 request", "1,000,000 requests"
std::string requests_text(double requests);

}  // namespace llmfit::render
