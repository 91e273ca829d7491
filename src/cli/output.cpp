// SPDX-License-Identifier: MIT
#include "cli/output.hpp"

namespace llmfit::cli {

Result<void> deliver(const Outcome& outcome, const std::string& path, Streams& streams) {
  const bool to_file = !path.empty() && path != "-";
  const auto written = to_file ? streams.write_file(path, outcome.text)
                               : streams.write(Stream::output, outcome.text);
  if (written != Written::failed) return {};
  const std::string place = to_file ? "'" + path + "'" : "standard output";
  return fail(ErrorCode::output_failed, "cannot write " + place + ": " + streams.failure(),
              to_file ? "check that the folder exists, has room and lets you write" : "",
              to_file ? path : "");
}

}  // namespace llmfit::cli
