// SPDX-License-Identifier: MIT
// Every form in which engines print what they take: a line, and the fact that it tells.
#include <algorithm>
#include <string>
#include <vector>

#include "catch.hpp"
#include "support/logs.hpp"

using namespace llmfit;
using llmfit::test::read_log;

namespace {

constexpr double mebibyte = 1048576.0;
constexpr double gibibyte = 1024 * mebibyte;

struct Line {
  const char* text;
  Measure measure;
  const char* device;
  double amount;
};

const Line memory_lines[] = {
    {"load_tensors:        CUDA0 model buffer size = 16386.94 MiB", Measure::weights, "CUDA0",
     16386.94 * mebibyte},
    {"llm_load_tensors:      CUDA0 buffer size =  4403.49 MiB", Measure::weights, "CUDA0",
     4403.49 * mebibyte},
    {"load_tensors: RPC[172.31.27.42:50052] model buffer size = 18821.56 MiB", Measure::weights,
     "RPC[172.31.27.42:50052]", 18821.56 * mebibyte},
    {" load_tensors: Metal_Mapped model buffer size = 37958.69 MiB", Measure::weights,
     "Metal_Mapped", 37958.69 * mebibyte},
    {"llm_load_tensors: mem required  = 7057.99 MB (+ 1026.00 MB per state)", Measure::weights,
     "CPU", 7057.99 * mebibyte},
    {"llm_load_tensors: VRAM used: 4807.05 MiB", Measure::weights, "GPU", 4807.05 * mebibyte},
    {"llama_kv_cache_unified:    Vulkan0 KV buffer size =    96.00 MiB", Measure::kv_cache,
     "Vulkan0", 96 * mebibyte},
    {"llama_new_context_with_model: KV self size  = 1024.00 MiB, K (f16):  512.00 MiB, V (f16): "
     " 512.00 MiB",
     Measure::kv_cache, "", 1024 * mebibyte},
    {"llama_init_from_file: kv self size  =  256.00 MB", Measure::kv_cache, "", 256 * mebibyte},
    {"llama_kv_cache: size = 4352.00 MiB (131072 cells,  16 layers,  4/1 seqs), K (q8_0): 2176.00 "
     "MiB, V (q8_0): 2176.00 MiB",
     Measure::kv_cache, "", 4352 * mebibyte},
    {"llama_memory_recurrent:      CUDA0 RS buffer size =   598.50 MiB", Measure::state, "CUDA0",
     598.5 * mebibyte},
    {"llama_memory_recurrent: size =  149.62 MiB (     1 cells,  64 layers,  1 seqs), R (f32):    "
     "5.62 MiB, S (f32):  144.00 MiB",
     Measure::state, "", 149.62 * mebibyte},
    {"sched_reserve:  CUDA_Host compute buffer size =   276.29 MiB", Measure::compute, "CUDA_Host",
     276.29 * mebibyte},
    {"llama_new_context_with_model: compute buffer total size = 159.19 MiB", Measure::compute,
     "CPU", 159.19 * mebibyte},
    {"llama_context:        CPU  output buffer size =     3.91 MiB", Measure::output, "CPU",
     3.91 * mebibyte},
    {"0.16.439.391 I load_tensors:      Vulkan0 model buffer size =  6637.63 MiB", Measure::weights,
     "Vulkan0", 6637.63 * mebibyte},
    {"\x1b[36mload_tensors:        CUDA0 model buffer size =    12.50 MiB\x1b[0m\r",
     Measure::weights, "CUDA0", 12.5 * mebibyte},
    {"INFO model_runner.py:1077] Loading model weights took 14.9888 GB", Measure::weights, "",
     14.9888 * gibibyte},
    {"INFO [gpu_model_runner.py:3549] Model loading took 15.3291 GiB memory and 4.892989 seconds",
     Measure::weights, "", 15.3291 * gibibyte},
    {"INFO Available KV cache memory: 4.64 GiB", Measure::kv_budget, "", 4.64 * gibibyte},
    {"INFO GPU KV cache size: 30,384 tokens", Measure::kv_tokens, "", 30384},
    {"INFO # GPU blocks: 3852, # CPU blocks: 4096", Measure::kv_tokens, "", 3852 * 16},
    {"INFO # cuda blocks: 5148, # CPU blocks: 9362", Measure::kv_tokens, "", 5148 * 16},
    {"INFO Maximum concurrency for 4,096 tokens per request: 7.42x", Measure::concurrency, "",
     7.42},
    {"INFO Maximum concurrency for 20000 tokens per request: 1.56x", Measure::concurrency, "",
     1.56},
    {"INFO Graph capturing finished in 2 secs, took 0.14 GiB", Measure::graphs, "",
     0.14 * gibibyte},
};

const Reading* find(const LogFacts& facts, Measure measure) {
  const auto found = std::find_if(facts.readings.begin(), facts.readings.end(),
                                  [&](const Reading& one) { return one.measure == measure; });
  return found == facts.readings.end() ? nullptr : &*found;
}

std::string setting(const LogFacts& facts, const std::string& flag) {
  for (const auto& one : facts.settings) {
    if (one.flag == flag) return one.value;
  }
  return "-";
}

}  // namespace

TEST_CASE("every form of a line about memory is read", "[logs]") {
  for (const auto& line : memory_lines) {
    INFO(line.text);
    const auto facts = read_log(line.text);
    REQUIRE(facts.has_value());
    REQUIRE(facts->readings.size() == 1);
    CHECK(facts->readings[0].measure == line.measure);
    CHECK(facts->readings[0].device == line.device);
    CHECK(facts->readings[0].amount == line.amount);
  }
}

TEST_CASE("a printed figure is known to half its last digit", "[logs]") {
  const auto facts = read_log("load_tensors: CUDA0 model buffer size = 12.50 MiB");
  REQUIRE(facts.has_value());
  CHECK(facts->readings[0].rounding == 0.005 * mebibyte);
}

TEST_CASE("lines that only look like one about memory are passed over", "[logs]") {
  for (const auto* line :
       {"alloc_compute_meta:      CUDA0 compute buffer size =   248.10 MiB",
        "compute buffer size is 12.0000 MiB, matches expectation of 12.0000 MiB",
        "load_hparams: model size:         887.99 MiB", "prompt cache size limit: 8192 MiB",
        "created context checkpoint 1 of 32 (pos_min = 128, size = 149.896 MiB)",
        "llama_kv_cache: attn_rot_k = 1, n_embd_head_k_all = 256",
        "load_tensors: CUDA0 model buffer size = many MiB"}) {
    INFO(line);
    CHECK_FALSE(read_log(line).has_value());
  }
}

TEST_CASE("a buffer that was planned and not allocated is no figure", "[logs]") {
  const auto facts = read_log(
      "llama_kv_cache:      CUDA0 KV buffer size =     0.00 MiB\n"
      "llama_kv_cache: size = 1024.00 MiB (  8192 cells,  32 layers,  1/1 seqs), K (f16):  512.00 "
      "MiB, V (f16):  512.00 MiB\n");
  REQUIRE(facts.has_value());
  REQUIRE(facts->readings.size() == 1);
  CHECK(facts->readings[0].device.empty());
}

TEST_CASE("what several lines of vLLM's profile say is taken apart", "[logs]") {
  const auto facts = read_log(
      "the current vLLM instance can use total_gpu_memory (15.77GiB) x gpu_memory_utilization "
      "(0.90) = 14.20GiB\nmodel weights take 7.51GiB; non_torch_memory takes 0.39GiB; PyTorch "
      "activation peak memory takes 2.53GiB; the rest of the memory reserved for KV Cache is "
      "3.76GiB.");
  REQUIRE(facts.has_value());
  CHECK(facts->engine == Engine::vllm);
  CHECK(facts->total_bytes == 15.77 * gibibyte);
  CHECK(setting(*facts, "gpu-memory-utilization") == "0.90");
  CHECK(find(*facts, Measure::weights)->amount == 7.51 * gibibyte);
  CHECK(find(*facts, Measure::non_torch)->amount == 0.39 * gibibyte);
  CHECK(find(*facts, Measure::activation)->amount == 2.53 * gibibyte);
  CHECK(find(*facts, Measure::kv_budget)->amount == 3.76 * gibibyte);
}

TEST_CASE("what vLLM refuses with tells what it needs", "[logs]") {
  const auto facts = read_log(
      "ValueError: To serve at least one request with the models's max seq len (262144), (24.0 GiB "
      "KV cache is needed, which is larger than the available KV cache memory (3.18 GiB). Based on "
      "the available memory, the estimated maximum model length is 34736.");
  REQUIRE(facts.has_value());
  CHECK(setting(*facts, "max-model-len") == "262144");
  CHECK(find(*facts, Measure::kv_request)->amount == 24 * gibibyte);
  CHECK(find(*facts, Measure::kv_budget)->amount == 3.18 * gibibyte);
  const auto old = read_log(
      "ValueError: The model's max seq len (32768) is larger than the maximum number of tokens "
      "that "
      "can be stored in KV cache (7344). Try increasing `gpu_memory_utilization`");
  REQUIRE(old.has_value());
  CHECK(setting(*old, "max-model-len") == "32768");
  CHECK(find(*old, Measure::kv_tokens)->amount == 7344);
}

TEST_CASE("a sum of vLLM's use stands in for lines that are missing", "[logs]") {
  const auto facts = read_log(
      "Model loading took 14.0786 GiB and 10.2 seconds\nActual usage is 14.08 GiB for weight, 1.97 "
      "GiB for peak activation, 0.07 GiB for non-torch memory, and 0.67 GiB for CUDAGraph memory.");
  REQUIRE(facts.has_value());
  CHECK(facts->readings.size() == 3);
  CHECK(find(*facts, Measure::activation)->amount == 1.97 * gibibyte);
  CHECK(find(*facts, Measure::non_torch)->amount == 0.07 * gibibyte);
}

TEST_CASE("arguments of vLLM are settings under the engine's own flags", "[logs]") {
  const auto facts = read_log(
      "non-default args: {'model_tag': 'a/B-8B', 'model': 'a/B-8B', 'gpu_memory_utilization': "
      "0.86, 'max_num_seqs': 32}\nInitializing a V1 LLM engine (v0.12.0) with config: "
      "model='a/B-8B', dtype=torch.bfloat16, max_seq_len=4096, tensor_parallel_size=2, "
      "quantization=None, enforce_eager=False, kv_cache_dtype=auto, served_model_name=x\n"
      "Available KV cache memory: 4.64 GiB");
  REQUIRE(facts.has_value());
  CHECK(facts->build == "0.12.0");
  CHECK(facts->model.names == std::vector<std::string>{"a/B-8B"});
  CHECK(facts->model.format.empty());
  CHECK(facts->model.dtype == "bfloat16");
  CHECK(setting(*facts, "max-model-len") == "4096");
  CHECK(setting(*facts, "gpu-memory-utilization") == "0.86");
  CHECK(setting(*facts, "max-num-seqs") == "32");
  CHECK(setting(*facts, "tensor-parallel-size") == "2");
  CHECK(setting(*facts, "kv-cache-dtype") == "-");
}

TEST_CASE("settings of llama.cpp's context are those of its first context", "[logs]") {
  const auto facts = read_log(
      "llama_context: n_seq_max     = 4\nllama_context: n_ctx         = 8192\n"
      "llama_context: n_ctx_seq (8192) < n_ctx_train (262144) -- not utilized\n"
      "llama_context: n_batch       = 2048\nllama_context: n_ubatch      = 512\n"
      "llama_context: flash_attn    = auto\nllama_context: kv_unified    = true\n"
      "llama_context: n_outputs_max         = 4\n"
      "llama_context: Flash Attention was auto, set to enabled\n"
      "llama_kv_cache_iswa: creating     SWA KV cache, size = 6144 cells\n"
      "llama_kv_cache:    Vulkan0 KV buffer size =  1920.00 MiB\n"
      "llama_context: n_seq_max     = 1\nllama_context: n_ctx         = 512\n"
      "llama_kv_cache:    Vulkan0 KV buffer size =    20.00 MiB\n");
  REQUIRE(facts.has_value());
  CHECK(setting(*facts, "ctx-size") == "8192");
  CHECK(setting(*facts, "parallel") == "4");
  CHECK(setting(*facts, "batch-size") == "2048");
  CHECK(setting(*facts, "ubatch-size") == "512");
  CHECK(setting(*facts, "flash-attn") == "on");
  CHECK(setting(*facts, "kv-unified") == "true");
  CHECK(facts->outputs == 4);
  REQUIRE(facts->readings.size() == 1);
  CHECK(facts->readings[0].measure == Measure::window_cache);
  CHECK(facts->others == 1);
}

TEST_CASE("the model is what its metadata and its printed dimensions say", "[logs]") {
  const auto facts = read_log(
      "llama_model_loader: loaded meta data with 2 key-value pairs and 3 tensors from "
      "C:\\models\\gemma-2-2b-it-Q4_K_M.gguf (version GGUF V3 (latest))\n"
      "llama_model_loader: - kv   0:   general.architecture str              = gemma2\n"
      "llama_model_loader: - kv   2:           general.name str              = Gemma 2 2b It\n"
      "llama_model_loader: - kv   8:  gemma2.context_length u32              = 8192\n"
      "llama_model_loader: - kv  23: tokenizer.ggml.tokens arr[str,256000]  = [\"<pad>\", ...\n"
      "llama_model_loader: - type q4_K:  156 tensors\n"
      "print_info: file type   = Q4_K - Medium\nprint_info: n_layer          = 26\n"
      "print_info: n_head           = [8, 4, 8]\nprint_info: n_embd           = 2304\n"
      "load_tensors: offloaded 27/27 layers to GPU\n"
      "using device CUDA0 (NVIDIA GeForce RTX 5090) (0000:0b:00.0) - 30930 MiB free\n"
      "load_tensors: CUDA0 model buffer size = 12.50 MiB\n");
  REQUIRE(facts.has_value());
  const auto& model = facts->model;
  CHECK(model.names == std::vector<std::string>{"Gemma 2 2b It", "gemma-2-2b-it-Q4_K_M"});
  CHECK(model.architecture == "gemma2");
  CHECK(model.format == "Q4_K - Medium");
  CHECK(model.layers == 26);
  CHECK(model.hidden == 2304);
  CHECK(model.vocabulary == 256000);
  CHECK(model.context == 8192);
  CHECK_FALSE(model.heads.has_value());
  REQUIRE(model.types.size() == 1);
  CHECK(model.types[0].tensors == 156);
  CHECK(facts->offloaded == 27);
  REQUIRE(facts->devices.size() == 1);
  CHECK(facts->devices[0].free == mib(30930));
}

TEST_CASE("builds of 2023 tell everything under other names", "[logs]") {
  const auto facts = read_log(
      "llm_load_print_meta: n_layer          = 32\nllm_load_print_meta: n_ctx            = 512\n"
      "llm_load_print_meta: model ftype      = mostly Q4_K - Medium\n"
      "llm_load_tensors: mem required  =   70.41 MB\n"
      "llm_load_tensors: offloaded 35/35 layers to GPU\nllm_load_tensors: VRAM used: 3820.93 MB\n"
      "llama_new_context_with_model: kv self size  =  256.00 MB\n"
      "llama_new_context_with_model: compute buffer total size = 71.97 MB\n"
      "llama_new_context_with_model: VRAM scratch buffer: 70.50 MB\n");
  REQUIRE(facts.has_value());
  CHECK(setting(*facts, "ctx-size") == "512");
  CHECK(facts->model.layers == 32);
  CHECK(facts->readings.size() == 5);
  CHECK(facts->others == 0);
}

TEST_CASE("a load that only tries what it would take does not count", "[logs]") {
  const std::string load =
      "llama_model_loader: loaded meta data with 2 pairs from a.gguf (version)\n";
  const auto facts = read_log(
      load + "print_info: no_alloc = 1\n" + "load_tensors: CUDA0 model buffer size = 1.00 MiB\n" +
      load + "print_info: no_alloc = 0\n" + "load_tensors: CUDA0 model buffer size = 2.00 MiB\n" +
      load + "load_tensors: CUDA0 model buffer size = 3.00 MiB\n");
  REQUIRE(facts.has_value());
  REQUIRE(facts->readings.size() == 1);
  CHECK(facts->readings[0].amount == 2 * mebibyte);
  CHECK(facts->others == 1);
}
