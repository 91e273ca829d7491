// SPDX-License-Identifier: MIT
#include "cli/system_probes.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "cli/child.hpp"
#include "cli/descriptor.hpp"
#include "cli/nvml.hpp"

namespace llmfit::cli {
namespace {

/// /proc/cpuinfo of a large server is the longest of the files that are read: half a mebibyte.
constexpr std::size_t longest_file = std::size_t{4} << 20U;
constexpr std::size_t most_names = 4096;

/// A driver without persistence mode needs seconds for each card to wake up.
constexpr std::chrono::seconds nvml_limit{20};
constexpr std::chrono::seconds program_limit{10};

Result<std::string> ask_library() {
  constexpr std::string_view refused = "library=";
  auto text = in_child(ask_nvml, nvml_limit);
  if (!text || !text->starts_with(refused)) return text;
  const bool missing = text->find("No such file") != std::string::npos;
  if (missing) return fail(ErrorCode::unsupported, "libnvidia-ml.so.1 is not installed");
  return fail(ErrorCode::unreadable_file, text->substr(refused.size()));
}

Result<std::string> ask_rocm_smi() {
  for (const auto* const program : {"rocm-smi", "/opt/rocm/bin/rocm-smi"}) {
    auto text = run_program({program, "--showmeminfo", "vram", "--showproductname", "--json"},
                            program_limit);
    if (text || text.error().code != ErrorCode::unsupported) return text;
  }
  return fail(ErrorCode::unsupported, "rocm-smi is not installed");
}

Result<std::string> ask_sysctl() {
#ifdef __APPLE__
  return run_program(
      {"/usr/sbin/sysctl", "hw.memsize", "machdep.cpu.brand_string", "iogpu.wired_limit_mb"},
      program_limit);
#else
  return fail(ErrorCode::unsupported, "not macOS");
#endif
}

}  // namespace

Result<std::string> SystemProbes::read(const std::string& path) const {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return unreadable(path, errno);
  std::string text;
  std::array<char, 1 << 14> buffer{};
  while (text.size() < longest_file) {
    const auto count = ::read(file.get(), buffer.data(), buffer.size());
    if (count == 0) return text;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return unreadable(path, errno);
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return unreadable(path, EFBIG);
}

std::vector<std::string> SystemProbes::list(const std::string& folder) const {
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(folder.c_str()), ::closedir);
  std::vector<std::string> names;
  if (!open) return names;
  while (names.size() < most_names) {
    const auto* const entry = ::readdir(open.get());
    if (entry == nullptr) break;
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::string> SystemProbes::ask(Inquiry inquiry) const {
  switch (inquiry) {
    case Inquiry::nvml:
      return ask_library();
    case Inquiry::rocm_smi:
      return ask_rocm_smi();
    case Inquiry::sysctl:
      return ask_sysctl();
  }
  return fail(ErrorCode::unsupported, "nobody knows how");
}

}  // namespace llmfit::cli
