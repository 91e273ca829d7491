// SPDX-License-Identifier: MIT
#include <string>
#include <vector>

#include "cli/run.hpp"
#include "cli/system.hpp"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  const llmfit::cli::SystemEnvironment environment;
  llmfit::cli::SystemStreams streams;
  return llmfit::cli::run(arguments, environment, streams);
}
