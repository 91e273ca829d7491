// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "llmfit/verify.hpp"

namespace llmfit::logs {

/// A prediction with the band in which it may lie.
struct Band {
  double low = 0;
  double value = 0;
  double high = 0;
  Basis basis = Basis::exact;
};

double number(Bytes bytes);
Band exact(Bytes bytes);
/// An exact figure that the log's own device may round so far, in thousandths.
Band within(Bytes bytes, double thousandths);
/// The term's figure with its band; absent where the footprint has no such term.
std::optional<Band> term_band(const Footprint& footprint, TermKind kind);
/// `bytes` with the band that the term has in proportion.
Band scaled(const Footprint& footprint, TermKind kind, Bytes bytes);

/// What was measured, several lines taken together.
struct Measured {
  double amount = 0;
  double rounding = 0;
};

/// The comparison while it is written.
struct Sheet {
  const VerifyQuestion& question;
  const Weights& weights;
  const Footprint& footprint;
  Verification result;

  void add(Measure measure, std::string_view device, std::optional<Measured> measured,
           std::optional<Band> predicted);
  void note(NoteCode code, std::vector<std::string> args = {});
};

void compare_llama_cpp(Sheet& sheet);
void compare_vllm(Sheet& sheet);

}  // namespace llmfit::logs
