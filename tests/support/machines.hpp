// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "llmfit/machine.hpp"

namespace llmfit::test {

/// A machine as it was once recorded: its files, and what its tools answered.
class RecordedProbes : public Probes {
 public:
  std::map<std::string, std::string> files;
  std::map<Inquiry, std::string> answers;
  std::map<Inquiry, std::string> failures;  ///< what is there and does not work

  [[nodiscard]] Result<std::string> read(const std::string& path) const override {
    const auto found = files.find(path);
    if (found != files.end()) return found->second;
    return fail(ErrorCode::unreadable_file,
                "cannot read '" + path + "': No such file or directory");
  }
  [[nodiscard]] std::vector<std::string> list(const std::string& folder) const override {
    const auto prefix = folder + "/";
    std::vector<std::string> names;
    for (auto file = files.lower_bound(prefix);
         file != files.end() && file->first.compare(0, prefix.size(), prefix) == 0; ++file) {
      const auto rest = file->first.substr(prefix.size());
      auto name = rest.substr(0, rest.find('/'));
      if (names.empty() || names.back() != name) names.push_back(std::move(name));
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
  }
  [[nodiscard]] Result<std::string> ask(Inquiry inquiry) const override {
    if (const auto failed = failures.find(inquiry); failed != failures.end()) {
      return fail(ErrorCode::unreadable_file, failed->second);
    }
    if (const auto told = answers.find(inquiry); told != answers.end()) return told->second;
    return fail(ErrorCode::unsupported, "not installed");
  }
};

inline std::filesystem::path machines_folder() {
  return std::filesystem::path(LLMFIT_SOURCE_DIR) / "tests" / "machines";
}

inline std::string read_whole(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// tests/machines/NAME: proc/ and sys/ are its files, commands/*.txt what tools answered,
/// commands/*.error.txt why one did not, expected.txt what llmfit makes of it.
inline RecordedProbes recorded_machine(const std::string& name) {
  const std::map<std::string, Inquiry> tools{
      {"nvml", Inquiry::nvml}, {"rocm-smi", Inquiry::rocm_smi}, {"sysctl", Inquiry::sysctl}};
  RecordedProbes probes;
  const auto root = machines_folder() / name;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    const auto path = entry.path().lexically_relative(root).generic_string();
    if (path == "source.txt" || path == "expected.txt") continue;
    if (path.rfind("commands/", 0) != 0) {
      probes.files["/" + path] = read_whole(entry.path());
      continue;
    }
    const auto stem = entry.path().stem();
    const bool failed = stem.extension() == ".error";
    (failed ? probes.failures : probes.answers)[tools.at(stem.stem().string())] =
        read_whole(entry.path());
  }
  return probes;
}

/// The recorded machines, sorted.
inline std::vector<std::string> machine_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(machines_folder())) {
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace llmfit::test
