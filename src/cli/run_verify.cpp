// SPDX-License-Identifier: MIT
#include <optional>
#include <string>

#include "base/text.hpp"
#include "cli/errors.hpp"
#include "cli/format.hpp"
#include "cli/hardware.hpp"
#include "cli/model.hpp"
#include "cli/request.hpp"
#include "cli/session.hpp"
#include "cli/values.hpp"
#include "cli/version.hpp"
#include "llmfit/build_model.hpp"
#include "llmfit/fit.hpp"
#include "llmfit/verify.hpp"
#include "render/verify_report.hpp"

namespace llmfit::cli {
namespace {

Result<LogFacts> read_log(const std::string& path, const std::string& name,
                          const Environment& environment) {
  LogReader reader;
  const auto done =
      environment.stream(path, [&](std::string_view bytes) { return reader.feed(bytes); });
  if (!done) return pass(done);
  return reader.finish(name);
}

/// What the command line and the log say together.
struct Subject {
  Model model;
  Format format;
  Workload workload;
  std::optional<Bytes> card;
  std::vector<Note> notes;
};

void note_model(Subject& subject, const RecognisedModel& recognised) {
  if (!recognised.by_dimensions) return;
  const auto& name = recognised.logged_name;
  subject.notes.push_back({NoteCode::verify_by_dimensions,
                           {name.empty() ? "name of this model" : "'" + name + "'",
                            std::string(recognised.record->id)}});
}

/// MODEL where it is given, else the one that the log names.
Result<void> find_model(Subject& subject, const Session& session, const Catalog& catalog,
                        const LogFacts& facts) {
  auto arguments = session.arguments;
  arguments.words.erase(arguments.words.begin());
  if (!arguments.words.empty() || arguments.has(Option::params)) {
    auto model = choose_model(arguments, catalog, session.environment);
    if (!model) return pass(model);
    subject.model = std::move(*model);
    return {};
  }
  const auto recognised = recognise_model(catalog, facts);
  if (!recognised) return pass(recognised);
  auto model = make_model(*recognised->record);
  if (!model) return pass(model);
  subject.model = std::move(*model);
  note_model(subject, *recognised);
  return {};
}

/// --quant where it is given, then the file's own format, then the log's.
Result<void> find_format(Subject& subject, const Arguments& arguments, const Catalog& catalog,
                         const LogFacts& facts) {
  const auto words = list(arguments, Option::quant);
  if (!words) return pass(words);
  if (words->empty() && !subject.model.file) {
    const auto format = recognise_format(catalog, facts);
    if (!format) return pass(format);
    subject.format = *format;
  } else {
    const auto choices = resolve_formats(catalog, subject.model, *words, facts.engine);
    if (!choices) return pass(choices);
    if (choices->size() != 1 || !choices->front().format) {
      return fail(ErrorCode::usage, "`llmfit verify` compares one format of the log's engine",
                  "leave one after --quant; `llmfit quants` lists them", "--quant");
    }
    subject.format = *choices->front().format;
  }
  if (arguments.has(Option::imatrix)) subject.format.imatrix = true;
  return {};
}

Result<void> find_workload(Subject& subject, const Arguments& arguments, const Catalog& catalog,
                           const LogFacts& facts) {
  const auto asked = read_workload(arguments);
  if (!asked) return pass(asked);
  const auto engine = *facts.engine;
  const auto workload = make_workload(merge_settings(facts, *asked), engine, subject.model,
                                      catalog.engine(engine).utilization);
  if (!workload) return pass(workload);
  subject.workload = *workload;
  if (workload->context_is_default) {
    subject.notes.push_back({NoteCode::verify_assumed, {"the context"}});
  }
  return {};
}

/// The card of a vLLM log that does not tell its memory.
Result<void> find_card(Subject& subject, const Arguments& arguments, const Catalog& catalog) {
  if (!arguments.has(Option::gpu)) return {};
  const auto hardware = read_hardware(arguments.all(Option::gpu), catalog);
  if (!hardware) return pass(hardware);
  const auto& cards = hardware->alternatives;
  if (cards.size() != 1 || cards.front().variants.size() != 1) {
    return fail(ErrorCode::usage, "`llmfit verify` needs one card, not several",
                "name one variant after --gpu; `llmfit gpus` lists them", "--gpu");
  }
  subject.card = usable_bytes(*cards.front().variants.front()).usable;
  return {};
}

Result<Subject> find_subject(Session& session, const Catalog& catalog, const LogFacts& facts) {
  Subject subject;
  const auto& arguments = session.arguments;
  auto done = find_model(subject, session, catalog, facts);
  if (done) done = find_format(subject, arguments, catalog, facts);
  if (done) done = find_workload(subject, arguments, catalog, facts);
  if (done) done = find_card(subject, arguments, catalog);
  if (!done) return pass(done);
  return subject;
}

/// What is to be said of the log as a whole, after what is to be said of its figures.
void add_notes(Verification& result, const Subject& subject, const LogFacts& facts,
               const EngineRecord& engine) {
  auto& notes = result.notes;
  notes.insert(notes.end(), subject.notes.begin(), subject.notes.end());
  if (facts.others > 0) {
    notes.push_back({NoteCode::verify_others, {std::to_string(facts.others)}});
  }
  const auto build = facts.build.empty() ? std::string("an unknown build")
                                         : "build " + base::printable(facts.build);
  const auto vllm = subject.workload.vllm.version;
  const bool older = engine.engine == Engine::vllm && vllm != newest_vllm;
  const auto version = older ? "v0." + std::to_string(vllm) : std::string(engine.version);
  notes.push_back(
      {NoteCode::verify_version, {std::string(to_string(engine.engine)), version, build}});
}

std::string show(const render::VerifyView& view, OutputFormat format, const Session& session) {
  const auto& terminal = session.terminal.terminal;
  if (format == OutputFormat::json) return render::verify_json(view);
  if (format == OutputFormat::csv) return draw(render::verify_flat_report(view), format, terminal);
  return draw(render::verify_report(view), format, terminal);
}

}  // namespace

Result<Outcome> run_verify(Session& session) {
  const auto format = output_format(session.arguments);
  if (!format) return pass(format);
  auto catalog = session.catalog.get();
  if (!catalog) return pass(catalog);
  const auto& typed = session.arguments.words.front();
  const std::string file = typed == "-" ? "standard input" : typed;
  const auto facts = read_log(typed, file, session.environment);
  if (!facts) return pass(facts);
  const auto subject = find_subject(session, **catalog, *facts);
  if (!subject) return pass(subject);
  const auto& engine = (*catalog)->engine(*facts->engine);
  const VerifyQuestion question{*facts, subject->model, subject->format, subject->workload,
                                engine, subject->card};
  auto result = verify(question);
  if (!result) return pass(result);
  add_notes(*result, *subject, *facts, engine);
  return Outcome{show({file, question, *result, version}, *format, session),
                 agrees(*result) ? 0 : 1};
}

}  // namespace llmfit::cli
