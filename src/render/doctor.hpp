// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "llmfit/fit.hpp"
#include "llmfit/machine.hpp"
#include "render/report.hpp"

namespace llmfit::render {

/// One found card, and what of it a program can have.
struct DoctorCard {
  const FoundCard* found = nullptr;
  const GpuRecord* gpu = nullptr;  ///< null: its memory is not known
  bool in_catalog = false;
  LocalDevice device;
};

/// A decision and why it was taken.
struct DoctorChoice {
  std::string name;
  std::string value;
  std::string reason;
};

/// All that `llmfit doctor` tells.
struct DoctorView {
  std::string_view version;
  const Catalog& catalog;
  std::string price_age;              ///< date and age, for people
  std::vector<std::string> overlays;  ///< file and where it was named
  std::string catalog_error;          ///< empty: none
  const Machine& machine;
  std::vector<DoctorCard> cards;
  std::vector<DoctorChoice> terminal;
  std::vector<std::pair<std::string, std::string>> environment;  ///< empty value: not set
};

Report doctor_report(const DoctorView& view);

/// `llmfit.doctor/1`.
std::string doctor_json(const DoctorView& view);

}  // namespace llmfit::render
