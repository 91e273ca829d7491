// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "llmfit/catalog.hpp"
#include "llmfit/result.hpp"

namespace llmfit {

/// What is asked of a machine beside its files. Each has a time limit.
enum class Inquiry {
  nvml,      ///< NVIDIA's management library, its answers as `key=value` lines
  rocm_smi,  ///< rocm-smi's memory and names as JSON
  sysctl,    ///< macOS: memory, chip and the limit of wired memory as `name: value` lines
};

/// The only way in which a machine is looked at. Tests give recorded ones.
class Probes {
 public:
  virtual ~Probes() = default;

  /// A small file, whole. Errors: unreadable_file, with the system's words.
  [[nodiscard]] virtual Result<std::string> read(const std::string& path) const = 0;
  /// Names in a folder, sorted; none where it cannot be read.
  [[nodiscard]] virtual std::vector<std::string> list(const std::string& folder) const = 0;
  /// Errors: unsupported (it is not there), unreadable_file (it failed, or took too long).
  [[nodiscard]] virtual Result<std::string> ask(Inquiry inquiry) const = 0;
};

/// What one source said.
enum class ProbeState {
  found,   ///< it told something that counts
  absent,  ///< it is not there, as on most machines
  failed,  ///< it is there and does not work, or tells nonsense
};
std::string_view to_string(ProbeState state);

struct Finding {
  std::string source;  ///< "NVML", "/proc/meminfo"
  ProbeState state = ProbeState::absent;
  std::string text;  ///< one line: what came back, or why nothing did
};

/// A card, a slice of one, or the GPU part of a chip.
struct FoundCard {
  std::string vendor;                ///< as in the catalog; empty: unknown
  std::string name;                  ///< as its driver calls it
  std::optional<std::string> slice;  ///< profile of a MIG device: "3g.20gb"
  std::optional<Bytes> total;        ///< what the driver reports
  std::optional<Bytes> used;         ///< by processes that run now, the driver's own part left out
  std::optional<Bytes> free;
  std::optional<Bytes> size;  ///< built in, by which variants are told apart; absent: the total
  std::optional<std::int32_t> compute_capability;  ///< 86 is 8.6
  std::string target;                              ///< AMD: "gfx1100"; empty: unknown
  bool shares_memory = false;  ///< with the host: total and free are of that memory
  bool limit_is_set = false;   ///< total is a limit that somebody set for the GPU
  std::string source;          ///< who told of it
};

/// A machine as it was found. What nobody told is absent.
struct Machine {
  std::vector<FoundCard> cards;
  std::string processor;
  std::string system;           ///< "WSL", "Jetson …"; empty: nothing worth saying
  std::optional<Bytes> memory;  ///< of the host
  std::optional<Bytes> available;
  std::optional<Bytes> group_limit;  ///< least memory limit of the control groups around llmfit
  std::optional<Bytes> group_used;   ///< in the group that has it, without files that can go
  std::vector<Finding> findings;

  /// What a new process can get of the host's memory now.
  [[nodiscard]] std::optional<Bytes> host_free() const;
  /// The most it could ever get: the memory, or the limit where that is less.
  [[nodiscard]] std::optional<Bytes> host_total() const;
};

/// Looks at everything once. Never fails: what does not work is a finding.
Machine detect(const Probes& probes);

/// A found card and the catalog's record of it.
struct KnownCard {
  const FoundCard* found = nullptr;
  const GpuRecord* gpu = nullptr;
  bool in_catalog = true;  ///< else the record is made of what was found
};

/// The cards of a machine with their records. It refers to the machine and the catalog.
struct KnownCards {
  std::vector<KnownCard> cards;
  std::shared_ptr<const void> owned;      ///< records that the catalog lacks
  std::vector<const FoundCard*> unsized;  ///< left out: their memory is unknown
};
KnownCards recognise(const Machine& machine, const Catalog& catalog);

}  // namespace llmfit
