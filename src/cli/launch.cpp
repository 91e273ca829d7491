// SPDX-License-Identifier: MIT
#include "cli/launch.hpp"

#include "base/json_scan.hpp"
#include "cli/errors.hpp"
#include "cli/format.hpp"
#include "cli/version.hpp"

namespace llmfit::cli {
namespace {

using Found = std::optional<render::ShownLaunch>;

/// What a catalog's record says of its repository beside the name.
void read_record(ModelPlace& place, std::string_view json) {
  base::JsonScan scan(json);
  if (!scan.enter_object()) return;
  for (std::string key; scan.next_key(key);) {
    const auto kind = scan.kind();
    if (key == "native_quant" && kind == base::JsonScan::Kind::string) {
      place.native_quant = scan.string();
    } else if (key == "gated" && kind == base::JsonScan::Kind::boolean) {
      place.gated = scan.boolean();
    } else {
      scan.skip();
    }
  }
}

bool is_from_file(const Model& model) {
  return model.source == ModelSource::gguf || model.source == ModelSource::safetensors ||
         model.source == ModelSource::config;
}

/// `word` is the name as it was typed: a path, a name of the catalog, or a repository whose base
/// model the catalog has.
ModelPlace place_of(const Model& model, const std::string& word, const Catalog& catalog) {
  ModelPlace place;
  if (is_from_file(model)) {
    place.path = word;
    return place;
  }
  const auto* record = catalog.find_model(model.id);
  if (record == nullptr) return place;
  read_record(place, record->json);
  const bool repository = model.asked_as.find('/') != std::string::npos;
  place.repository = repository ? model.asked_as : std::string(record->hf_repo);
  place.of_base_model = !model.asked_as.empty() && !repository;
  if (repository) place.gated = false;
  return place;
}

LaunchQuestion question_of(const Session& session, const render::FitView& view,
                           const FormatResult& format, const Candidate& candidate) {
  const auto& words = session.arguments.words;
  LaunchQuestion question{view.model, view.request, format, candidate, {}, {}, {}, {}};
  question.place =
      place_of(view.model, words.empty() ? std::string() : words.front(), view.catalog);
  if (const auto& draft = view.request.add_ons.draft) {
    const std::string word(session.arguments.value(Option::draft));
    question.draft = place_of(*draft, word, view.catalog);
  }
  question.engine_version = render::engine_version(view.catalog, format);
  question.version = view.version;
  return question;
}

Result<Launch> launch_one(const LaunchQuestion& question, std::optional<LaunchKind> kind) {
  if (kind) return make_launch(question, *kind);
  const auto usual = usual_launch_kind(question);
  if (!usual) return pass(usual);
  return make_launch(question, *usual);
}

Result<void> check_format(const Arguments& arguments) {
  const auto format = output_format(arguments);
  const bool has_place =
      format && (*format == OutputFormat::table || *format == OutputFormat::json);
  if (!format || has_place) return {};
  const std::string typed(arguments.value(Option::format));
  return fail(ErrorCode::usage, "--launch prints a command, which has no place in " + typed,
              "leave out --format, or take --json", "--format " + typed);
}

}  // namespace

/// The first error is that of the first configuration that fits: what a person would expect.
Result<Found> launch_of(const Session& session, const render::FitView& view, bool yes) {
  if (!session.arguments.has(Option::launch)) return Found();
  if (auto can = check_format(session.arguments); !can) return tl::unexpected(can.error());
  if (!yes) return Found();
  const auto kind = launch_kind_from(session.arguments.value(Option::launch));
  std::optional<Error> first;
  for (const auto& format : view.result.formats) {
    for (const auto& candidate : format.candidates) {
      if (!candidate.fits) continue;
      auto launched = launch_one(question_of(session, view, format, candidate), kind);
      if (launched) return Found(render::ShownLaunch{format, candidate, std::move(*launched)});
      if (!first) first = launched.error();
    }
  }
  if (first) return tl::unexpected(std::move(*first));
  return Found();
}

}  // namespace llmfit::cli
