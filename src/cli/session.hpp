// SPDX-License-Identifier: MIT
#pragma once

#include "cli/environment.hpp"
#include "cli/output.hpp"
#include "cli/overlays.hpp"
#include "cli/parse.hpp"
#include "cli/terminal.hpp"

namespace llmfit::cli {

/// What a command works with.
struct Session {
  const Arguments& arguments;
  const Environment& environment;
  CatalogSource& catalog;
  const TerminalChoice& terminal;
};

Result<Outcome> run_fit(Session& session);     ///< the main job and `check`
Result<Outcome> run_checks(Session& session);  ///< `check --file`
Result<Outcome> run_rank(Session& session);
Result<Outcome> run_verify(Session& session);
Result<Outcome> run_models(Session& session);
Result<Outcome> run_gpus(Session& session);
Result<Outcome> run_offers(Session& session);
Result<Outcome> run_quants(Session& session);
Result<Outcome> run_doctor(Session& session);
Result<Outcome> run_catalog(Session& session);  ///< `catalog validate` and `catalog export`
Result<Outcome> run_schema(Session& session);
Result<Outcome> run_completion(Session& session);
Result<Outcome> run_complete(Session& session);
Result<Outcome> run_help(Session& session);

}  // namespace llmfit::cli
