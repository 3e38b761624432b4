"""The scripts of analysis/validation that compare real globular clusters with their fits.

usage: real_clusters_test.py FIGURES_FOLDER
"""
import pathlib
import sys
import unittest

try:
    import h5py  # noqa: F401, the scripts need it
    import matplotlib  # noqa: F401
    import numpy as np
except ImportError as missing:
    print("skipped: needs python3-h5py and python3-matplotlib:", missing)
    sys.exit(77)

sys.path.insert(0, str(pathlib.Path(sys.argv[1]).parent / "validation"))
del sys.argv[1:3]  # the second, a program, is for other tests of this folder
import real_clusters
import real_clusters_select


class Dispersion(unittest.TestCase):
    def measured(self, sigma, stars=2000):
        """Stars with errors of 1 to 8 km/s, and as many of a field, which do not count."""
        rng = np.random.default_rng(20230831)
        error = rng.uniform(1, 8, (2, 2 * stars))
        member = np.arange(2 * stars) < stars
        offset = np.where(member, sigma, 100) * rng.normal(size=error.shape) + error * rng.normal(size=error.shape)
        information = (2 * sigma**2 / (sigma**2 + error[:, member] ** 2) ** 2).sum()
        return real_clusters.axis_dispersion(offset, error, member.astype(float)), information**-0.5

    def test_is_that_of_the_members_without_their_errors(self):
        (best, low, high), expected_error = self.measured(5.0)
        self.assertLess(abs(best - 5.0), 4 * expected_error)  # false alarms: 6e-5
        self.assertAlmostEqual((high - low) / 2, expected_error, delta=0.1 * expected_error + 0.025)

    def test_has_an_interval_that_begins_at_zero_where_errors_explain_all(self):
        (best, low, high), _ = self.measured(0.01)
        self.assertEqual(low, 0)
        self.assertLess(best, 1)
        self.assertLess(high, 1)


class Selection(unittest.TestCase):
    def test_keeps_bright_stars_of_the_ring_of_the_campaign(self):
        ra, dec, outer, inner = real_clusters_select.footprint("gc-m5")
        self.assertGreater(inner, 0)
        star = lambda radius, magnitude: {"ra": str(ra), "dec": str(dec + radius), "phot_g_mean_mag": str(magnitude)}
        rows = [star(0.9 * inner, 15), star(1.1 * inner, 15), star(0.9 * outer, 17.9), star(0.9 * outer, 18.1), star(1.1 * outer, 15)]
        self.assertEqual(real_clusters_select.select(rows, "gc-m5"), rows[1:3])


if __name__ == "__main__":
    unittest.main()
