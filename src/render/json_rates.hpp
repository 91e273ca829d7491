// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include "llmfit/speed.hpp"
#include "render/json_writer.hpp"

namespace llmfit::render {

/// How well the speed is known: "measured" (cards of that generation on that stack), "related"
/// (taken from generations like it), "assumed" (a host of which nothing is known); empty: unknown.
std::string_view speed_basis(const std::optional<Rates>& rates);

/// What a person reads as one number; the same in every output format.
struct ShownRates {
  std::optional<Rate> decode;        ///< tokens a second of one sequence; absent: generates nothing
  std::optional<Rate> prefill;       ///< tokens a second
  std::optional<Rate> first_token;   ///< seconds, of one sequence alone
  std::optional<Rate> throughput;    ///< of all sequences; an encoder's tokens encoded
  std::optional<Rate> output_token;  ///< seconds between two tokens of one of all sequences
  std::string_view decode_limit;
  std::string_view prefill_limit;
};
ShownRates shown_rates(const std::optional<Rates>& rates);

/// The keys of a configuration that tell its speed.
void write_rates(JsonWriter& json, const std::optional<Rates>& rates);

}  // namespace llmfit::render
