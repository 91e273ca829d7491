// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>

#include "llmfit/catalog.hpp"

namespace llmfit::catalog {

/// The initialiser of record `number`. Arrays and sub-records that it points at are added to
/// `before` as named constants.
std::string cpp_record(const ModelRecord& model, std::size_t number, std::string& before);
std::string cpp_record(const GpuRecord& gpu, std::size_t number, std::string& before);
std::string cpp_record(const OfferRecord& offer, std::size_t number, std::string& before);
std::string cpp_record(const Format& format, std::size_t number, std::string& before);
std::string cpp_record(const EngineRecord& engine, std::size_t number, std::string& before);
std::string cpp_record(const NameEntry& entry, std::size_t number, std::string& before);
std::string cpp_record(std::string_view text, std::size_t number, std::string& before);

/// The same for the architecture of model `number`.
std::string cpp_architecture(const ArchitectureRecord& record, std::size_t number,
                             std::string& before);

}  // namespace llmfit::catalog
