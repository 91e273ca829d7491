// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "search/fit_format.hpp"

namespace llmfit::search {

/// Largest set that is proposed: eight machines of eight.
inline constexpr std::int32_t most_gpus = 64;

/// A no, and the trials by which levers turn it into a yes.
class ChangeSearch {
 public:
  ChangeSearch(const Question& question, const FormatResult& closest);

  [[nodiscard]] const Question& question() const { return question_; }
  /// The format whose no the levers are pulled on; it may be one that its engine lacks.
  [[nodiscard]] const FormatResult& closest() const { return closest_; }
  /// The first configuration of named hardware; null: none was named or shown.
  [[nodiscard]] const Candidate* asked() const;
  /// Whether something else than memory or money stands against it: engine, format, split.
  [[nodiscard]] bool does_not_run() const;
  /// The asked-for format's bits of a weight, or those of its name under another engine.
  [[nodiscard]] double asked_bits() const;

  /// The request as it was, to be changed in one place.
  [[nodiscard]] FitRequest request() const;
  /// The first configuration that fits where the changed question is answered with yes.
  [[nodiscard]] std::optional<Candidate> yes(const FitRequest& request,
                                             const FormatChoice& choice) const;
  /// Every configuration of the changed question, in order.
  [[nodiscard]] std::vector<Candidate> candidates(const FitRequest& request,
                                                  const FormatChoice& choice) const;
  /// The closest format's configurations with their largest context and most sequences, roomiest
  /// first.
  [[nodiscard]] const std::vector<Candidate>& solved();

  void add(Lever lever, std::string option, std::string value, Candidate candidate);
  [[nodiscard]] std::vector<Change> take() { return std::move(changes_); }

  /// "--quant q4_k_m", with the engine where the name alone would lead to another.
  [[nodiscard]] std::string format_words(const Format& format) const;

 private:
  [[nodiscard]] std::optional<FormatResult> answer(const FitRequest& request,
                                                   const FormatChoice& choice) const;

  const Question& question_;
  const FormatResult& closest_;
  std::vector<Change> changes_;
  std::optional<std::vector<Candidate>> solved_;
};

// The levers, each of which adds what it finds.
void pull_format(ChangeSearch& search);
void pull_kv_type(ChangeSearch& search);
void pull_context(ChangeSearch& search);
void pull_sequences(ChangeSearch& search);
void pull_users(ChangeSearch& search);
void pull_within(ChangeSearch& search);
void pull_split(ChangeSearch& search);
void pull_offload(ChangeSearch& search);
void pull_engine(ChangeSearch& search);
void pull_budget(ChangeSearch& search);
void pull_cards(ChangeSearch& search);
/// Another card and the cheapest offer, from one walk over the catalog.
void pull_hardware(ChangeSearch& search);

}  // namespace llmfit::search
