// SPDX-License-Identifier: MIT
// The page of `--format html`, read by an XML parser, set against the JSON of the same question,
// and laid out by a browser where there is one.
#include <libxml/parser.h>
#include <libxml/tree.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "render/rate_cell.hpp"
#include "support/cli.hpp"

namespace fs = std::filesystem;
using namespace llmfit::test;
using nlohmann::json;

namespace {

const std::string several = "llama2-13b --quant q8,q4 --gpu rtx-3090,l4,a100-80gb";

using Document = std::unique_ptr<xmlDoc, void (*)(xmlDocPtr)>;

Document parse_page(const std::string& text) {
  return {xmlReadMemory(text.data(), static_cast<int>(text.size()), "", "UTF-8",
                        XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET),
          xmlFreeDoc};
}

std::string name_of(const xmlNode* node) { return reinterpret_cast<const char*>(node->name); }

std::string text_of(xmlNode* node) {
  xmlChar* content = xmlNodeGetContent(node);
  std::string text = content == nullptr ? "" : reinterpret_cast<const char*>(content);
  xmlFree(content);
  return text;
}

void each_element(xmlNode* node, const std::function<void(xmlNode*)>& visit) {
  for (; node != nullptr; node = node->next) {
    if (node->type == XML_ELEMENT_NODE) visit(node);
    each_element(node->children, visit);
  }
}

std::vector<xmlNode*> elements(xmlNode* node, const std::string& name) {
  std::vector<xmlNode*> found;
  each_element(node->children, [&](xmlNode* it) {
    if (name_of(it) == name) found.push_back(it);
  });
  return found;
}

using Lines = std::vector<std::vector<std::string>>;

/// Tables of the page with this heading in their first line, as text.
std::vector<Lines> tables_with(const Document& page, const std::string& heading) {
  std::vector<Lines> found;
  for (auto* table : elements(xmlDocGetRootElement(page.get()), "table")) {
    Lines lines;
    for (auto* row : elements(table, "tr")) {
      lines.emplace_back();
      each_element(row->children, [&](xmlNode* cell) { lines.back().push_back(text_of(cell)); });
    }
    const auto& head = lines.front();
    if (std::find(head.begin(), head.end(), heading) != head.end()) found.push_back(lines);
  }
  return found;
}

std::string cell(const Lines& table, std::size_t row, const std::string& heading) {
  const auto& head = table.front();
  const auto column = std::find(head.begin(), head.end(), heading) - head.begin();
  REQUIRE(static_cast<std::size_t>(column) < head.size());
  auto text = table[row + 1][static_cast<std::size_t>(column)];
  while (text.ends_with(' ')) text.pop_back();  // figures stand below each other
  return text;
}

std::string dollars(const json& value) {
  return value.is_null() ? "-" : llmfit::render::human(llmfit::render::Usd{value.get<double>()});
}

std::string rate(const json& value) {
  return llmfit::render::human(llmfit::render::rate_cell(value.get<double>()));
}

std::string band(const json& value) { return rate(value[0]) + "-" + rate(value[1]); }

/// A folder that is gone after the test.
struct Folder {
  fs::path path =
      fs::temp_directory_path() / ("llmfit_page_" + std::to_string(std::random_device{}()));
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
};

std::string output_of(const std::string& command) {
  std::string text;
  std::FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe))
    text.push_back(static_cast<char>(c));
  pclose(pipe);
  return text;
}

std::string browser() {
  auto path = output_of(
      "command -v chromium || command -v chromium-browser || "
      "command -v google-chrome");
  while (!path.empty() && path.back() == '\n') path.pop_back();
  return path;
}

/// Shows a page in windows of several widths and tells of each how far it reaches to the right, and
/// which words of the drawings that are seen lie on each other or leave the window.
constexpr std::string_view measuring = R"(<body><script>
function look(frame) {
  const page = frame.contentDocument, width = frame.width * 1, seen = [];
  let faults = page.documentElement.scrollWidth > width ? ' wide' : '';
  for (const svg of page.querySelectorAll('figure svg')) {
    if (!svg.getBoundingClientRect().width) continue;
    const boxes = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
    for (const [name, box] of boxes) {
      seen.push(name);
      if (box.left < -0.5 || box.right > width + 0.5) faults += ' cut:' + name;
      for (const [other, it] of boxes) {
        if (it !== box && it.left < box.right - 1 && box.left < it.right - 1 &&
            it.top < box.bottom - 3 && box.top < it.bottom - 3) faults += ' over:' + name + '/' + other;
      }
    }
  }
  const note = document.createElement('p');
  note.textContent = 'width ' + width + ' words ' + seen.length + ' faults' + faults + ';';
  document.body.append(note);
}
for (const width of [360, 412, 600, 768, 1024, 1280, 1600]) {
  const frame = document.createElement('iframe');
  frame.width = width; frame.height = 900; frame.src = 'page.html';
  frame.onload = () => look(frame);
  document.body.append(frame);
}
</script></body>)";

}  // namespace

TEST_CASE("the page is well-formed, whole in itself, and every drawing says what it shows",
          "[page]") {
  const auto line = GENERATE(
      std::string("llama2-13b --quant q4 --gpu rtx-3090,l4"), several,
      std::string("deepseek-v3 --quant q4"), std::string("bert-base --quant fp16"),
      std::string("gpt-4"), std::string("llama2-13b --quant fp16 --gpu t4x1"),
      std::string("llama3-70b --engine vllm --quant awq"), std::string("phi3-mini --gpu cpu"),
      std::string("check llama2-13b --quant q4 --gpu t4"), std::string("models llama"),
      std::string("rank --gpu t4 --limit 3"), std::string("13b --quant q4"));
  INFO(line);
  const auto page = run_line(line + " --format html").out;
  const auto document = parse_page(page);
  REQUIRE(document != nullptr);
  for (const char* foreign :
       {"<script", "http:", "https:", "url(", "@import", "<link", "<img", "src=", "href="}) {
    CHECK_FALSE(contains(page, foreign));
  }
  for (auto* figure : elements(xmlDocGetRootElement(document.get()), "figure")) {
    int drawings = 0;
    for (auto* svg : elements(figure, "svg")) {
      if (elements(svg, "desc").empty()) continue;  // a key of the legend
      ++drawings;
      CHECK_FALSE(text_of(elements(svg, "title").front()).empty());
      CHECK_FALSE(text_of(elements(svg, "desc").front()).empty());
      CHECK_FALSE(elements(svg, "text").empty());
    }
    CHECK(drawings == 3);
  }
}

TEST_CASE("the figures of the page are those of the JSON", "[page]") {
  const auto page = parse_page(run_line(several + " --format html").out);
  REQUIRE(page != nullptr);
  const auto report = json::parse(run_line(several + " --frontier --json").out);
  std::vector<Lines> configurations;
  for (const auto& table : tables_with(page, "context up to")) configurations.push_back(table);
  REQUIRE(configurations.size() == report["quantizations"].size());
  for (std::size_t f = 0; f < configurations.size(); ++f) {
    const auto& rows = report["quantizations"][f]["configurations"];
    REQUIRE(configurations[f].size() == rows.size() + 1);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto& cost = rows[i]["cost"];
      CHECK(cell(configurations[f], i, "$/hour") == dollars(cost["usd_per_hour"]));
      CHECK(cell(configurations[f], i, "$/month") == dollars(cost["usd_per_month"]));
      CHECK(cell(configurations[f], i, "$/M tokens") == dollars(cost["usd_per_million_tokens"]));
      CHECK(cell(configurations[f], i, "tok/s") == rate(rows[i]["decode_tokens_per_second"]));
      CHECK(cell(configurations[f], i, "likely") == band(rows[i]["decode_tokens_per_second_band"]));
    }
  }
  const auto frontier = tables_with(page, "#");
  REQUIRE(frontier.size() == 1);
  const auto& points = report["frontier"];
  REQUIRE(frontier[0].size() == points.size() + 1);
  for (std::size_t i = 0; i < points.size(); ++i) {
    CHECK(cell(frontier[0], i, "#") == std::to_string(i + 1));
    CHECK(cell(frontier[0], i, "format") == points[i]["quantization"]);
    CHECK(cell(frontier[0], i, "$/hour") == dollars(points[i]["usd_per_hour"]));
    CHECK(cell(frontier[0], i, "tok/s") == rate(points[i]["tokens_per_second"]));
    CHECK(cell(frontier[0], i, "likely") == band(points[i]["tokens_per_second_band"]));
    CHECK(cell(frontier[0], i, "$/M tokens") == dollars(points[i]["usd_per_million_tokens"]));
  }
}

TEST_CASE("users x context of the page is that of --table", "[page]") {
  const auto tables = tables_with(parse_page(run_line(several + " --format html").out), "1 user");
  REQUIRE(tables.size() == 1);
  const auto report = json::parse(run_line(several + " --table --json").out);
  const auto& table = report["quantizations"][0]["table"];
  REQUIRE(tables[0].size() == table["contexts"].size() + 1);
  for (std::size_t row = 0; row < table["contexts"].size(); ++row) {
    for (std::size_t column = 0; column < table["sequences"].size(); ++column) {
      const auto& entry = table["rows"][row][column];
      const llmfit::Bytes needed{entry["needed_bytes"].get<std::int64_t>()};
      const auto expected =
          entry["fits"] == true ? llmfit::base::gib_text(needed, llmfit::base::Round::up, 1) : "no";
      CHECK(tables[0][row + 1][column + 1] == expected);
    }
  }
}

TEST_CASE("in a browser no page scrolls sideways and no words of a drawing meet", "[page]") {
  const auto program = browser();
  if (program.empty()) {
    WARN("skipped: no Chromium is installed");
    return;
  }
  const auto line = GENERATE(std::string("llama2-13b"), several, std::string("deepseek-v3"),
                             std::string("bert-base"), std::string("gpt-4"),
                             std::string("llama3-70b --engine vllm"),
                             std::string("llama2-13b --quant fp16 --gpu t4x1"),
                             std::string("llama2-13b --quant q4 --gpu rtx-3090,l4,t4,a100-80gb,"
                                         "h100,rtx-4090,v100-16gb,rtx-a6000"));
  INFO(line);
  const Folder folder;
  std::ofstream(folder.path / "page.html") << run_line(line + " --format html").out;
  std::ofstream(folder.path / "measure.html") << measuring;
  const auto seen =
      output_of(program +
                " --headless --no-sandbox --disable-gpu --allow-file-access-from-files "
                "--user-data-dir='" +
                (folder.path / "profile").string() +
                "' --virtual-time-budget=20000 "
                "--dump-dom 'file://" +
                (folder.path / "measure.html").string() + "' 2>/dev/null");
  for (const int width : {360, 412, 600, 768, 1024, 1280, 1600}) {
    const auto start = "width " + std::to_string(width) + " words ";
    const auto at = seen.find("<p>" + start);
    REQUIRE(at != std::string::npos);
    const auto note = seen.substr(at + 3, seen.find(';', at) - at - 3);
    CHECK_FALSE(contains(note, "words 0 "));
    CHECK(note.substr(note.find(" faults")) == " faults");
  }
}
