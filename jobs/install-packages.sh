#!/usr/bin/env bash
# Installs what building and running Praesepe needs from Debian's packages, and nothing if all is there already.
set -euo pipefail

packages=(
  g++ cmake ninja-build pkg-config git                                                 # building
  libeigen3-dev libboost-dev libboost-program-options-dev libfmt-dev                   # the core
  librandom123-dev libxsimd-dev libtomlplusplus-dev nlohmann-json3-dev libssl-dev
  libcfitsio-dev zlib1g-dev libhdf5-dev libopenmpi-dev openmpi-bin                     # files and ranks
  python3 python3-numpy python3-h5py python3-matplotlib                                # figures
)
if [ "${1:-}" = --tests ]; then
  packages+=(slurm-wlm munge libgtest-dev libgmock-dev python3-xarray python3-netcdf4 python3-h5netcdf python3-astropy)
fi

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

sudo=()
if [ "$(id -u)" -ne 0 ]; then
  sudo=(sudo)
fi
echo "Installing: ${missing[*]}"
"${sudo[@]}" apt-get update -qq
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
