// SPDX-License-Identifier: MIT
#pragma once

#include "cli/environment.hpp"
#include "cli/parse.hpp"
#include "render/fit_view.hpp"

namespace llmfit::cli {

/// A question of the main job or of `check` with its answer.
struct Judged {
  Model model;
  FitRequest request;
  FitResult result;
  bool yes = false;  ///< what the exit code says
};

/// One code path for the command line and for every entry of a file of checks. `explain`: as if
/// --explain stood among the arguments. Errors: those of choose_model, make_request, read_add_ons
/// and fit.
Result<Judged> judge(const Arguments& arguments, const Catalog& catalog,
                     const Environment& environment, bool explain = false);

/// What is shown of it; `judged` and `catalog` must outlive the view.
render::FitView view_of(const Judged& judged, const Arguments& arguments, const Catalog& catalog);

}  // namespace llmfit::cli
