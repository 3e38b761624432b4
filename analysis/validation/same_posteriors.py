"""Whether two samplers found the same posteriors: one line a task and parameter, two gathered files of the same tasks.

    python3 same_posteriors.py runs/full/posteriors.h5 runs/collapsed/posteriors.h5

Each line has mean and standard deviation of either file; the difference of the means in Monte Carlo errors of both; the
ratio of the standard deviations; rank-normalised split R-hat over the chains of both together, the larger of that of the
values and of their distances from the median; and the probability p of two samples of one law to differ by more
(Kolmogorov-Smirnov), the draws thinned to KEPT nearly independent ones: it sees a shift of a fifth of a standard
deviation, the Monte Carlo errors see more. The last line says how many p are below 0.05 after Holm's correction for all
lines.
"""

import argparse
import pathlib
import statistics
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "figures"))
from gathered import Gathered

KEPT = 200


def thinned(draws):
    """KEPT of the draws (chain, draw), evenly spaced in each chain."""
    each = KEPT // draws.shape[0]
    return draws[:, np.linspace(0, draws.shape[1] - 1, each).round().astype(int)].ravel()


def kolmogorov_smirnov_p(a, b):
    """Stephens' correction of the effective size, and the asymptotic law."""
    both = np.sort(np.concatenate([a, b]))
    cdf_a, cdf_b = (np.searchsorted(np.sort(x), both, side="right") / len(x) for x in (a, b))
    root = np.sqrt(len(a) * len(b) / (len(a) + len(b)))
    scaled = (root + 0.12 + 0.11 / root) * np.abs(cdf_a - cdf_b).max()
    k = np.arange(1, 101)
    return float(np.clip(2 * ((-1.0) ** (k - 1) * np.exp(-2 * (k * scaled) ** 2)).sum(), 0, 1))


def normal_scores(values):
    """Of average ranks, so that copies of one draw have one score."""
    unique, inverse, count = np.unique(values, return_inverse=True, return_counts=True)
    rank = np.cumsum(count) - 0.5 * (count - 1)
    normal = statistics.NormalDist()
    score = np.array([normal.inv_cdf((r - 0.375) / (values.size + 0.25)) for r in rank])
    return score[inverse].reshape(values.shape)


def r_hat(chains):
    """Of chains (chain, draw), split in two (Vehtari et al. 2021)."""
    half = chains.shape[1] // 2
    split = np.concatenate([chains[:, :half], chains[:, -half:]])
    largest = 0.0
    for values in (split, np.abs(split - np.median(split))):
        z = normal_scores(values)
        ratio = z.mean(axis=1).var(ddof=1) / z.var(axis=1, ddof=1).mean()
        largest = max(largest, float(np.sqrt((half - 1) / half + ratio)))
    return largest


def rows(a, b):
    for task in range(a.tasks):
        for name in a.free:
            x, y = a.draws(name, task), b.draws(name, task)
            draws = min(x.shape[1], y.shape[1])
            error = np.hypot(a.summary("mcse_mean", name)[task], b.summary("mcse_mean", name)[task])
            yield {"task": int(a.task["id"][task]), "parameter": name, "mean": (x.mean(), y.mean()), "sd": (x.std(), y.std()),
                   "errors": (x.mean() - y.mean()) / error, "r_hat": r_hat(np.concatenate([x[:, :draws], y[:, :draws]])),
                   "p": kolmogorov_smirnov_p(thinned(x), thinned(y))}


def rejected(p, level=0.05):
    """Number of p rejected by Holm's procedure."""
    ordered = np.sort(p)
    below = ordered * np.arange(len(p), 0, -1) < level
    return int(len(p) if below.all() else below.argmin())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs=2)
    files = parser.parse_args().files
    with Gathered(files[0]) as a, Gathered(files[1]) as b:
        if list(a.task["id"]) != list(b.task["id"]):
            sys.exit(f"{files[1]}: has other tasks than {files[0]}")
        lines = list(rows(a, b))
    print("task,parameter,mean_1,mean_2,sd_1,sd_2,difference_in_errors,sd_ratio,r_hat,p")
    for line in lines:
        (mean_1, mean_2), (sd_1, sd_2) = line["mean"], line["sd"]
        print(f"{line['task']},{line['parameter']},{mean_1:.6g},{mean_2:.6g},{sd_1:.3g},{sd_2:.3g},{line['errors']:.2f},"
              f"{sd_1 / sd_2:.3f},{line['r_hat']:.4f},{line['p']:.3f}")
    p = np.array([line["p"] for line in lines])
    errors = np.array([line["errors"] for line in lines])
    print(f"{len(p)} comparisons: {rejected(p)} with p < 0.05 after Holm, smallest p {p.min():.3f}; differences of means "
          f"{np.sqrt((errors**2).mean()):.2f} Monte Carlo errors in rms, at most {np.abs(errors).max():.2f}; "
          f"largest R-hat {max(line['r_hat'] for line in lines):.4f}; "
          f"mean ratio of standard deviations {np.mean([line['sd'][0] / line['sd'][1] for line in lines]):.4f}", file=sys.stderr)


if __name__ == "__main__":
    main()
