#!/usr/bin/env bash
# From a bare Debian machine to a report: installs packages, builds, recovers eight simulated clusters on all cores.
set -euo pipefail
cd "$(dirname "$0")/.."

jobs/install-packages.sh
cmake --preset native -DPRAESEPE_TESTS=OFF >/dev/null
cmake --build --preset native --target praesepe

cores=$(nproc)
if [ "$(id -u)" -eq 0 ]; then
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi
mpirun -n "$cores" build/native/praesepe run jobs/quickstart.toml -o runs/quickstart
echo
echo "Report: $PWD/runs/quickstart/report/index.html"
