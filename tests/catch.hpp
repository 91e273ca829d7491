// SPDX-License-Identifier: MIT
#pragma once

// Catch2 2.13 (Debian 12) has one header, 3.x has many: tests include this one and use only what
// both have (no Approx, no Contains matcher).
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
