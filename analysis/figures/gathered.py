"""Read a gathered file (posteriors.h5): what the figures need, nothing loaded before it is asked for."""

import itertools
import tomllib

import h5py
import numpy as np


class Gathered:
    """One gathered file, open for reading. Rows (simulations) are tasks in the file's order."""

    def __init__(self, path, calibration=None):
        """`calibration`: a file that holds the tables of /calibration, where the gathered one does not."""
        self.path, self.calibration = path, calibration
        self.file = h5py.File(path, "r")
        attributes = self.file.attrs
        self.attributes = {key: text(attributes[key]) for key in attributes}
        self.campaign = tomllib.loads(self.attributes.get("campaign", ""))
        self.task = {name: self._read("task", name) for name in self.file["task"] if name != "simulation"}
        self.names = [text(name) for name in self.file["summary/parameter"][:]]
        posterior = self.file["posterior"]
        self.units = {name: text(posterior[name].attrs.get("units", "")) for name in self.names if name in posterior}
        derived = [name in posterior and bool(posterior[name].attrs.get("derived", 0)) for name in self.names]
        self.free = [name for name, is_derived in zip(self.names, derived) if not is_derived]
        self.derived = [name for name, is_derived in zip(self.names, derived) if is_derived]
        self._summary, self._tables = {}, {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()

    def _read(self, group, name):
        return decoded(self.file[group][name][:])

    @property
    def tasks(self):
        return len(self.task["id"])

    @property
    def design(self):
        return self.campaign.get("campaign", {}).get("design", "grid")

    @property
    def has_truth(self):
        return "truth" in self.file and any(name in self.file["truth"] for name in self.names)

    @property
    def usable(self):
        """Tasks that have a posterior, converged or not."""
        return self.task["status"] <= 1

    def summary(self, column, name):
        """(task) one column of /summary for one parameter."""
        if column not in self._summary:
            self._summary[column] = self.file["summary"][column][:]
        return self._summary[column][:, self.names.index(name)]

    def truth(self, name):
        """(task) true values; NaN where there is none."""
        if "truth" in self.file and name in self.file["truth"]:
            return self.file["truth"][name][:]
        return np.full(self.tasks, np.nan)

    def stored_draws(self):
        """Number of stored draws of one task, all chains together."""
        chains, draws, _ = self.file["posterior"][self.names[0]].shape
        return chains * draws

    def draws(self, name, row):
        """(chain, draw) of one task."""
        return self.file["posterior"][name][:, :, row]

    def divergences(self):
        """(task) number of divergent transitions."""
        stats = self.file.get("sample_stats", {})
        if "diverging" not in stats:
            return np.zeros(self.tasks, int)
        return np.array([int((stats["diverging"][:, :, row] == 1).sum()) for row in range(self.tasks)])

    def holds_truth(self, name):
        """(task) whether the 95 % interval of /summary holds the truth; a task without a posterior misses it."""
        low, high, truth = self.summary("q2_5", name), self.summary("q97_5", name), self.truth(name)
        return self.usable & (low <= truth) & (truth <= high)

    def table(self, name):
        """A table of /calibration, {column: values}; empty if there is none."""
        if name not in self._tables:
            with h5py.File(self.calibration or self.path, "r") as file:
                group = file.get(f"calibration/{name}", {})
                self._tables[name] = {column: decoded(group[column][:]) for column in group if column != "row"}
        return self._tables[name]

    def cells(self):
        """Grid values of the cells present, {cell: {key: value}}, in the order of the campaign file."""
        grid = dict(self.campaign.get("grid", {}))
        exclude, order = grid.pop("exclude", []), grid.pop("order", None)
        keys = order or flat_keys(grid)
        columns = [values if isinstance(values, list) else [values] for values in (lookup(grid, key) for key in keys)]
        combinations = [dict(zip(keys, values)) for values in itertools.product(*columns)]
        kept = [values for values in combinations
                if not any(all(values.get(key) == value for key, value in flat(rule).items()) for rule in exclude)]
        present = np.unique(self.task["cell"])
        return {int(cell): kept[cell] if cell < len(kept) else {} for cell in present}


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def decoded(values):
    return np.array([text(value) for value in values], dtype=object) if values.dtype == object else values


def flat(table, prefix=""):
    """A TOML table with dotted keys, flattened: {"observe": {"stars": 1}} -> {"observe.stars": 1}."""
    result = {}
    for key, value in table.items():
        result.update(flat(value, prefix + key + ".") if isinstance(value, dict) else {prefix + key: value})
    return result


def flat_keys(table):
    return list(flat(table))


def lookup(table, key):
    return flat(table)[key]


def binomial_cdf(trials, probability):
    """(trials + 1) P(X <= k)."""
    k = np.arange(trials + 1)
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, trials + 1)))])
    log_pmf = (log_factorial[trials] - log_factorial[k] - log_factorial[trials - k]
               + k * np.log(probability) + (trials - k) * np.log1p(-probability))
    return np.cumsum(np.exp(log_pmf))
