// SPDX-License-Identifier: MIT
#pragma once

#include "unit/cli_fixture.hpp"
