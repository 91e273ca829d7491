// SPDX-License-Identifier: MIT
#pragma once

#include "render/fit_view.hpp"
#include "render/json_writer.hpp"

namespace llmfit::render {

/// Top level: the hosted APIs that were asked for; nothing where none were.
void write_apis(JsonWriter& json, const FitView& view);

/// Of one format: its first configuration against each of them, in the same order; nothing where
/// none were asked for.
void write_break_even(JsonWriter& json, const FitRequest& request, const FormatResult& format);

/// The part of a configuration's cost that prompts and whole requests have.
void write_request_costs(JsonWriter& json, const Cost& cost);

/// The term on which an offer is rented, and what its price is of.
void write_terms(JsonWriter& json, const Cost& cost);

}  // namespace llmfit::render
