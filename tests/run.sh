#!/usr/bin/env bash
# Installs packages, builds, and runs all tests but the slow ones; unit tests under address and undefined-behaviour
# sanitizers too. `tests/run.sh --all` adds the slow ones.
set -euo pipefail
cd "$(dirname "$0")/.."

jobs/install-packages.sh --tests
if [ "$(id -u)" -eq 0 ]; then
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi

echo "== release: all tests"
cmake --preset release -DPRAESEPE_PRECOMPILE=ON >/dev/null
cmake --build --preset release
ctest --preset release

echo "== sanitizers: unit tests of sim, infer and the store"
cmake --preset asan >/dev/null
cmake --build --preset asan
ctest --preset asan

if [ "${1:-}" = --all ]; then
  echo "== release: slow tests"
  ctest --test-dir build/release -L slow --output-on-failure -j 2
fi
