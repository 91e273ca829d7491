// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "cli/session.hpp"
#include "render/fit_view.hpp"

namespace llmfit::cli {

/// What `--launch` asks for of the first configuration that fits and can be started that way;
/// absent: it was not asked for, or the answer is no. Errors: usage (an output format that has no
/// place for it), unsupported.
Result<std::optional<render::ShownLaunch>> launch_of(const Session& session,
                                                     const render::FitView& view, bool yes);

}  // namespace llmfit::cli
