// SPDX-License-Identifier: MIT
#include "llmfit/verify.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "logs/compare.hpp"
#include "logs/draft.hpp"
#include "logs/text.hpp"

namespace llmfit {
namespace logs {

double number(Bytes bytes) { return static_cast<double>(bytes.count()); }

Band exact(Bytes bytes) { return {number(bytes), number(bytes), number(bytes), Basis::exact}; }

Band within(Bytes bytes, double thousandths) {
  auto band = exact(bytes);
  band.low -= band.value * thousandths / 1000;
  band.high += band.value * thousandths / 1000;
  return band;
}

std::optional<Band> term_band(const Footprint& footprint, TermKind kind) {
  for (const auto& term : footprint.terms) {
    if (term.kind == kind) {
      return Band{number(term.low), number(term.bytes), number(term.high), term.basis};
    }
  }
  return std::nullopt;
}

Band scaled(const Footprint& footprint, TermKind kind, Bytes bytes) {
  const auto band = term_band(footprint, kind);
  if (!band || band->value <= 0) return exact(bytes);
  const auto factor = number(bytes) / band->value;
  return {band->low * factor, number(bytes), band->high * factor, band->basis};
}

namespace {

Agreement judge(const Comparison& row) {
  if (!row.predicted) return Agreement::unjudged;
  const auto low = row.measured - row.rounding;
  const auto high = row.measured + row.rounding;
  if (*row.predicted >= low && *row.predicted <= high) return Agreement::equal;
  if (row.high < low) return Agreement::too_low;
  return row.low > high ? Agreement::too_high : Agreement::inside;
}

}  // namespace

void Sheet::add(Measure measure, std::string_view device, std::optional<Measured> measured,
                std::optional<Band> predicted) {
  if (!measured) return;
  Comparison row;
  row.measure = measure;
  row.device = device;
  row.measured = measured->amount;
  row.rounding = measured->rounding;
  if (predicted) {
    row.predicted = predicted->value;
    row.low = predicted->low;
    row.high = predicted->high;
    row.basis = predicted->basis;
  }
  row.agreement = judge(row);
  result.rows.push_back(std::move(row));
}

void Sheet::note(NoteCode code, std::vector<std::string> args) {
  result.notes.push_back({code, std::move(args)});
}

namespace {

/// Flags of the engine that `asked` does not name itself.
bool is_overridden(const WorkloadRequest& asked, const std::string& flag) {
  const bool length = flag == "ctx-size" || flag == "max-model-len";
  const bool type = flag == "cache-type-k" || flag == "cache-type-v" || flag == "kv-cache-dtype";
  if (asked.context && length) return true;
  if (asked.sequences && flag == "parallel") return true;
  if (!asked.kv_type.empty() && type) return true;
  return std::any_of(asked.settings.begin(), asked.settings.end(),
                     [&](const Setting& setting) { return setting.flag == flag; });
}

/// "33 layers instead of 41": what the log says of its model and the one that was named has not.
std::string difference(const Model& model, const LoggedModel& logged) {
  const auto words = [](std::string_view what, std::int64_t own, std::int64_t other) {
    return std::to_string(own) + " " + std::string(what) + " instead of " + std::to_string(other);
  };
  const auto layers = static_cast<std::int64_t>(model.layers.size());
  const bool drafts = logged.layers == layers + model.arch.mtp_layers;
  if (logged.layers && layers > 0 && *logged.layers != layers && !drafts) {
    return words("layers", layers, *logged.layers);
  }
  if (logged.hidden && *logged.hidden > 0 && *logged.hidden != model.arch.hidden_size) {
    return words("numbers in its embedding", model.arch.hidden_size, *logged.hidden);
  }
  return {};
}

}  // namespace
}  // namespace logs

std::string_view to_string(Measure measure) {
  switch (measure) {
    case Measure::weights:
      return "weights";
    case Measure::kv_cache:
      return "KV cache";
    case Measure::window_cache:
      return "KV cache, windows";
    case Measure::state:
      return "state";
    case Measure::compute:
      return "compute";
    case Measure::output:
      return "output";
    case Measure::activation:
      return "activation";
    case Measure::non_torch:
      return "non-torch";
    case Measure::graphs:
      return "CUDA graphs";
    case Measure::kv_budget:
      return "KV memory";
    case Measure::kv_request:
      return "KV of a request";
    case Measure::kv_tokens:
      return "KV tokens";
    case Measure::concurrency:
      return "concurrency";
  }
  return "unknown";
}

Unit unit_of(Measure measure) {
  if (measure == Measure::kv_tokens) return Unit::tokens;
  return measure == Measure::concurrency ? Unit::times : Unit::bytes;
}

std::string_view to_string(Unit unit) {
  if (unit == Unit::bytes) return "bytes";
  return unit == Unit::tokens ? "tokens" : "x";
}

std::string_view to_string(Agreement agreement) {
  switch (agreement) {
    case Agreement::equal:
      return "equal";
    case Agreement::inside:
      return "in band";
    case Agreement::too_low:
      return "too low";
    case Agreement::too_high:
      return "too high";
    case Agreement::unjudged:
      break;
  }
  return "not predicted";
}

namespace logs {
namespace {

/// "0.12" of a build "0.12.0rc1", in the form of a setting; empty where it tells no such version.
std::string vllm_version(const LogFacts& facts) {
  const auto rest = after(facts.build, "0.");
  if (facts.engine != Engine::vllm || !rest || !facts.build.starts_with("0.")) return {};
  const auto minor = whole(until(*rest, "."));
  return minor && *minor >= oldest_vllm ? "0." + std::to_string(*minor) : std::string();
}

}  // namespace
}  // namespace logs

WorkloadRequest merge_settings(const LogFacts& facts, const WorkloadRequest& asked) {
  auto request = asked;
  for (const auto& setting : facts.settings) {
    if (!logs::is_overridden(asked, setting.flag)) request.settings.push_back(setting);
  }
  const auto version = logs::vllm_version(facts);
  if (!version.empty() && !logs::is_overridden(asked, "version")) {
    request.settings.push_back({"version", version});
  }
  // Before there was a choice all sequences shared one cache.
  const bool several = !logs::flag(facts, "parallel").empty() && !asked.sequences;
  const bool says =
      !logs::flag(facts, "kv-unified").empty() || logs::is_overridden(asked, "kv-unified");
  if (several && !says) request.settings.push_back({"kv-unified", "on"});
  return request;
}

bool agrees(const Verification& verification) {
  return std::none_of(
      verification.rows.begin(), verification.rows.end(), [](const Comparison& row) {
        return row.agreement == Agreement::too_low || row.agreement == Agreement::too_high;
      });
}

Result<Verification> verify(const VerifyQuestion& question) {
  const auto weights = weigh(question.model, question.format);
  if (!weights) return tl::unexpected(weights.error());
  const auto footprint =
      size(question.model, *weights, question.workload, question.format, question.engine);
  if (!footprint) return tl::unexpected(footprint.error());
  logs::Sheet sheet{question, *weights, *footprint, {}};
  if (question.workload.engine == Engine::vllm) {
    logs::compare_vllm(sheet);
  } else {
    logs::compare_llama_cpp(sheet);
  }
  const auto apart = logs::difference(question.model, question.facts.model);
  if (!apart.empty()) sheet.note(NoteCode::verify_other_model, {question.model.name, apart});
  const auto& rows = sheet.result.rows;
  const bool judged = std::any_of(rows.begin(), rows.end(), [](const Comparison& row) {
    return row.agreement != Agreement::unjudged;
  });
  if (judged) return std::move(sheet.result);
  return fail(ErrorCode::unsupported, "none of the log's figures can be predicted for this model",
              "name a model whose dimensions are known: llmfit verify LOG MODEL",
              question.model.id);
}

}  // namespace llmfit
