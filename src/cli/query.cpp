// SPDX-License-Identifier: MIT
#include "cli/query.hpp"

#include <algorithm>
#include <span>

#include "base/names.hpp"

namespace llmfit::cli {
namespace {

using Texts = std::vector<std::string_view>;

void append(Texts& texts, std::span<const std::string_view> more) {
  texts.insert(texts.end(), more.begin(), more.end());
}

Texts texts_of(const ModelRecord& model) {
  Texts texts = {model.id, model.name, model.family, model.hf_repo};
  append(texts, model.aliases);
  return texts;
}

Texts texts_of(const GpuRecord& gpu) {
  Texts texts = {gpu.id, gpu.name, gpu.vendor, gpu.segment};
  append(texts, gpu.aliases);
  append(texts, gpu.families);
  return texts;
}

Texts texts_of(const OfferRecord& offer, const Catalog& catalog) {
  Texts texts = {offer.provider, offer.instance, offer.region, offer.id, offer.kind};
  if (offer.gpu_index < 0) {
    texts.emplace_back("cpu");
  } else {
    append(texts, texts_of(catalog.gpus()[static_cast<std::size_t>(offer.gpu_index)]));
  }
  return texts;
}

Texts texts_of(const Format& format) {
  return {format.id, format.name, format.family, to_string(format.engine)};
}

template <class Record, class TextsOf>
std::vector<const Record*> select(std::span<const Record> records, const Query& query,
                                  TextsOf texts) {
  std::vector<const Record*> result;
  for (const auto& record : records) {
    if (query.matches(texts(record))) result.push_back(&record);
  }
  return result;
}

}  // namespace

Query::Query(const std::vector<std::string>& words) {
  for (const auto& word : words) {
    std::size_t start = 0;
    while (start <= word.size()) {
      const auto end = std::min(word.find(' ', start), word.size());
      auto folded = base::fold_name(std::string_view(word).substr(start, end - start));
      if (!folded.empty()) words_.push_back(std::move(folded));
      start = end + 1;
    }
  }
}

bool Query::matches(const std::vector<std::string_view>& texts) const {
  if (words_.empty()) return true;
  std::vector<std::string> folded;
  folded.reserve(texts.size());
  for (const auto text : texts) folded.push_back(base::fold_name(text));
  return std::all_of(words_.begin(), words_.end(), [&](const std::string& word) {
    return std::any_of(folded.begin(), folded.end(), [&](const std::string& text) {
      return text.find(word) != std::string::npos;
    });
  });
}

std::vector<const ModelRecord*> find_models(const Catalog& catalog, const Query& query) {
  return select(catalog.models(), query, [](const ModelRecord& model) { return texts_of(model); });
}

std::vector<const GpuRecord*> find_gpus(const Catalog& catalog, const Query& query) {
  return select(catalog.gpus(), query, [](const GpuRecord& gpu) { return texts_of(gpu); });
}

std::vector<const OfferRecord*> find_offers(const Catalog& catalog, const Query& query) {
  return select(catalog.offers(), query,
                [&](const OfferRecord& offer) { return texts_of(offer, catalog); });
}

std::vector<const Format*> find_formats(const Catalog& catalog, const Query& query) {
  return select(catalog.formats(), query, [](const Format& format) { return texts_of(format); });
}

std::vector<std::string_view> provider_names(const Catalog& catalog) {
  std::vector<std::string_view> names;
  for (const auto& offer : catalog.offers()) names.push_back(offer.provider);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace llmfit::cli
