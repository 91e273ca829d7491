// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "launch/flags.hpp"
#include "launch/yaml.hpp"

/// One function for each kind of launch. All of them: errors unsupported.
namespace llmfit::launch {

Result<Launch> llama_server_launch(const LaunchQuestion& question);
Result<Launch> ollama_launch(const LaunchQuestion& question);
Result<Launch> vllm_launch(const LaunchQuestion& question);
Result<Launch> mlx_launch(const LaunchQuestion& question);
Result<Launch> tabbyapi_launch(const LaunchQuestion& question);
Result<Launch> ray_launch(const LaunchQuestion& question);
Result<Launch> kubernetes_launch(const LaunchQuestion& question);
Result<Launch> lws_launch(const LaunchQuestion& question);
Result<Launch> skypilot_launch(const LaunchQuestion& question);

/// What was assumed: model, engine, cards, workload, memory, offer; then what has to be there.
std::vector<std::string> heading(const LaunchQuestion& question, const Server& server);
/// Whether the download asks for a token.
bool needs_token(const LaunchQuestion& question, const Server& server);
/// The lines as comments of a shell or of YAML.
std::string commented(const std::vector<std::string>& lines);

/// The server of the question's engine. Errors: unsupported (it has none that llmfit knows).
Result<Server> server_of(const LaunchQuestion& question, const Site& site);

/// "--launch KIND has no …": what cannot be had, and what can.
tl::unexpected<Error> no_launch(std::string message, std::string hint);

/// Several machines without Ray need flags of vLLM 0.12. Errors: unsupported (an older version was
/// asked for, or data-parallel ranks on several machines).
Result<void> check_machines(const LaunchQuestion& question);

/// ".12" and so on where an older vLLM was asked for; empty: the newest that was looked at.
std::string older_vllm(const LaunchQuestion& question);

/// What a container of this engine and card is made of.
struct Container {
  std::string image;
  std::string_view resource;  ///< Kubernetes' name of one card; empty: none is needed
  std::string_view port;
  bool has_entry = false;  ///< the image starts the server itself: only its flags are given
};
/// Errors: unsupported (nobody publishes an image for the card).
Result<Container> container_of(const LaunchQuestion& question);

/// Cards of one machine.
std::int64_t cards_of_machine(const LaunchQuestion& question);

/// Fields of a pod that serves: image, arguments, ports, cards, probe, volumes.
struct Pod {
  Container container;
  Command command;
  bool answers = true;           ///< it has the port and is asked whether it is ready
  std::string_view shared_size;  ///< of /dev/shm; empty: the default suffices
};
void write_pod(Yaml& yaml, const LaunchQuestion& question, const Server& server, const Pod& pod);

/// A Service before pods with these labels.
struct Selector {
  std::string_view key;
  std::string value;
};
void write_service(Yaml& yaml, const std::string& name, const std::vector<Selector>& selectors,
                   std::string_view port);

}  // namespace llmfit::launch
