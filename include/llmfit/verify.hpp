// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "llmfit/catalog.hpp"
#include "llmfit/notes.hpp"
#include "llmfit/sizing.hpp"
#include "llmfit/workload.hpp"

namespace llmfit {

/// What a line of a start-up log measures.
enum class Measure {
  weights,
  kv_cache,      ///< of all layers, or of those that see everything where others have a window
  window_cache,  ///< of the layers with a window
  state,
  compute,
  output,
  activation,  ///< from here on vLLM: the peak of its profiling run
  non_torch,
  graphs,
  kv_budget,   ///< memory that is left for the cache
  kv_request,  ///< … and what one sequence of the longest length would need of it
  kv_tokens,
  concurrency,
};
std::string_view to_string(Measure measure);  ///< "weights", "KV cache", "KV tokens" …

enum class Unit { bytes, tokens, times };
Unit unit_of(Measure measure);
std::string_view to_string(Unit unit);  ///< "bytes", "tokens", "x"

/// One figure of a log. Amounts are in the unit of the measure; a printed figure is known to half
/// its last digit.
struct Reading {
  Measure measure = Measure::weights;
  std::string device;  ///< as the log names it ("CUDA0", "CPU_Mapped"); empty: of all together
  double amount = 0;
  double rounding = 0;  ///< the true figure lies within so much of the printed one
};

/// Tensors of one type in a model's file.
struct TypeCount {
  std::string type;  ///< "q4_K"
  std::int64_t tensors = 0;
};

/// What a log tells of the model. Absent: it says nothing.
struct LoggedModel {
  std::vector<std::string> names;  ///< most trustworthy first
  std::string architecture;        ///< "gemma2"
  std::string format;              ///< "Q4_K - Medium"; vLLM: "awq", or empty for none
  std::string dtype;               ///< vLLM only: "bfloat16"
  bool imatrix = false;
  std::vector<TypeCount> types;
  std::optional<std::int64_t> layers;
  std::optional<std::int64_t> hidden;
  std::optional<std::int64_t> vocabulary;
  std::optional<std::int64_t> heads;
  std::optional<std::int64_t> kv_heads;
  std::optional<std::int64_t> ffn;
  std::optional<std::int64_t> experts;
  std::optional<std::int64_t> context;  ///< that it was trained for
};

/// A card that a log names.
struct LoggedDevice {
  std::string name;
  std::optional<Bytes> free;
};

/// Everything that is read from a log; what it does not say is absent.
struct LogFacts {
  std::optional<Engine> engine;
  std::string build;  ///< "7445 (4b2a4778f)", "0.12.0"; empty: not said
  bool fork = false;  ///< ik_llama.cpp, whose graphs differ
  LoggedModel model;
  std::vector<LoggedDevice> devices;
  std::optional<std::int64_t> offloaded;    ///< layers on the cards, the output counted as one …
  std::optional<std::int64_t> offloadable;  ///< … of so many
  std::vector<Setting> settings;            ///< under the engine's own flag names
  std::optional<std::int64_t> outputs;      ///< llama.cpp's n_outputs_max
  std::optional<double> total_bytes;        ///< vLLM: of one card
  std::vector<Reading> readings;
  std::int64_t others = 0;  ///< further loads and contexts, left out
};

/// Reads a start-up log of llama.cpp or vLLM piece by piece; its own memory stays small.
class LogReader {
 public:
  LogReader();
  ~LogReader();
  LogReader(LogReader&&) noexcept;
  LogReader& operator=(LogReader&&) noexcept;
  LogReader(const LogReader&) = delete;
  LogReader& operator=(const LogReader&) = delete;

  /// The next bytes. False: it is no text, so that reading on is of no use.
  bool feed(std::string_view bytes);
  /// What was read. Errors: invalid_file (no text, no such log, no line about memory).
  Result<LogFacts> finish(const std::string& file);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The catalog's model that a log is of.
struct RecognisedModel {
  const ModelRecord* record = nullptr;
  bool by_dimensions = false;  ///< no name was known; the first entry with these dimensions
  std::string logged_name;     ///< as the log has it; may be empty
};
/// Errors: unknown_model.
Result<RecognisedModel> recognise_model(const Catalog& catalog, const LogFacts& facts);

/// The format that a log says its model is in. Errors: unknown_format.
Result<Format> recognise_format(const Catalog& catalog, const LogFacts& facts);

/// The log's settings with those of `asked` in their place.
WorkloadRequest merge_settings(const LogFacts& facts, const WorkloadRequest& asked);

/// How a prediction compares with the figure in the log.
enum class Agreement {
  equal,     ///< within the log's rounding
  inside,    ///< within the prediction's band
  too_low,   ///< the engine takes more than the band allows
  too_high,  ///< it takes less
  unjudged,  ///< llmfit predicts no such figure
};
std::string_view to_string(Agreement agreement);  ///< "equal", "in band", "too low" …

/// One figure beside its prediction, both in the unit of the measure.
struct Comparison {
  Measure measure = Measure::weights;
  std::string device;  ///< empty: all together, or one rank of vLLM
  double measured = 0;
  double rounding = 0;
  std::optional<double> predicted;
  double low = 0;
  double high = 0;
  Basis basis = Basis::exact;
  Agreement agreement = Agreement::unjudged;
};

struct Verification {
  std::vector<Comparison> rows;
  std::vector<Note> notes;
};

/// Whether every judged figure lies within its band.
bool agrees(const Verification& verification);

/// A log and all that its prediction is computed from.
struct VerifyQuestion {
  const LogFacts& facts;
  const Model& model;
  const Format& format;
  const Workload& workload;
  const EngineRecord& engine;
  std::optional<Bytes> card;  ///< memory of one card, where the log does not say
};

/// Predicted beside measured, term by term and device by device. Errors: those of weigh and size;
/// unsupported where nothing can be compared.
Result<Verification> verify(const VerifyQuestion& question);

}  // namespace llmfit
