// SPDX-License-Identifier: MIT
// Whatever fits can be launched, or the reason is said: models and kinds of the catalog in turn.
#include <yaml-cpp/yaml.h>

#include "llmfit/launch.hpp"
#include "support/ask.hpp"
#include "support/engine_flags.hpp"
#include "support/launch.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

bool is_manifest(LaunchKind kind) {
  return kind == LaunchKind::kubernetes || kind == LaunchKind::skypilot || kind == LaunchKind::lws;
}

bool is_flag_of(std::string_view list, std::string_view flag) {
  return list.find(" " + std::string(flag.substr(2)) + " ") != std::string_view::npos;
}

void check_flags(const std::string& text, std::string_view known) {
  for (const auto& word : shell_words(text)) {
    if (word.rfind("--", 0) != 0 || word.find('=') != std::string::npos) continue;
    INFO(word);
    CHECK((is_flag_of(known, word) || word == "--block" || word == "--head"));
  }
}

void check_launch(const Launch& launch) {
  CHECK(launch.text.rfind("# ", 0) == 0);
  CHECK(launch.text.ends_with('\n'));
  CHECK_FALSE(launch.files.empty());
  if (is_manifest(launch.kind)) {
    CHECK_FALSE(YAML::LoadAll(launch.text).empty());
  } else if (launch.kind == LaunchKind::llama_server) {
    check_flags(launch.text, llama_server_flags);
  } else if (launch.kind == LaunchKind::vllm || launch.kind == LaunchKind::ray) {
    check_flags(launch.text, vllm_flags);
  }
}

/// Every kind for the first configuration; the number that could be had.
int launch_all(const Model& model, const FitRequest& request, const FormatResult& format,
               const ModelPlace& place) {
  int had = 0;
  for (const auto kind : all_launch_kinds) {
    INFO(to_string(kind));
    const LaunchQuestion question{model, request, format, format.candidates.front(),
                                  place, {},      "v1",   "0.1.0"};
    const auto launched = make_launch(question, kind);
    if (launched) {
      check_launch(*launched);
      ++had;
    } else {
      CHECK(launched.error().code == ErrorCode::unsupported);
      CHECK_FALSE(launched.error().hint.empty());
    }
  }
  return had;
}

}  // namespace

TEST_CASE("every kind answers for every model that fits", "[launch]") {
  struct Setting {
    Engine engine;
    const char* format;
    const char* gpu;
  };
  const auto setting =
      GENERATE(Setting{Engine::llama_cpp, "q4_k_m", "rtx-4090"},
               Setting{Engine::vllm, "fp8", "h200-sxm"}, Setting{Engine::vllm, "awq", "l40s"});
  const auto& catalog = Catalog::builtin();
  int had = 0;
  for (std::size_t i = 0; i < catalog.models().size(); i += 11) {
    const auto& record = catalog.models()[i];
    INFO(record.id);
    const auto model = model_of(record.id);
    auto request = request_of(model, {setting.format}, setting.engine);
    request.hardware.alternatives = {card(setting.gpu)};
    const auto result = fit(catalog, model, request);
    if (!result || !result->any_fits) continue;
    const auto& format = result->formats.front();
    if (!format.candidates.front().fits) continue;
    had += launch_all(model, request, format, {std::string(record.hf_repo), {}, {}, false, false});
  }
  CHECK(had > 50);
}
