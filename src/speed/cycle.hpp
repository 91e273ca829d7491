// SPDX-License-Identifier: MIT
#pragma once

namespace llmfit::speed {

/// What the sequences in flight do in the time of one request, seconds.
struct Cycle {
  double prompts = 0;    ///< of all sequences
  double prompt = 0;     ///< of one alone
  double step = 0;       ///< of all
  double further = 0;    ///< tokens of an answer after its first, which its prompt makes
  double sequences = 1;  ///< of a data-parallel rank

  /// What one request takes: every sequence makes its answer, and all prompts come in between.
  [[nodiscard]] double total() const;
  [[nodiscard]] double others() const;  ///< prompts of the others
  [[nodiscard]] double busy() const;    ///< share of the time in which those are worked off
  /// Until the first token, of requests that come evenly: they wait for the step that is running
  /// and for few others.
  [[nodiscard]] double evenly() const;
  /// Answers of one length end together, and then the next prompts come all at once: the mean waits
  /// for half of them.
  [[nodiscard]] double at_once() const;
  /// Measured were both (vLLM on MI100, 2 to 128 requests): their mean. Nobody waits for more than
  /// all prompts: so long take those who get one token each.
  [[nodiscard]] double first_token() const;
  /// Little's law: what a request takes beside its first token, its other tokens share. So a prompt
  /// that it waited for before the first does not count for them again.
  [[nodiscard]] double output_token() const;
};

}  // namespace llmfit::speed
