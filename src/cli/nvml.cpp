// SPDX-License-Identifier: MIT
// NVIDIA Management Library by dlopen; types and numbers as in the API reference of nvml.h.
#include "cli/nvml.hpp"

#include <dlfcn.h>

#include <array>
#include <cstddef>
#include <utility>

namespace llmfit::cli {
namespace {

using Return = int;
using Handle = void*;

constexpr Return success = 0;
constexpr std::size_t longest_text = 256;

struct Memory {
  unsigned long long total = 0;
  unsigned long long free = 0;
  unsigned long long used = 0;
};

struct MemoryV2 {
  unsigned int version = sizeof(MemoryV2) | (2U << 24U);
  unsigned long long total = 0;
  unsigned long long reserved = 0;
  unsigned long long free = 0;
  unsigned long long used = 0;
};

struct Attributes {
  unsigned int multiprocessors = 0;
  unsigned int shared_copy_engines = 0;
  unsigned int shared_decoders = 0;
  unsigned int shared_encoders = 0;
  unsigned int shared_jpegs = 0;
  unsigned int shared_ofas = 0;
  unsigned int instance_slices = 0;
  unsigned int compute_slices = 0;
  unsigned long long memory_mib = 0;
};

/// Names under which systems have it; WSL keeps it outside the usual folders.
void* open_library() {
  for (const auto* const name : {"/usr/lib/wsl/lib/libnvidia-ml.so.1", "libnvidia-ml.so.1"}) {
    if (void* const library = ::dlopen(name, RTLD_LAZY | RTLD_LOCAL)) return library;
  }
  return nullptr;
}

/// Writes what the library says, line by line.
class Teller {
 public:
  explicit Teller(void* library) : library_(library) {}

  std::string tell() {
    const auto init = call("nvmlInit_v2");
    line("init", std::to_string(init));
    if (init != success) {
      line("init_text", words_of(init));
      return std::move(text_);
    }
    line("driver", system_text("nvmlSystemGetDriverVersion"));
    line("nvml", system_text("nvmlSystemGetNVMLVersion"));
    unsigned int count = 0;
    if (call("nvmlDeviceGetCount_v2", &count) != success) count = 0;
    line("count", std::to_string(count));
    for (unsigned int i = 0; i < count; ++i) device(i);
    call("nvmlShutdown");
    return std::move(text_);
  }

 private:
  /// A function that this version of the library lacks answers as it would: not found (13).
  template <class... Arguments>
  Return call(const char* name, Arguments... arguments) const {
    constexpr Return function_not_found = 13;
    using Function = Return (*)(Arguments...);
    const auto function = reinterpret_cast<Function>(::dlsym(library_, name));
    return function == nullptr ? function_not_found : function(arguments...);
  }

  void line(const std::string& key, std::string value) {
    for (auto& c : value) c = c == '\n' ? ' ' : c;
    text_ += key + "=" + value + "\n";
  }
  void line(const std::string& key, unsigned long long value) { line(key, std::to_string(value)); }

  [[nodiscard]] std::string words_of(Return code) const {
    using Function = const char* (*)(Return);
    const auto function = reinterpret_cast<Function>(::dlsym(library_, "nvmlErrorString"));
    const char* const words = function == nullptr ? nullptr : function(code);
    return words == nullptr ? std::string() : std::string(words);
  }

  [[nodiscard]] std::string system_text(const char* name) const {
    std::array<char, longest_text> buffer{};
    const unsigned int length = longest_text - 1;
    return call(name, buffer.data(), length) == success ? std::string(buffer.data()) : "";
  }

  void device(unsigned int index) {
    const auto prefix = std::to_string(index) + ".";
    Handle handle = nullptr;
    const auto code = call("nvmlDeviceGetHandleByIndex_v2", index, &handle);
    if (code != success) return line(prefix + "error", words_of(code));
    name_and_memory(prefix, handle);
    int major = 0;
    int minor = 0;
    if (call("nvmlDeviceGetCudaComputeCapability", handle, &major, &minor) == success) {
      line(prefix + "capability", std::to_string(major) + "." + std::to_string(minor));
    }
    unsigned int now = 0;
    unsigned int later = 0;
    if (call("nvmlDeviceGetEccMode", handle, &now, &later) == success) line(prefix + "ecc", now);
    if (call("nvmlDeviceGetMigMode", handle, &now, &later) != success) return;
    line(prefix + "mig", now);
    if (now == 1) slices(prefix, handle);
  }

  void name_and_memory(const std::string& prefix, Handle handle) {
    std::array<char, longest_text> name{};
    const unsigned int length = longest_text - 1;
    const auto named = call("nvmlDeviceGetName", handle, name.data(), length);
    line(prefix + (named == success ? "name" : "error"),
         named == success ? std::string(name.data()) : words_of(named));
    MemoryV2 memory;
    if (call("nvmlDeviceGetMemoryInfo_v2", handle, &memory) == success) {
      line(prefix + "total", memory.total);
      line(prefix + "reserved", memory.reserved);
      line(prefix + "free", memory.free);
      return line(prefix + "used", memory.used);
    }
    Memory older;
    const auto code = call("nvmlDeviceGetMemoryInfo", handle, &older);
    if (code != success) return line(prefix + "memory_error", std::to_string(code));
    line(prefix + "total", older.total);
    line(prefix + "free", older.free);
    line(prefix + "used", older.used);
  }

  void slices(const std::string& prefix, Handle parent) {
    unsigned int most = 0;
    if (call("nvmlDeviceGetMaxMigDeviceCount", parent, &most) != success) most = 0;
    unsigned int count = 0;
    for (unsigned int i = 0; i < most; ++i) {
      Handle slice = nullptr;
      if (call("nvmlDeviceGetMigDeviceHandleByIndex", parent, i, &slice) != success) continue;
      const auto own = prefix + "mig." + std::to_string(count++) + ".";
      name_and_memory(own, slice);
      Attributes attributes;
      if (call("nvmlDeviceGetAttributes_v2", slice, &attributes) != success) continue;
      line(own + "slices", attributes.instance_slices);
    }
    line(prefix + "slices", count);
  }

  void* library_;
  std::string text_;
};

}  // namespace

std::string ask_nvml() {
  void* const library = open_library();
  if (library != nullptr) return Teller(library).tell();
  const char* const why = ::dlerror();
  return "library=" + std::string(why == nullptr ? "it cannot be loaded" : why) + "\n";
}

}  // namespace llmfit::cli
