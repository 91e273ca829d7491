// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace llmfit {

/// The serving engine: the same model costs different memory under each.
enum class Engine { llama_cpp, vllm, transformers, mlx, exllama, params };

inline constexpr std::array<Engine, 6> all_engines = {Engine::llama_cpp,    Engine::vllm,
                                                      Engine::transformers, Engine::mlx,
                                                      Engine::exllama,      Engine::params};

/// "llama.cpp", "vllm", "transformers", "mlx", "exllama", "params".
std::string_view to_string(Engine engine);
std::optional<Engine> engine_from(std::string_view name);

}  // namespace llmfit
