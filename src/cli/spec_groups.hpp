// SPDX-License-Identifier: MIT
#pragma once

#include "cli/spec.hpp"

/// Which commands take an option, and under which heading help lists it.
namespace llmfit::cli {

inline constexpr CommandSet judging = Command::fit | Command::check;
/// Commands that size a model.
inline constexpr CommandSet sizing = judging | Command::verify;
/// Commands that look for what fits.
inline constexpr CommandSet searching = judging | Command::rank;
inline constexpr CommandSet listing =
    Command::models | Command::gpus | Command::offers | Command::quants;
inline constexpr CommandSet with_catalog =
    sizing | listing | Command::rank | Command::doctor | Command::catalog | Command::complete;
inline constexpr CommandSet everywhere = ~CommandSet{0};

inline constexpr std::string_view model_group = "Model and workload";
inline constexpr std::string_view hardware_group = "Hardware";
inline constexpr std::string_view load_group = "Load";
inline constexpr std::string_view money_group = "Money and energy";
inline constexpr std::string_view offer_group = "Offers";
inline constexpr std::string_view limit_group = "Limits and filters";
inline constexpr std::string_view output_group = "Output";

}  // namespace llmfit::cli
