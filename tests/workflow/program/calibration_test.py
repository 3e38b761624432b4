"""Simulation-based calibration of the whole pipeline: truths from the prior, and their ranks among the draws uniform.

Campaign file, plan, simulation, sampler, shards, gathering: a fault in any of them would show here. 100 tasks of the
line-outliers study.
"""

import pathlib
import unittest

import h5py
import numpy

from program import ProgramTest

JOBS = pathlib.Path(__file__).resolve().parents[3] / "jobs"


def kolmogorov_smirnov(u):
    """Distance of a sample from the uniform distribution, and the size of a test that would just reject it."""
    u, n = numpy.sort(u), len(u)
    d = max(numpy.max(numpy.arange(1, n + 1) / n - u), numpy.max(u - numpy.arange(n) / n))
    k = numpy.arange(1, 101)
    x = (numpy.sqrt(n) + 0.12 + 0.11 / numpy.sqrt(n)) * d
    return d, 2 * numpy.sum((-1.0) ** (k - 1) * numpy.exp(-2 * k**2 * x**2))


class Calibration(ProgramTest):
    def test_ranks_of_the_truths_are_uniform(self):
        done = self.praesepe("run", JOBS / "line-outliers.toml", "-o", "sbc", "--no-report")
        self.assertIn(done.returncode, (0, 3), done.stderr)
        with h5py.File(self.folder / "sbc/posteriors.h5") as file:
            # A task that did not converge keeps its rank: leaving it out would be choosing the answer.
            self.assertGreaterEqual(numpy.sum(file["task/status"][()] == 0), 95)
            self.assertEqual(numpy.sum(file["task/status"][()] >= 2), 0)
            for name in ("m", "b", "ln_s_out", "w0"):
                draws, truth = file[f"posterior/{name}"][()], file[f"truth/{name}"][()]
                u = numpy.mean(draws < truth, axis=(0, 1))
                d, p = kolmogorov_smirnov(u)
                # four tests at 1e-4: a false alarm in 2500 seeds, and the seed is fixed
                self.assertGreater(p, 1e-4, f"{name}: KS distance {d:.3f}")


if __name__ == "__main__":
    unittest.main()
