// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "llmfit/fit.hpp"

namespace llmfit {

/// What can be written: a server's command line, or a manifest around it.
enum class LaunchKind { llama_server, ollama, vllm, mlx, tabbyapi, kubernetes, skypilot, ray, lws };

inline constexpr std::array<LaunchKind, 9> all_launch_kinds = {
    LaunchKind::llama_server, LaunchKind::ollama,   LaunchKind::vllm,
    LaunchKind::mlx,          LaunchKind::tabbyapi, LaunchKind::kubernetes,
    LaunchKind::skypilot,     LaunchKind::ray,      LaunchKind::lws};

/// "llama-server", "ollama", "vllm", "mlx", "tabbyapi", "kubernetes", "skypilot", "ray", "lws".
std::string_view to_string(LaunchKind kind);
std::optional<LaunchKind> launch_kind_from(std::string_view name);

/// Where a model's weights are.
struct ModelPlace {
  std::string repository;      ///< "owner/name" on Hugging Face; empty: none is known
  std::string native_quant;    ///< of its weights, in words; empty: 16 bits or more
  std::string path;            ///< the file or folder that was named instead; empty: none was
  bool gated = false;          ///< a licence has to be accepted before the download
  bool of_base_model = false;  ///< `repository` holds the model that the named one was made of
};

/// One configuration that fits, and what it was computed from.
struct LaunchQuestion {
  const Model& model;
  const FitRequest& request;
  const FormatResult& format;
  const Candidate& candidate;
  ModelPlace place;
  ModelPlace draft;            ///< of `request.add_ons.draft`
  std::string engine_version;  ///< for which the figures hold
  std::string version;         ///< of llmfit
};

struct LaunchFile {
  std::string name;
  std::string text;
};

/// What starts the server as it was sized.
struct Launch {
  LaunchKind kind = LaunchKind::llama_server;
  std::string text;               ///< what a person reads, assumptions as comments at its head
  std::vector<LaunchFile> files;  ///< the same, file by file
};

/// The kind that suits the configuration's engine and number of machines. Errors: unsupported (the
/// engine has no server that llmfit knows).
Result<LaunchKind> usual_launch_kind(const LaunchQuestion& question);

/// Errors: unsupported (the engine, the number of machines or a setting cannot be had that way).
Result<Launch> make_launch(const LaunchQuestion& question, LaunchKind kind);

}  // namespace llmfit
