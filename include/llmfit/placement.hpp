// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "llmfit/add_ons.hpp"
#include "llmfit/catalog.hpp"
#include "llmfit/sizing.hpp"

namespace llmfit {

/// Why a configuration is a no; `to_string` gives the words of the JSON contract.
enum class Reason {
  out_of_memory,
  engine_unsupported,
  format_unsupported,
  not_divisible,
  over_budget,
  context_exceeds_model,
};
std::string_view to_string(Reason reason);

/// Memory that a program can get on a device, and how that is known.
struct Capacity {
  Bytes usable;
  Basis basis = Basis::estimate;  ///< exact: measured on this card
  std::string_view rule;          ///< in words
};

Capacity usable_bytes(const GpuRecord& gpu);
Capacity usable_slice_bytes(
    double slice_memory_gib);                ///< a fraction of a card, as a cloud sells it
Capacity usable_host_bytes(double ram_gib);  ///< system memory of a machine

/// One device of a set.
struct Device {
  Bytes usable;
  Platform platform = Platform::cuda;
  /// What an engine's share of a device counts against, where less than that can be used; absent:
  /// all of it can.
  std::optional<Bytes> total = std::nullopt;

  [[nodiscard]] Bytes whole() const { return total.value_or(usable); }
  friend bool operator==(const Device&, const Device&) = default;
};

/// What a person leaves to a model of each device.
struct DeviceLimits {
  std::optional<double> share;  ///< of the memory, above 0 and at most 1
  std::optional<Bytes> most;    ///< at most that
  Bytes reserve;                ///< kept free for others

  [[nodiscard]] bool sets_size() const { return share || most; }
  [[nodiscard]] bool any() const { return sets_size() || reserve > Bytes{0}; }
};

/// The device with the limits kept. `ceiling` is what it can have at most: of memory that CPU and
/// GPU share more than a driver hands out by default.
Device limited(const Device& device, Bytes ceiling, const DeviceLimits& limits);
/// One whole card under the limits.
Device device_of(const GpuRecord& gpu, const DeviceLimits& limits = {});
/// Whether CPU and GPU have one memory, so that what one holds the other lacks.
bool shares_host_memory(const GpuRecord& gpu);
/// What a card can have at most.
Bytes ceiling_of(const GpuRecord& gpu);

Platform platform_of(const GpuRecord& gpu);

/// How the work is divided: data x tensor x pipeline devices, on `nodes` machines together.
struct Split {
  std::int32_t tensor = 1;
  std::int32_t pipeline = 1;
  std::int32_t nodes = 1;
  std::int32_t data = 1;  ///< attention data parallel: each rank holds all but the experts
  bool experts = false;   ///< whole experts are dealt out over data x tensor ranks

  [[nodiscard]] std::int64_t devices() const { return std::int64_t{data} * tensor * pipeline; }
  friend bool operator==(const Split&, const Split&) = default;
};

/// What one device holds. An absent part is unknown and counts as nothing in the total.
struct DeviceLoad {
  Bytes weights;
  std::optional<Bytes> kv_cache;
  std::optional<Bytes> state;
  std::optional<Bytes> compute;
  std::optional<Bytes> runtime;

  [[nodiscard]] Bytes total() const;
};

/// Blocks that a device holds, counted from 0, both ends included.
struct LayerSpan {
  std::int32_t first = 0;
  std::int32_t last = 0;
  friend bool operator==(const LayerSpan&, const LayerSpan&) = default;
};

struct DevicePlacement {
  DeviceLoad load;
  Bytes usable;
  Bytes headroom;  ///< may be negative; under vLLM: utilization x total - need
  Platform platform = Platform::cuda;
  std::optional<LayerSpan> layers{};  ///< absent: none, or not known; see add_details
  Bytes replicated{};  ///< of weights and cache, what exceeds an even part of its stage
  std::optional<Bytes> total = std::nullopt;  ///< as in Device
};

/// What of a model lives in the host's memory because devices do not hold it (host offload). The
/// embedding and the buffers that always lie there are in it too.
struct HostShare {
  Bytes weights;
  Bytes kv_cache;
  Bytes state;
  Bytes compute;                           ///< compute and output buffers of the host
  std::int32_t layers = 0;                 ///< blocks that lie there whole
  std::int32_t expert_layers = 0;          ///< further blocks whose routed experts lie there
  std::optional<std::int32_t> gpu_layers;  ///< the n-gpu-layers that does it; absent: all
  std::int32_t cpu_moe = 0;                ///< the n-cpu-moe that does it
  std::vector<double> tensor_split{};      ///< shares of the devices that go with it; empty: usual
  Bytes per_device{};                      ///< vLLM: the cpu-offload-gb that does it
  std::optional<Bytes> usable;             ///< the machine's memory; absent: not known

  [[nodiscard]] Bytes total() const { return weights + kv_cache + state + compute; }
};

struct Placement {
  Split split;
  std::vector<DevicePlacement> devices;
  std::optional<HostShare> host;  ///< absent: nothing was left to the host
  bool fits = false;
};

/// The split an engine would use for `count` equal devices on machines of `per_node`, or why there
/// is none (not_divisible).
struct SplitChoice {
  std::optional<Split> split;
  std::optional<Reason> reason;
  std::string_view why;  ///< ends "cannot be split over 3 cards: …"; empty where there is a split
};
SplitChoice choose_split(const Model& model, const Format& format, const Workload& workload,
                         std::int32_t count, std::int32_t per_node);

/// Ways to divide `count` equal devices on machines of `per_node`, the preferred one first: what
/// was asked for is fixed, the rest is every factorisation. Whether the model can be cut so is
/// another question. `why` says why there is none at all.
struct SplitShapes {
  std::vector<Split> shapes;
  std::string_view why;
};
SplitShapes split_shapes(const Model& model, const Workload& workload, std::int32_t count,
                         std::int32_t per_node);

/// What stands in the way of a split: ends "cannot be split over 3 cards: …"; empty: nothing.
std::string_view split_obstacle(const Model& model, const Format& format, const Workload& workload,
                                const Split& split);

/// What each device takes, in device order.
std::vector<DeviceLoad> share(const Model& model, const Footprint& footprint,
                              const Workload& workload, Split split,
                              std::span<const Device> devices);

/// Adds which blocks lie on each device of a placement, and how much of it is a copy.
void add_details(std::vector<DevicePlacement>& devices, const Model& model, const Weights& weights,
                 const Workload& workload, const Split& split);

/// What leaves the devices under vLLM's cpu-offload-gb; absent: nothing does.
std::optional<HostShare> vllm_host_share(const Model& model, const Weights& weights,
                                         const Workload& workload, const Split& split);

/// What the host takes when the whole model runs in its memory alone.
DeviceLoad host_load(const Weights& weights, const Footprint& footprint);

/// Adds what a draft model takes on the same devices: all but the runtime, which one process has
/// once.
void add_draft_loads(std::vector<DeviceLoad>& loads, const std::vector<DeviceLoad>& draft);

/// Compares each load with what its device has. One device short is a no.
Placement judge(const std::vector<DeviceLoad>& loads, std::span<const Device> devices, Split split,
                const Workload& workload);

/// share, then judge.
Placement place(const Model& model, const Footprint& footprint, const Workload& workload,
                Split split, std::span<const Device> devices);

/// A question for the inverse solves: everything but the quantity solved for.
struct Situation {
  const Model& model;
  const Weights& weights;
  const Workload& workload;
  const Format& format;
  const EngineRecord& engine;
  std::span<const Device> devices;
  Split split;
  bool on_host = false;          ///< the one device is the host's memory
  const Draft* draft = nullptr;  ///< a model held beside it on the same devices
};

/// The largest context (tokens of one sequence) that still fits with the situation's sequences, at
/// most the model's limit; 0: not even one token. Absent when the cache is unknown or
/// nothing limits the context.
std::optional<std::int64_t> max_context(const Situation& situation);
/// The most sequences of the situation's context; 0: not even one. Absent when the cache or the
/// recurrent state is unknown.
std::optional<std::int64_t> max_sequences(const Situation& situation);

/// Both at once.
struct Reach {
  std::optional<std::int64_t> context;
  std::optional<std::int64_t> sequences;
};
Reach reach(const Situation& situation);

namespace placement {
class Room;
}

/// The same for sets that differ from a situation's in their devices only: as many of them, all
/// alike. Under vLLM a device changes more than that, so there it solves the given one only. What
/// the situation refers to, but for its devices, has to outlive it.
class ReachSolver {
 public:
  explicit ReachSolver(const Situation& situation);
  ~ReachSolver();
  ReachSolver(const ReachSolver&) = delete;
  ReachSolver& operator=(const ReachSolver&) = delete;

  Reach on(const Device& device);

 private:
  std::vector<Device> devices_;
  Situation situation_;
  Situation working_;  ///< of the devices that take a part
  bool states_known_ = false;
  std::unique_ptr<placement::Room> room_;  ///< null: there is nothing to solve
};

}  // namespace llmfit
