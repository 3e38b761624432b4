"""Write a small gathered file whose posteriors are Gaussian and exactly calibrated, in the layout of workflow/store/README.md.

The data of a task are, per parameter, an estimate = truth + error * N(0, 1); the posterior is N(estimate, error). Coverage is
therefore nominal, and every number in the file can be checked by hand.

    python3 synthetic_posteriors.py globular posteriors.h5 [--replicates 10] [--draws 1000] [--failed 3,7] [--unconverged 5]
"""

import argparse
import hashlib
import itertools
import json

import h5py
import numpy as np

CHAINS = 4
SUMMARY = ["mean", "sd", "q2_5", "q25", "median", "q75", "q97_5", "mcse_mean", "ess_bulk", "ess_tail", "r_hat", "rank"]

# name: (unit, posterior standard deviation); the truth is in the campaign
GLOBULAR = {
    "phi0": ("", 0.4), "g": ("", 0.15), "log10_mass": ("Msun", 0.02), "log10_rh": ("pc", 0.01),
    "ra": ("deg", 2e-5), "dec": ("deg", 2e-5), "parallax": ("mas", 0.004), "pmra": ("mas/yr", 0.006),
    "pmdec": ("mas/yr", 0.006), "radial_velocity": ("km/s", 0.3),
}
GLOBULAR_CAMPAIGN = """[campaign]
name = "synthetic-globular"
study = "globular"
seed = 1
replicates = {replicates}
design = "{design}"

[grid]
phi0 = [3.0, 5.0, 8.0]
g = [1.2, 1.6, 2.0]
log10_mass = [5.0, 6.0]
half_mass_radius = [3.0, 9.0]
exclude = [{{ g = 2.0, phi0 = 8.0 }}]
order = ["phi0", "g", "log10_mass", "half_mass_radius"]

[truth]
ra = 15.0
dec = -30.0
parallax = 0.25
pmra = 1.0
pmdec = -2.0
radial_velocity = 50.0
"""
LINE = {"m": ("", 0.04), "b": ("", 0.45), "ln_s_out": ("", 0.25), "w0": ("", 0.07)}
LINE_CAMPAIGN = """[campaign]
name = "synthetic-line"
study = "line-outliers"
seed = 2
replicates = {replicates}
design = "{design}"

[truth]
m = 3.17
b = -11.9
ln_s_out = 2.7
w0 = 0.75
"""
TRUTH = {
    "globular": {"ra": 15.0, "dec": -30.0, "parallax": 0.25, "pmra": 1.0, "pmdec": -2.0, "radial_velocity": 50.0},
    "line-outliers": {"m": 3.17, "b": -11.9, "ln_s_out": 2.7, "w0": 0.75},
}


def cell_truths(study):
    """The true parameters of every cell, last key fastest."""
    if study == "line-outliers":
        return [dict(TRUTH[study])]
    grid = itertools.product([3.0, 5.0, 8.0], [1.2, 1.6, 2.0], [5.0, 6.0], [3.0, 9.0])
    return [dict(TRUTH[study], phi0=phi0, g=g, log10_mass=mass, log10_rh=np.log10(rh))
            for phi0, g, mass, rh in grid if not (g == 2.0 and phi0 == 8.0)]


def write(path, study="globular", replicates=10, cells=None, draws=1000, design="grid", failed=(), unconverged=(), seed=0):
    parameters = GLOBULAR if study == "globular" else LINE
    campaign = (GLOBULAR_CAMPAIGN if study == "globular" else LINE_CAMPAIGN).format(replicates=replicates, design=design)
    truths = cell_truths(study)[:cells]
    tasks = len(truths) * replicates
    rng = np.random.default_rng(seed)
    with h5py.File(path, "w", track_order=True) as file:
        file.attrs.update({"praesepe_version": "0.1.0", "schema_version": 1, "created": "2026-01-01T00:00:00Z",
                           "inference_library": "praesepe", "campaign": campaign,
                           "campaign_sha256": hashlib.sha256(campaign.encode()).hexdigest()})
        groups = {name: file.create_group(name, track_order=True)
                  for name in ["posterior", "sample_stats", "truth", "summary", "task"]}
        scales = {}
        for group in ["posterior", "sample_stats"]:
            scales[group] = [scale(groups[group], "chain", np.arange(CHAINS)),
                             scale(groups[group], "draw", np.arange(draws)),
                             scale(groups[group], "simulation", np.arange(tasks))]
        scales["truth"] = [scale(groups["truth"], "simulation", np.arange(tasks))]
        scales["task"] = [scale(groups["task"], "simulation", np.arange(tasks))]

        names = list(parameters) + (["distance"] if study == "globular" else [])
        summary = {key: np.full((tasks, len(names)), np.nan) for key in SUMMARY}
        bad = np.isin(np.arange(tasks), failed)
        values_of, truth_of = {}, {}
        for column, name in enumerate(names):
            if name == "distance":
                unit, derived = "kpc", 1
                values, truth = 1 / values_of["parallax"], 1 / truth_of["parallax"]
            else:
                unit, error = parameters[name]
                derived = 0
                truth = np.repeat([cell[name] for cell in truths], replicates)
                estimate = truth + error * rng.standard_normal(tasks)
                values = estimate + error * rng.standard_normal((CHAINS, draws, tasks))
                values_of[name], truth_of[name] = values, truth
            values = np.where(bad, np.nan, values)
            data = add(groups["posterior"], name, values, scales["posterior"], chunks=(CHAINS, draws, 1))
            data.attrs["units"] = unit
            if derived:
                data.attrs["derived"] = 1
            if design != "data":
                add(groups["truth"], name, truth, scales["truth"]).attrs["units"] = unit
            flat = values.reshape(-1, tasks)
            summary["mean"][:, column] = flat.mean(axis=0)
            summary["sd"][:, column] = flat.std(axis=0, ddof=1)
            for key, p in {"q2_5": 0.025, "q25": 0.25, "median": 0.5, "q75": 0.75, "q97_5": 0.975}.items():
                summary[key][:, column] = np.quantile(flat, p, axis=0)
            good = ~bad
            summary["mcse_mean"][good, column] = summary["sd"][good, column] / np.sqrt(CHAINS * draws)
            summary["ess_bulk"][good, column] = rng.uniform(0.6, 1.1, good.sum()) * CHAINS * draws
            summary["ess_tail"][good, column] = rng.uniform(0.5, 1.0, good.sum()) * CHAINS * draws
            summary["r_hat"][:, column] = np.where(bad, np.nan, rng.uniform(0.9995, 1.004, tasks))
            summary["r_hat"][list(unconverged), column] = 1.2
            if design != "data":
                summary["rank"][good, column] = (flat < truth).sum(axis=0)[good]
        scales["summary"] = [scale(groups["summary"], "simulation", np.arange(tasks)),
                             scale(groups["summary"], "parameter", names, h5py.string_dtype())]
        for key, values in summary.items():
            add(groups["summary"], key, values, scales["summary"])

        stats = {name: rng.standard_normal((CHAINS, draws, tasks)) for name in ["lp", "energy"]}
        stats["acceptance_rate"] = rng.uniform(0.6, 1, (CHAINS, draws, tasks))
        stats["step_size"] = np.full((CHAINS, draws, tasks), 0.7)
        for name, values in stats.items():
            add(groups["sample_stats"], name, np.where(bad, np.nan, values), scales["sample_stats"])
        diverging = np.zeros((CHAINS, draws, tasks), np.int8)
        diverging[0, :3, list(unconverged)] = 1
        add(groups["sample_stats"], "diverging", diverging, scales["sample_stats"])
        for name in ["tree_depth", "n_steps"]:
            add(groups["sample_stats"], name, np.full((CHAINS, draws, tasks), 3), scales["sample_stats"])

        status = np.zeros(tasks, np.int8)
        status[list(unconverged)] = 1
        status[list(failed)] = 2
        ladder = [json.dumps([{"rung": "four chains", "reason": "start", "gradients": 12000}]
                             + ([{"rung": "longer", "reason": "R-hat 1.20 of phi0", "gradients": 24000}] if s == 1 else []))
                  for s in status]
        message = np.where(status == 2, "no start with finite density: 8 tried, \"phi0\" <= 1.5", "").astype(object)
        message[status == 1] = "R-hat 1.200 of phi0 after 2 rungs"
        if design == "data":
            groups.pop("truth")
            del file["truth"]
        task = {
            "id": np.arange(tasks), "cell": np.arange(tasks) // replicates, "replicate": np.arange(tasks) % replicates,
            "seed": 1000 + np.arange(tasks), "status": status, "message": message, "attempts": np.ones(tasks, int),
            "thin": np.where(status == 1, 2, 1), "ladder": ladder, "wall_time": rng.gamma(9, 2.0, tasks),
            "cpu_time": rng.gamma(9, 2.0, tasks), "n_log_density": rng.integers(20000, 60000, tasks),
            "n_stars": np.full(tasks, 1000), "host": ["node1"] * tasks, "instruction_set": ["x86-64-v3"] * tasks,
        }
        for name, values in task.items():
            text = name in ("message", "ladder", "host", "instruction_set")
            add(groups["task"], name, np.array(values, dtype=object if text else None), scales["task"],
                dtype=h5py.string_dtype() if text else None)


def add_profiles(path):
    """Adds /profiles: rho and v2 with known quantiles, 900 q / (1 + r^2) inside 30 pc, zero outside; NaN for failed tasks."""
    radius, quantiles = np.geomspace(0.1, 100, 13), np.array([0.025, 0.125, 0.25, 0.5, 0.75, 0.875, 0.975])
    with h5py.File(path, "r+") as file:
        group = file.create_group("profiles", track_order=True)
        status = file["task/status"][:]
        scales = [scale(group, "simulation", file["task/simulation"][:]), scale(group, "radius", radius),
                  scale(group, "quantile", quantiles)]
        values = np.where(radius < 30, 900 / (1 + radius**2), 0)[:, None] * quantiles
        values = np.where((status < 2)[:, None, None], values, np.nan)
        for name, unit in {"rho": "Msun/pc^3", "v2": "(km/s)^2"}.items():
            add(group, name, values, scales, chunks=(1, *values.shape[1:])).attrs["units"] = unit


def scale(group, name, values, dtype=None):
    data = group.create_dataset(name, data=values, dtype=dtype)
    data.make_scale(name)
    return data


def add(group, name, values, scales, chunks=None, dtype=None):
    big = values.ndim == 3
    data = group.create_dataset(name, data=values, dtype=dtype, compression="gzip" if big else None,
                                compression_opts=1 if big else None, shuffle=big or None,
                                chunks=(values.shape[0], values.shape[1], 1) if big else chunks)
    for axis, dimension in enumerate(scales):
        data.dims[axis].attach_scale(dimension)
    return data


def numbers(text):
    return [int(word) for word in text.split(",") if word]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", choices=["globular", "line-outliers"])
    parser.add_argument("path")
    parser.add_argument("--replicates", type=int, default=10)
    parser.add_argument("--cells", type=int)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--design", default="grid", choices=["grid", "prior", "data"])
    parser.add_argument("--failed", type=numbers, default=[])
    parser.add_argument("--unconverged", type=numbers, default=[])
    parser.add_argument("--seed", type=int, default=0)
    options = vars(parser.parse_args())
    write(**options)
