// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "launch/command.hpp"
#include "llmfit/launch.hpp"

/// Which weights a server is told to load, by the name that it takes.
namespace llmfit::launch {

/// A repository that the server downloads, or a file or folder that has to be there.
struct Served {
  std::string name;
  bool from_hub = false;
  std::string remark;  ///< what a person has to see to; may be empty
};

/// A GGUF file of `model` in `format`.
Served gguf_file(const Model& model, const ModelPlace& place, const Format& format);

/// A checkpoint in the format, in the form that vLLM and MLX read.
Served checkpoint(const Model& model, const ModelPlace& place, const Format& format);

/// Whether vLLM makes the format of the 16-bit weights while it loads them.
bool quantizes_while_loading(const Model& model, const ModelPlace& place, const Format& format);

/// The tower's GGUF file, which is apart from the model's.
std::string projector_file(const Model& model, const ModelPlace& place, TensorType type);

/// "adapter-1.gguf", … for each of the adapters that were counted.
std::vector<std::string> adapter_files(const Lora& lora, std::string_view ending);

/// The last part of a path.
std::string_view base_name(std::string_view path);

/// A name of the model and its format that Kubernetes, SkyPilot and Ollama take: lower case
/// letters, digits and dashes, at most 50, a letter first (RFC 1035).
std::string label(const Model& model, const Format& format);

/// What a kind needs of a server: its command, what has to be there for it, and which files of this
/// machine it reads.
struct Server {
  Command command;
  std::vector<std::string> remarks;
  std::vector<std::string> files;
  bool downloads = false;  ///< the weights, from the question's repository
};

/// Where the server runs: in a container its files lie in a folder, and others reach it.
struct Site {
  std::string folder;       ///< ends in a slash; empty: files lie where they were named
  bool for_others = false;  ///< it listens on every address
};

}  // namespace llmfit::launch
