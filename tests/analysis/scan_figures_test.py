"""Figures that lay cells beside or over each other, and figures of tables: the numbers they plot.

usage: scan_figures_test.py FIGURES_FOLDER
"""
import csv
import pathlib
import subprocess
import sys
import tempfile
import unittest

try:
    import h5py
    import numpy as np
    from matplotlib.path import Path
except ImportError as missing:
    print("skipped: needs python3-h5py and python3-matplotlib:", missing)
    sys.exit(77)

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import synthetic_posteriors

FIGURES = pathlib.Path(sys.argv[1])
del sys.argv[1:3]  # the second, a program, is for other tests of this folder


class ScanFigures(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.path = self.folder / "posteriors.h5"

    def draw(self, script, *arguments):
        return subprocess.run([sys.executable, "-B", FIGURES / script, *map(str, arguments), "-o", self.folder / "figure.svg"],
                              capture_output=True, text=True)

    def plotted(self, script, *arguments):
        """The rows of --data."""
        done = self.draw(script, *arguments, "--data", self.folder / "data.csv")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreater((self.folder / "figure.svg").stat().st_size, 1000)
        with open(self.folder / "data.csv", newline="") as file:
            return list(csv.DictReader(file))

    def assert_refused(self, script, *arguments, says):
        done = self.draw(script, *arguments)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(says, done.stderr)

    def test_regions_of_a_corner_hold_their_share_of_the_draws(self):
        synthetic_posteriors.write(self.path, "globular", replicates=2, cells=2, draws=1000)
        rows = self.plotted("corner.py", self.path)
        self.assertEqual({row["x_parameter"] for row in rows}, {"phi0", "g", "log10_mass", "log10_rh"})
        with h5py.File(self.path) as file:
            for cell, task in (("0", 0), ("1", 2)):
                draws = np.array([file["posterior"][name][:, :, task].ravel() for name in ("phi0", "g")]).T
                for share in ("0.75", "0.95"):
                    outline = [(float(row["x"]), float(row["y"])) for row in rows if row["kind"] == "region"
                               and (row["cell"], row["share"], row["line"]) == (cell, share, "0")
                               and (row["x_parameter"], row["y_parameter"]) == ("phi0", "g")]
                    # 4000 independent draws: standard deviation below 0.7 %; smoothing widens by a few per cent.
                    self.assertAlmostEqual(Path(outline).contains_points(draws).mean(), float(share), delta=0.03)
            truth = {row["x_parameter"]: float(row["x"]) for row in rows if (row["cell"], row["kind"]) == ("1", "truth")}
            self.assertEqual(truth["log10_rh"], file["truth/log10_rh"][2])

    def test_a_corner_of_many_cells_shows_the_first_or_those_asked_for(self):
        synthetic_posteriors.write(self.path, "globular", replicates=1, cells=8, draws=50, failed=[5])
        cells = lambda rows, kind: {row["cell"] for row in rows if row["kind"] == kind}
        self.assertEqual(cells(self.plotted("corner.py", self.path), "region"), {"0", "1", "2", "3"})
        chosen = self.plotted("corner.py", self.path, "--cells", "5,6", "--parameters", "ra,distance")
        self.assertEqual((cells(chosen, "truth"), cells(chosen, "region")), ({"5", "6"}, {"6"}))  # 5 has no posterior
        self.assert_refused("corner.py", self.path, "--cells", "8", says="cells 0 to 7")
        self.assert_refused("corner.py", self.path, "--parameters", "phi", says="--parameters phi: the file has phi0")

    def test_a_corner_of_another_study_or_without_any_posterior(self):
        synthetic_posteriors.write(self.path, "line-outliers", replicates=1, draws=50)
        self.assertEqual({row["x_parameter"] for row in self.plotted("corner.py", self.path)}, {"m", "b", "ln_s_out", "w0"})
        synthetic_posteriors.write(self.path, "line-outliers", replicates=1, draws=50, design="data")
        self.plotted("corner.py", self.path)
        synthetic_posteriors.write(self.path, "line-outliers", replicates=1, draws=50, failed=[0])
        self.plotted("corner.py", self.path)

    def test_profiles_are_those_of_the_file(self):
        synthetic_posteriors.write(self.path, "globular", replicates=2, cells=3, draws=20, failed=[2])
        synthetic_posteriors.add_profiles(self.path)
        truth = self.folder / "truth.csv"
        radii = np.geomspace(0.05, 40, 400)
        truth.write_text("# rt = 40\nr,rho,v2\n0,900,900\n"
                         + "".join(f"{r},{900 / (1 + r * r)},{900 / (1 + r * r)}\n" for r in radii))
        rows = self.plotted("profiles.py", self.path, "--truth", truth)
        self.assertEqual(len(rows), 3 * 2 * 13)
        for row in rows:
            r, velocity = float(row["radius"]), row["function"] == "sigma_1d"
            shown = lambda value: np.sqrt(value / 3) if velocity else value
            if row["cell"] == "1":
                self.assertEqual(row["q50"], "nan")  # its first replicate failed
            else:
                expected = shown(450 / (1 + r * r)) if r < 30 else 0
                self.assertAlmostEqual(float(row["q50"]), expected, delta=1e-12 * (1 + expected))
            expected = shown(900 / (1 + r * r)) if r < 40 else 0
            self.assertAlmostEqual(float(row["truth"]), expected, delta=1e-3 * (1e-9 + expected))
        self.assert_refused("profiles.py", self.path, "--functions", "sigma", says="the file has rho, v2")
        self.assert_refused("profiles.py", self.path, "--truth", truth, "--truth", truth, says="2 files for 3 cells")

    def test_a_file_without_profiles_says_so(self):
        synthetic_posteriors.write(self.path, "line-outliers", replicates=1, draws=20)
        self.assert_refused("profiles.py", self.path, says="no /profiles")

    def test_profile_coverage_is_read_from_a_file_beside(self):
        synthetic_posteriors.write(self.path, "globular", replicates=1, cells=1, draws=20)
        self.assert_refused("profile_coverage.py", self.path, says="/calibration/profile_coverage")
        columns = {"radius": [1.0, 10.0, 1.0, 10.0], "level": [0.5, 0.5, 0.95, 0.95], "tasks": [10, 0, 10, 10],
                   "hits": [5, 0, 9, 10], "coverage": [0.5, np.nan, 0.9, 1.0], "jeffreys_low": [0.2, np.nan, 0.6, 0.8],
                   "jeffreys_high": [0.8, np.nan, 0.98, 1.0], "row": [0, 1, 2, 3]}
        with h5py.File(self.folder / "calibration.h5", "w") as file:
            group = file.create_group("calibration/profile_coverage")
            group.create_dataset("function", data=["rho"] * 4, dtype=h5py.string_dtype())
            for name, values in columns.items():
                group[name] = values
        rows = self.plotted("profile_coverage.py", self.path, "--calibration", self.folder / "calibration.h5")
        self.assertEqual([(row["function"], float(row["level"]), int(row["hits"])) for row in rows],
                         [("rho", 0.5, 5), ("rho", 0.95, 9), ("rho", 0.95, 10)])

    def test_figures_of_models_read_what_the_program_prints(self):
        virial, accuracy = self.folder / "virial.csv", self.folder / "accuracy.csv"
        virial.write_text("phi0,g,virial_ratio,F_b\n" + "".join(
            f"{phi0},{g},{1.2 if g < 3 else 'nan'},2.5\n" for phi0 in (2, 3, 4) for g in (0, 1, 2, 3)))
        accuracy.write_text("# phi0 = 5\n# g = 2\ncut,r,v,ln_f,ln_f_precise\n" + "".join(
            f"{cut},{i},{i},{-i},{-i + 1e-8}\n" for cut in ("radius", "speed") for i in range(5)))
        for script, tables in (("virial.py", [virial]), ("model_accuracy.py", [accuracy, accuracy])):
            done = self.draw(script, *tables)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_refused("virial.py", accuracy, says="no column 'virial_ratio'")


if __name__ == "__main__":
    unittest.main()
