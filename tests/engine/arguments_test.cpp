// SPDX-License-Identifier: MIT
// What `--launch llama-server` prints is put before llama.cpp's own parser, and what the parser
// makes of it is what the estimate rests on.
#include <dlfcn.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "catch.hpp"
#include "llama_cpp.hpp"
#include "support/launch.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

/// llama.cpp v0.5.0: common/common.h. The programs are told apart by number; this is llama-server.
constexpr int server_example = 12;
/// More than common_params takes; its constructor writes what is used of it.
constexpr std::size_t room_for_params = std::size_t{1} << 20;

/// libllama-common, whose parser every program of llama.cpp has.
class Parser {
 public:
  explicit Parser(const std::string& folder)
      : library_(dlopen((folder + "/libllama-common.so").c_str(), RTLD_NOW | RTLD_GLOBAL)) {
    if (library_ == nullptr) return;
    bind(construct_, "_ZN13common_paramsC1Ev");
    bind(destroy_, "_ZN13common_paramsD1Ev");
    bind(parse_, "_Z19common_params_parseiPPcR13common_params13llama_examplePFviS0_E");
    bind(context_, "_Z30common_context_params_to_llamaRK13common_params");
    bind(model_, "_Z28common_model_params_to_llamaR13common_params");
    usable_ = construct_ != nullptr && destroy_ != nullptr && parse_ != nullptr &&
              context_ != nullptr && model_ != nullptr;
  }

  [[nodiscard]] bool usable() const { return usable_; }

  struct Parsed {
    bool accepted = false;
    LlamaContextParams context{};
    LlamaModelParams model{};
  };

  [[nodiscard]] Parsed parse(std::vector<std::string> words) const {
    std::vector<char*> pointers;
    for (auto& word : words) pointers.push_back(word.data());
    const auto room = std::make_unique<std::byte[]>(room_for_params);
    construct_(room.get());
    Parsed parsed;
    parsed.accepted = parse_(static_cast<int>(pointers.size()), pointers.data(), room.get(),
                             server_example, nullptr);
    if (parsed.accepted) {
      parsed.context = context_(room.get());
      parsed.model = model_(room.get());
    }
    destroy_(room.get());
    return parsed;
  }

 private:
  template <typename Function>
  void bind(Function& function, const char* name) {
    function = reinterpret_cast<Function>(dlsym(library_, name));
  }

  void* library_;
  bool usable_ = false;
  void (*construct_)(void*) = nullptr;
  void (*destroy_)(void*) = nullptr;
  bool (*parse_)(int, char**, void*, int, void (*)(int, char**)) = nullptr;
  LlamaContextParams (*context_)(const void*) = nullptr;
  LlamaModelParams (*model_)(void*) = nullptr;
};

constexpr int f16 = 1;
constexpr int q8_0 = 8;
constexpr int flash_auto = -1;
constexpr int flash_on = 1;
constexpr std::int32_t every_layer = -2;  ///< "all"; -1 is "auto", which --fit may change

struct Row {
  std::string line;
  std::uint32_t tokens;
  std::uint32_t sequences;
  int type_k;
  int type_v;
  std::uint32_t batch;
  std::uint32_t ubatch;
  int flash;
  bool unified;
  bool full_windows;
  std::int32_t layers;
};

const std::vector<Row> rows = {
    {"llama2-13b --quant q4 --gpu rtx-3090x1", 4096, 1, f16, f16, 2048, 512, flash_auto, false,
     false, every_layer},
    {"llama3-8b --quant q8_0 --gpu rtx-3090x2 --context 8k --sequences 4 --kv-type q8_0/f16", 32768,
     4, q8_0, f16, 2048, 512, flash_auto, false, false, every_layer},
    {"gemma3-12b --quant q4 --gpu rtx-3090x1 --context 8k --set swa-full=on --set kv-unified=on "
     "--set ubatch-size=256 --set batch-size=1024 --set flash-attn=on --set threads=3",
     8192, 1, f16, f16, 1024, 256, flash_on, true, true, every_layer},
    {"llama3-8b --quant q4 --gpu cpu", 4096, 1, f16, f16, 2048, 512, flash_auto, false, false, 0},
    {"llama3-8b --quant q4 --gpu rtx-3090x1 --draft llama3.2-1b --lora 16x2 --set mlock=on", 4096,
     1, f16, f16, 2048, 512, flash_auto, false, false, every_layer},
    {"gemma3-12b --quant q4 --gpu rtx-3090x1 --projector f16 --set cont-batching=off", 4096, 1, f16,
     f16, 2048, 512, flash_auto, false, false, every_layer},
    {"bge-m3 --quant f16 --gpu t4x1", 4096, 1, f16, f16, 2048, 512, flash_auto, false, false,
     every_layer},
};

}  // namespace

TEST_CASE("llama.cpp's own parser takes the launch command as it was meant", "[engine]") {
  const char* const folder = std::getenv("LLMFIT_ENGINE");
  if (folder == nullptr) {
    std::printf("skipped: LLMFIT_ENGINE names no folder of llama.cpp; see scripts/engine\n");
    return;
  }
  const Parser parser(folder);
  if (!parser.usable()) {
    std::printf("skipped: no parser in %s\n", folder);
    return;
  }
  CHECK_FALSE(parser.parse({"llama-server", "--no-such-flag"}).accepted);
  for (const auto& row : rows) {
    const auto words = shell_words(launched(row.line + " --launch llama-server"));
    INFO(row.line);
    const auto parsed = parser.parse(words);
    CHECK(parsed.accepted);
    CHECK(parsed.context.n_ctx == row.tokens);
    CHECK(parsed.context.n_seq_max == row.sequences);
    CHECK(parsed.context.type_k == row.type_k);
    CHECK(parsed.context.type_v == row.type_v);
    CHECK(parsed.context.n_batch == row.batch);
    CHECK(parsed.context.n_ubatch == row.ubatch);
    CHECK(parsed.context.flash_attn_type == row.flash);
    CHECK(parsed.context.kv_unified == row.unified);
    CHECK(parsed.context.swa_full == row.full_windows);
    CHECK(parsed.model.n_gpu_layers == row.layers);
  }
}
