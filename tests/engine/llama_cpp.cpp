// SPDX-License-Identifier: MIT
#include "llama_cpp.hpp"

#include <dlfcn.h>

#include <filesystem>

namespace llmfit::test {
namespace {

std::string log_of_errors;  // NOLINT: the engine's callback carries no pointer that outlives it

void keep_errors(int level, const char* text, void*) {
  constexpr int error = 4;
  if (level == error) log_of_errors += text;
}

/// "libllama.v0.5.0.so" by its beginning.
std::string library(const std::string& folder, const std::string& beginning) {
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
    const auto name = entry.path().filename().string();
    const bool shared = name.size() > 3 && name.substr(name.size() - 3) == ".so";
    if (shared && name.rfind(beginning, 0) == 0) return entry.path().string();
  }
  return {};
}

void* open_library(const std::string& folder, const std::string& beginning, std::string& missing) {
  const auto path = library(folder, beginning);
  void* const opened = path.empty() ? nullptr : dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL);
  if (opened == nullptr && missing.empty()) {
    missing = path.empty() ? "no " + beginning + "*.so in " + folder : std::string(dlerror());
  }
  return opened;
}

template <typename Function>
void bind(Function& function, void* from, const char* name, std::string& missing) {
  function = from == nullptr ? nullptr : reinterpret_cast<Function>(dlsym(from, name));
  if (function == nullptr && missing.empty()) missing = std::string("no ") + name;
}

}  // namespace

LlamaCpp::LlamaCpp(const std::string& folder) {
  open_library(folder, "libggml-base", missing_);
  void* const ggml = open_library(folder, "libggml.", missing_);
  void* const llama = open_library(folder, "libllama.", missing_);
  void (*log)(void (*)(int, const char*, void*), void*) = nullptr;
  void (*begin)() = nullptr;
  void* (*load_backend)(const char*) = nullptr;
  bind(log, llama, "llama_log_set", missing_);
  bind(begin, llama, "llama_backend_init", missing_);
  bind(load_backend, ggml, "ggml_backend_load", missing_);
  bind(model_defaults_, llama, "llama_model_default_params", missing_);
  bind(context_defaults_, llama, "llama_context_default_params", missing_);
  bind(load_, llama, "llama_model_load_from_file", missing_);
  bind(create_, llama, "llama_init_from_model", missing_);
  bind(free_model_, llama, "llama_model_free", missing_);
  bind(free_context_, llama, "llama_free", missing_);
  bind(breakdown_, llama, "_Z26llama_get_memory_breakdownPK13llama_context", missing_);
  if (!missing_.empty()) return;
  log(keep_errors, nullptr);
  // The build for processors with AVX2, else the one for all of x86-64: both plan alike.
  const bool loaded = load_backend(library(folder, "libggml-cpu-haswell").c_str()) != nullptr ||
                      load_backend(library(folder, "libggml-cpu-x64").c_str()) != nullptr;
  if (!loaded) missing_ = "no build of the CPU backend runs here";
  begin();
  const auto context = context_defaults_();
  const auto model = model_defaults_();
  const bool as_declared = context.n_batch == 2048 && context.n_ubatch == 512 &&
                           context.yarn_beta_slow == -1.0F && context.swa_full &&
                           context.type_k == 1 && model.n_gpu_layers == -1 &&
                           model.use_extra_bufts && !model.no_alloc;
  if (missing_.empty() && !as_declared) missing_ = "the engine is of another version than v0.5.0";
}

LlamaCpp::Plan LlamaCpp::plan(const std::string& gguf, const LlamaContextParams& settings) {
  log_of_errors.clear();
  auto how = model_defaults_();
  how.no_alloc = true;
  how.use_extra_bufts = false;  // repacking for one kind of processor is not what is judged
  how.load_mode = 0;
  Plan plan;
  void* const model = load_(gguf.c_str(), how);
  void* const context = model == nullptr ? nullptr : create_(model, settings);
  if (context == nullptr) plan.error = log_of_errors.empty() ? "refused" : log_of_errors;
  if (context != nullptr) {
    for (const auto& [buffer, bytes] : breakdown_(context)) {
      plan.bytes.model += bytes.model;
      plan.bytes.context += bytes.context;
      plan.bytes.compute += bytes.compute;
    }
    free_context_(context);
  }
  if (model != nullptr) free_model_(model);
  return plan;
}

}  // namespace llmfit::test
