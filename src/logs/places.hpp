// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "llmfit/verify.hpp"
#include "logs/compare.hpp"

/// Where the lines of a llama.cpp log say that something lies.
namespace llmfit::logs {

/// The device of a buffer: "CUDA0" of "CUDA0", "CPU" of "CPU_Mapped", of "CUDA_Host" and so on.
std::string device_of(std::string_view buffer);
inline constexpr std::string_view host = "CPU";

bool is_mapped(std::string_view buffer);    ///< a range of the file, not an allocation
bool is_repacked(std::string_view buffer);  ///< a second copy in another layout, in host memory

/// Every device but the host, as the log lists them, else as their buffers come.
std::vector<std::string> cards(const LogFacts& facts);

/// Whether a card is driven by another backend than CUDA.
bool has_other_backend(const LogFacts& facts);

/// How the layers are divided between cards and host.
enum class Offload { all, part, none };
Offload offload_of(const LogFacts& facts);

/// The lines of a measure on one device together; absent where there is none. Repacked copies do
/// not count where the file is mapped.
std::optional<Measured> measured_on(const LogFacts& facts, Measure measure,
                                    std::string_view device);
/// The lines of a measure that name no device.
std::optional<Measured> measured_total(const LogFacts& facts, Measure measure);
/// Devices that have lines of a measure.
std::vector<std::string> holders(const LogFacts& facts, Measure measure);
/// Whether any line of the measure on that device is a range of the file.
bool any_mapped(const LogFacts& facts, Measure measure, std::string_view device);

}  // namespace llmfit::logs
