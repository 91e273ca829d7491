// SPDX-License-Identifier: MIT
#include "cli/launch.hpp"

#include <algorithm>

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

/// The same set of cards, sized for the requests that one copy of a service has in flight; absent
/// where no load was asked for, or nothing but whole equal cards can be asked for again.
std::optional<FitResult> sized_for_load(const render::FitView& view, const FormatResult& format,
                                        const Candidate& candidate) {
  const bool loaded = candidate.service && candidate.service->load > 0;
  const bool whole = candidate.gpus.size() == 1 && card_count(candidate) >= 1;
  if (!loaded || !whole || view.request.hardware.local) return std::nullopt;
  const auto& part = candidate.gpus.front();
  auto request = view.request;
  request.formats = {format.choice};
  request.hardware.together.clear();
  request.hardware.alternatives = {
      {std::string(part.gpu->id), {part.gpu}, static_cast<std::int32_t>(part.count)}};
  request.load = {};
  request.offers.max_usd_hour.reset();
  request.limits.usd_month.reset();
  const auto requests = candidate.service->load;
  request.workload.sequences = std::max(requests, request.workload.sequences.value_or(1));
  const auto& set = format.workload->vllm.max_num_seqs;
  if (format.choice.engine == Engine::vllm && !set) {
    request.workload.settings.push_back({"max-num-seqs", std::to_string(requests)});
  }
  auto result = fit(view.catalog, view.model, request);
  if (!result || !result->any_fits) return std::nullopt;
  return std::move(*result);
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
      const auto sized = sized_for_load(view, format, candidate);
      const auto& shown = sized ? sized->formats.front() : format;
      const auto& placed = sized ? shown.candidates.front() : candidate;
      auto launched = launch_one(question_of(session, view, shown, placed), kind);
      if (launched) return Found(render::ShownLaunch{format, candidate, std::move(*launched)});
      if (!first) first = launched.error();
    }
  }
  if (first) return tl::unexpected(std::move(*first));
  return Found();
}

}  // namespace llmfit::cli
