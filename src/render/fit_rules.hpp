// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "render/fit_view.hpp"
#include "render/report.hpp"

namespace llmfit::render {

/// The limits of a verdict: what was asked and what there is. No rows without limits.
Table limit_table(const FitView& view);

/// "ok", "no: out of memory", "no: too little free": in words what the configuration comes to.
std::string verdict_words(const Candidate& candidate);

/// What `check` says before all else: "no: it fits, but breaks a limit".
std::string verdict_line(const FitView& view);

/// "Licence: llama2, commercial use under conditions: …"; empty for a model that is a bare size.
/// The conditions are left out where a note has them.
std::string license_line(const FitView& view);

/// "99.5, in several zones 99.99": the uptime that an offer promises; "99.4 measured" where a
/// market place counts it and nobody promises. Null: no offer.
Cell uptime_cell(const OfferRecord* offer);

}  // namespace llmfit::render
