// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace llmfit::render {

/// Of the page: light or dark as the reader's system is, for windows from 360 pixels on.
inline constexpr std::string_view html_style = R"(
:root { color-scheme: light dark; --ink: #1c2024; --paper: #ffffff; --line: #d9dde2;
  --soft: #5b6570; --bar: #2f6fbb; --good: #1a7f37; --bad: #b42318; --warn: #8a5a00;
  --good-cell: #e3f4e7; --bad-cell: #fbe6e4; --cloud: #a9b2bb;
  --part0: #2f6fbb; --part1: #d9822b; --part2: #2a9d8f; --part3: #8e5bb5; --part4: #8a949e; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e8ea; --paper: #15181b; --line: #343a40; --soft: #9aa4ae;
    --bar: #6ea8e8; --good: #4cc26a; --bad: #ff7b6e; --warn: #e0ac4a;
    --good-cell: #15301d; --bad-cell: #3a1c1a; --cloud: #5d666f;
    --part0: #5b9be0; --part1: #e39a4e; --part2: #45b8aa; --part3: #b086d6; --part4: #7b858f; } }
body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 90rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: break-word; }
h1 { font-size: 1.3rem; margin-bottom: 0.2rem; }
h2 { font-size: 1.05rem; margin-top: 2rem; }
p { max-width: 60rem; }
.scroll { overflow-x: auto; margin: 1.25rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.25rem 0.6rem; border-bottom: 1px solid var(--line); text-align: left;
  vertical-align: top; white-space: nowrap; }
th { white-space: normal; }
.right { text-align: right; }
.option { white-space: nowrap; }
.wrap { white-space: normal; overflow-wrap: anywhere; min-width: 10rem; }
.words { white-space: normal; min-width: 11rem; }
.aside, .note { color: var(--soft); }
.warning { color: var(--warn); }
.good { color: var(--good); font-weight: 600; }
.bad { color: var(--bad); font-weight: 600; }
.shaded .good { background: var(--good-cell); font-weight: inherit; text-align: right; }
.shaded .bad { background: var(--bad-cell); font-weight: inherit; text-align: right; }
.track { width: 15rem; min-width: 11rem; }
.bar { height: 0.8rem; background: var(--bar); border-radius: 2px; }
figure { margin: 1.25rem 0; }
figure > div > svg { display: block; width: 100%; height: auto; overflow: visible; }
.narrow { max-width: 460px; }
.middling { max-width: 800px; }
.wide { max-width: 1180px; }
.middling, .wide { display: none; }
@media (min-width: 600px) { .narrow, .wide { display: none; } .middling { display: block; } }
@media (min-width: 1000px) { .narrow, .middling { display: none; } .wide { display: block; } }
@media (max-width: 599px) { body { margin: 1rem auto; } 
  table { font-size: 0.85rem; } th, td { padding: 0.25rem 0.4rem; }
  .words { min-width: 7rem; } .words:last-child { min-width: 13rem; }
  .track { width: 5rem; min-width: 3rem; } }
figcaption { color: var(--soft); font-size: 0.85rem; margin-top: 0.5rem; }
.key { display: inline-block; margin-right: 1.2rem; }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink); }
svg .tick { fill: var(--soft); }
svg .name { font-weight: 600; paint-order: stroke; stroke: var(--paper); stroke-width: 3px;
  stroke-linejoin: round; }
.grid { stroke: var(--line); stroke-width: 1; }
.mark { stroke: var(--ink); stroke-width: 1.2; stroke-dasharray: 4 3; }
.cloud { fill: none; stroke: var(--cloud); stroke-width: 3.5; stroke-linecap: round; }
.stairs { fill: none; stroke: var(--bar); stroke-width: 1.5; }
.leader { stroke: var(--soft); stroke-width: 0.8; }
.whisker { stroke: var(--bar); stroke-width: 1.2; opacity: 0.65; }
.best { fill: var(--bar); stroke: var(--paper); stroke-width: 1; }
.part0 { fill: var(--part0); }
.part1 { fill: var(--part1); }
.part2 { fill: var(--part2); }
.part3 { fill: var(--part3); }
.part4 { fill: var(--part4); }
)";

}  // namespace llmfit::render
