"""Opens the files of write_examples.cpp with one reader and compares everything with the formulas of example_results.cpp.

usage: read_examples.py FOLDER (h5py | netCDF4 | xarray-netcdf4 | xarray-h5netcdf)
"""
import csv
import hashlib
import math
import pathlib
import sys

try:
    import h5netcdf  # noqa: F401
    import h5py
    import netCDF4
    import numpy as np
    import xarray
except ImportError as missing:
    print("skipped: needs python3-h5py, -netcdf4, -h5netcdf and -xarray:", missing)
    sys.exit(77)

GROUPS = ["posterior", "sample_stats", "truth", "summary", "profiles", "task", "observed_data", "latents", "membership"]
TASK = ["id", "cell", "replicate", "seed", "status", "message", "attempts", "thin", "ladder", "wall_time", "cpu_time",
        "n_log_density", "n_stars", "host", "instruction_set"]
SUMMARY = ["mean", "sd", "q2_5", "q25", "median", "q75", "q97_5", "mcse_mean", "ess_bulk", "ess_tail", "r_hat", "rank"]
STATISTICS = ["lp", "acceptance_rate", "diverging", "tree_depth", "n_steps", "step_size", "energy", "an_extra_one"]
QUANTITIES = ["phi0", "log10_mass", "distance"]


def filled(rows, columns, offset):
    return np.array([[offset + math.sin(1 + r + 10 * c) / 3 for c in range(columns)] for r in range(rows)])


class H5py:
    """Each reader: names(group), dims, attribute, values and the root's attributes, as plain Python and NumPy."""

    def __init__(self, path):
        self.file = h5py.File(path, "r")

    def groups(self):  # h5py sorts the root's members by name
        return sorted(self.file, key=(GROUPS + ["constant_data", "calibration"]).index)

    def names(self, group):
        return [n for n, d in self.file[group].items() if isinstance(d, h5py.Dataset) and not h5py.h5ds.is_scale(d.id)]

    def dims(self, group, name):
        return tuple(d[0].name.split("/")[-1] for d in self.file[group][name].dims)

    def values(self, group, name):
        data = self.file[group][name]
        return data.asstr()[...] if h5py.check_string_dtype(data.dtype) else data[...]

    def attribute(self, group, name, key):
        return self.file[group][name].attrs.get(key)

    def root(self, key):
        return self.file.attrs[key]


class NetCDF4:
    def __init__(self, path):
        self.file = netCDF4.Dataset(path)
        self.file.set_auto_mask(False)

    def groups(self):
        return list(self.file.groups)

    def names(self, group):
        g = self.file[group]
        return [n for n in g.variables if n not in g.dimensions]

    def dims(self, group, name):
        return self.file[group][name].dimensions

    def values(self, group, name):
        return self.file[group][name][...]

    def attribute(self, group, name, key):
        variable = self.file[group][name]
        return variable.getncattr(key) if key in variable.ncattrs() else None

    def root(self, key):
        return self.file.getncattr(key)


class Xarray:
    def __init__(self, path, engine):
        self.path, self.engine = path, engine
        self.top = self.open(None)
        assert not self.top.variables, "coordinates at the root break arviz"

    def open(self, group):
        return xarray.open_dataset(self.path, group=group, engine=self.engine)

    def groups(self):
        return list(netCDF4.Dataset(self.path).groups)

    def names(self, group):
        return list(self.open(group).data_vars)

    def dims(self, group, name):
        return self.open(group)[name].dims

    def values(self, group, name):
        return self.open(group)[name].values

    def attribute(self, group, name, key):
        return self.open(group)[name].attrs.get(key)

    def root(self, key):
        return self.top.attrs[key]


def check_gathered(file):
    same = np.testing.assert_array_equal
    assert file.groups() == GROUPS + ["calibration"], file.groups()
    assert file.names("posterior") == QUANTITIES
    assert file.names("sample_stats") == STATISTICS, file.names("sample_stats")
    assert file.names("truth") == QUANTITIES
    assert file.names("summary") == SUMMARY
    assert file.names("profiles") == ["rho", "v2"]
    assert file.names("task") == TASK
    assert file.names("observed_data") == ["origin", "source_id", "parallax", "parallax_error"]

    for name in QUANTITIES:
        assert file.dims("posterior", name) == ("chain", "draw", "simulation")
    assert file.dims("sample_stats", "diverging") == ("chain", "draw", "simulation")
    assert file.dims("truth", "phi0") == ("simulation",)
    assert file.dims("summary", "r_hat") == ("simulation", "parameter")
    assert file.dims("profiles", "rho") == ("simulation", "radius", "quantile")
    assert file.dims("observed_data", "parallax") == ("simulation", "star")
    assert file.dims("latents", "distance") == ("sample", "simulation", "star")
    assert file.dims("membership", "p") == ("simulation", "star", "component")
    assert file.dims("membership", "truth") == ("simulation", "star")
    same(file.values("posterior", "simulation"), np.arange(5))
    same(file.values("summary", "parameter"), QUANTITIES)
    same(file.values("profiles", "quantile"), [0.025, 0.5, 0.975])
    same(file.values("membership", "component"), ["cluster", "field"])

    for q, name in enumerate(QUANTITIES):
        draws = file.values("posterior", name)
        assert draws.dtype == np.float64
        for task in (0, 1, 3):
            same(draws[:, :, task], filled(7, 3, task + 100.0 * q).T)
        assert np.isnan(draws[:, :, [2, 4]]).all()
    assert file.attribute("posterior", "log10_mass", "units") == "log10(Msun)"
    assert file.attribute("posterior", "phi0", "derived") is None
    assert file.attribute("posterior", "distance", "derived") == 1

    diverging = file.values("sample_stats", "diverging")
    assert diverging.dtype == (bool if isinstance(file, Xarray) else np.int8), diverging.dtype
    assert diverging.sum() == 3 and diverging[1, 3, 0]
    assert file.values("sample_stats", "n_steps").dtype == np.int64
    same(file.values("task", "status"), [0, 0, 2, 1, 4])
    assert file.values("task", "status").dtype == np.int8
    same(file.values("task", "seed"), 9_000_000_000_000_000_000 + np.arange(5))
    assert list(file.values("task", "host")) == ["node-ä", "node-ä", "node-1", "node-ä", ""]
    assert file.values("task", "message")[3].startswith('R-hat of "g"')
    same(file.values("truth", "log10_mass"), 5.0 + np.arange(5))
    source = file.values("observed_data", "source_id")
    same(source[1], [4611686018427387905, 4611686018427387906, 4611686018427387907, -1, -1])
    same(file.values("observed_data", "parallax")[0], [0.2, 0.2 + 0.01, np.nan, np.nan, np.nan])

    assert file.root("schema_version") == 1 and file.root("inference_library") == "praesepe"
    assert hashlib.sha256(file.root("campaign").encode()).hexdigest() == file.root("campaign_sha256")
    assert file.names("calibration/coverage") == ["parameter", "level", "hits"]
    same(file.values("calibration/coverage", "hits"), [160, 304])


def check_csv(file, path):
    with open(path) as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 5 * 3
    for row in rows:
        task, q = int(row["simulation"]), QUANTITIES.index(row["parameter"])
        for column in set(row) - {"simulation", "parameter"}:
            group = ("truth", row["parameter"]) if column == "truth" else ("summary", column)
            stored = file.values(*group)[task] if column == "truth" else file.values(*group)[task, q]
            np.testing.assert_array_equal(float(row[column]), stored, err_msg=str(row))


def check_extracted(file):
    assert file.groups() == ["posterior", "sample_stats", "observed_data", "constant_data"], file.groups()
    assert file.names("posterior") == QUANTITIES
    assert file.dims("posterior", "phi0") == ("chain", "draw")
    np.testing.assert_array_equal(file.values("posterior", "chain"), np.arange(3))
    np.testing.assert_array_equal(file.values("posterior", "log10_mass"), filled(7, 3, 101.0).T)
    assert file.dims("sample_stats", "diverging") == ("chain", "draw")
    assert file.dims("observed_data", "parallax") == ("star",)
    assert file.values("observed_data", "parallax").shape == (3,)
    assert file.dims("constant_data", "log10_mass") == ()
    assert file.values("constant_data", "log10_mass") == 6.0
    assert file.root("inference_library") == "praesepe" and file.root("created_at").endswith("Z")


def main(folder, reader):
    folder = pathlib.Path(folder)
    opened = {"h5py": H5py, "netCDF4": NetCDF4, "xarray-netcdf4": lambda p: Xarray(p, "netcdf4"),
              "xarray-h5netcdf": lambda p: Xarray(p, "h5netcdf")}[reader]
    gathered = opened(str(folder / "posteriors.h5"))
    check_gathered(gathered)
    check_csv(gathered, folder / "summary.csv")
    check_extracted(opened(str(folder / "task1.nc")))
    shard = opened(str(folder / "shards" / "000001.h5"))
    assert shard.groups() == GROUPS
    np.testing.assert_array_equal(shard.values("posterior", "phi0")[:, :, 0], filled(7, 3, 1.0).T)
    np.testing.assert_array_equal(shard.values("task", "simulation"), [1])


main(*sys.argv[1:])
