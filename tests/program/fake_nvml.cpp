// SPDX-License-Identifier: MIT
// Stands for NVIDIA's management library: what the reader of the real one gets to see. FAKE_NVML
// says how it behaves.
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

bool is(const char* mode) {
  const char* const chosen = std::getenv("FAKE_NVML");
  return chosen != nullptr && std::string_view(chosen) == mode;
}

constexpr unsigned long long mib = 1048576;
constexpr int not_supported = 3;

struct Memory {
  unsigned long long total, free, used;
};
struct MemoryV2 {
  unsigned int version;
  unsigned long long total, reserved, free, used;
};
struct Attributes {
  unsigned int unused[6];
  unsigned int instance_slices, compute_slices;
  unsigned long long memory_mib;
};

int card = 0;
int sliced = 1;
int slice = 2;

}  // namespace

extern "C" {

int nvmlInit_v2() {
  if (is("crash")) std::abort();
  while (is("hang")) {
  }
  return is("mismatch") ? 18 : 0;
}

int nvmlShutdown() { return 0; }

const char* nvmlErrorString(int code) {
  return code == 18 ? "Driver/library version mismatch" : "Not Supported";
}

int nvmlSystemGetDriverVersion(char* text, unsigned int) {
  std::strcpy(text, "550.90.07");
  return 0;
}

int nvmlDeviceGetCount_v2(unsigned int* count) {
  *count = is("old") ? 1 : 2;
  return 0;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned int index, void** device) {
  *device = index == 0 ? &card : &sliced;
  return 0;
}

int nvmlDeviceGetName(void* device, char* text, unsigned int) {
  std::strcpy(text, device == &card ? "NVIDIA GeForce RTX 3090" : "NVIDIA A100-SXM4-40GB");
  if (device == &slice) std::strcpy(text, "NVIDIA A100-SXM4-40GB MIG 3g.20gb");
  return 0;
}

int nvmlDeviceGetMemoryInfo_v2(void* device, MemoryV2* memory) {
  if (is("old") || memory->version != (sizeof(MemoryV2) | (2U << 24U))) return not_supported;
  const bool whole = device == &card;
  memory->total = (whole ? 24576 : 20091) * mib;
  memory->reserved = (whole ? 317 : 0) * mib;
  memory->used = 1024 * mib;
  memory->free = memory->total - memory->reserved - memory->used;
  return 0;
}

int nvmlDeviceGetMemoryInfo(void*, Memory* memory) {
  *memory = {24576 * mib, 23235 * mib, 1341 * mib};
  return 0;
}

int nvmlDeviceGetCudaComputeCapability(void* device, int* major, int* minor) {
  *major = 8;
  *minor = device == &card ? 6 : 0;
  return 0;
}

int nvmlDeviceGetMigMode(void* device, unsigned int* now, unsigned int* later) {
  if (device == &card) return not_supported;
  *now = *later = 1;
  return 0;
}

int nvmlDeviceGetMaxMigDeviceCount(void*, unsigned int* count) {
  *count = 7;
  return 0;
}

int nvmlDeviceGetMigDeviceHandleByIndex(void*, unsigned int index, void** device) {
  if (index != 4) return 6;
  *device = &slice;
  return 0;
}

int nvmlDeviceGetAttributes_v2(void*, Attributes* attributes) {
  *attributes = {{}, 3, 3, 20091};
  return 0;
}

}  // extern "C"
