// SPDX-License-Identifier: MIT
#include "render/json_hardware.hpp"

namespace llmfit::render {
namespace {

using Shape = JsonWriter::Shape;

void write_layers(JsonWriter& json, const std::optional<LayerSpan>& layers) {
  json.key("layers");
  if (!layers) return json.value(nullptr);
  json.array(Shape::line);
  json.value(layers->first);
  json.value(layers->last);
  json.end();
}

void write_device(JsonWriter& json, const DevicePlacement& device) {
  json.object(Shape::line);
  json.field("weights_bytes", device.load.weights);
  json.field("kv_cache_bytes", device.load.kv_cache);
  json.field("state_bytes", device.load.state);
  json.field("compute_bytes", device.load.compute);
  json.field("runtime_bytes", device.load.runtime);
  json.field("total_bytes", device.load.total());
  json.field("usable_bytes", device.usable);
  if (device.total) json.field("size_bytes", *device.total);
  json.field("headroom_bytes", device.headroom);
  json.field("replicated_bytes", device.replicated);
  write_layers(json, device.layers);
  json.end();
}

}  // namespace

void write_cards(JsonWriter& json, std::span<const GpuCount> gpus) {
  double count = 0;
  for (const auto& part : gpus) count += part.count;
  json.text_field("gpu", gpus.size() == 1 ? gpus.front().gpu->id : std::string_view{});
  json.field("gpu_count", count);
  if (gpus.size() < 2) return;
  json.key("gpus");
  json.array();
  for (const auto& part : gpus) {
    json.object(Shape::line);
    json.field("id", part.gpu->id);
    json.field("count", part.count);
    json.end();
  }
  json.end();
}

void write_devices(JsonWriter& json, std::span<const DevicePlacement> devices) {
  json.key("devices");
  json.array();
  for (const auto& device : devices) write_device(json, device);
  json.end();
}

}  // namespace llmfit::render
