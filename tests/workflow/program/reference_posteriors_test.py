"""`praesepe infer` against posteriors that others computed: exact quadrature for the line and for a cluster's distance, an
independent sampler for globular clusters.

Run with --clusters for the two globular clusters alone (minutes), with --distance for the distance, without for the line.
"""

import csv
import pathlib
import sys
import unittest

import h5py
import numpy

from program import ProgramTest

REFERENCE = pathlib.Path(__file__).resolve().parents[2] / "reference"


def rows(name):
    lines = (REFERENCE / name).read_text().splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


class Infer(ProgramTest):
    def infer(self, study, catalogue, *options):
        done = self.praesepe("infer", study, REFERENCE / catalogue, "-o", "out.h5", *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        with h5py.File(self.folder / "out.h5") as file:
            names = [name.decode() for name in file["summary/parameter"][()]]
            summary = {key: dict(zip(names, file[f"summary/{key}"][0])) for key in ("mean", "sd", "mcse_mean")}
            draws = {name: file[f"posterior/{name}"][..., 0].ravel() for name in names}
            self.assertEqual(file["task/status"][0], 0)
        return summary, draws


    def compare(self, summary, draws, name, exact):
        # 4 Monte Carlo errors of the mean: false alarm 6e-5 each
        self.assertLess(abs(summary["mean"][name] - float(exact["mean"])), 4 * summary["mcse_mean"][name], name)
        # 4000 draws, ESS > 2000: a quantile's probability is known to 0.005; 5 of them
        for column, probability in (("q2.5", 0.025), ("q50", 0.5), ("q97.5", 0.975)):
            below = numpy.mean(draws[name] < float(exact[column]))
            error = numpy.sqrt(probability * (1 - probability) / 2000)
            self.assertLess(abs(below - probability), 5 * error, f"{name} {column}")


class Line(Infer):
    def test_exact_posterior_of_the_published_example(self):
        summary, draws = self.infer("line-outliers", "line_outliers.csv", "--stars", self.folder / "members.csv")
        exact = {row["name"]: row for row in rows("line_outliers_reference.csv") if row["kind"] == "param"}
        for name in ("m", "b", "ln_s_out", "w0"):
            self.compare(summary, draws, name, exact[name])
        self.compare_memberships()

    def compare_memberships(self):
        with open(self.folder / "members.csv", newline="") as file:
            members = list(csv.DictReader(file))
        lines = (REFERENCE / "line_outliers_reference.csv").read_text().splitlines()
        exact = [line.split(",") for line in lines if line.startswith("point,")]
        self.assertEqual(len(members), len(exact))
        for row, (_, point, p_member, _) in zip(members, exact):
            # 4.5 Monte Carlo errors: false alarm 2e-4 for all 32; the reference has six digits
            error = 4.5 * float(row["p_line_mcse"]) + 2e-6
            self.assertLess(abs(float(row["p_line"]) - float(p_member)), error, f"point {point}")
            self.assertAlmostEqual(float(row["p_line"]) + float(row["p_outlier"]), 1, places=12)


class Distance(Infer):
    def test_exact_posterior_of_the_published_example(self):
        summary, draws = self.infer("cluster-distance", "cluster_distance.csv", "--column", "parallax=parallax_mas",
                                    "--column", "parallax_error=parallax_err_mas")
        exact = {row["name"]: row for row in rows("cluster_distance_reference.csv")}
        self.compare(summary, draws, "mu_r", exact["mu_r_kpc"])
        self.compare(summary, draws, "ln_std_r", exact["ln_std_r"])
        numpy.testing.assert_allclose(draws["std_r"], 1e3 * numpy.exp(draws["ln_std_r"]), rtol=1e-12)


class Clusters(Infer):
    def check(self, dataset):
        summary, draws = self.infer("globular", f"{dataset}.csv", "--stars", self.folder / "stars.csv")
        self.check_stars(summary["mean"]["distance"])
        for row in rows("cluster_posteriors.csv"):
            if row["dataset"] != dataset:
                continue
            name = row["parameter"]
            low, high = numpy.quantile(draws[name], [0.005, 0.995])
            self.assertTrue(low < float(row["truth"]) < high, f"{name}: truth outside the 99 % interval")
            if name == "radial_velocity":  # the reference has another prior
                continue
            error = numpy.hypot(summary["mcse_mean"][name], float(row["mcse"]))
            self.assertLess(abs(summary["mean"][name] - float(row["mean"])), 4 * error, name)
            self.assertLess(abs(summary["sd"][name] / float(row["sd"]) - 1), 0.15, name)

    def check_stars(self, cluster_distance):
        with open(self.folder / "stars.csv", newline="") as file:
            stars = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
        self.assertEqual(len(stars), 1000)
        for star in stars:
            self.assertLess(star["distance_q16"], star["distance_median"])
            self.assertLess(star["distance_median"], star["distance_q84"])
            self.assertLess(abs(star["distance_median"] / cluster_distance - 1), 0.2)
        # true motions are less uncertain than measured ones, and lie about them within the errors
        moved = numpy.array([(star["pmra_median"] - star["pmra"]) / star["pmra_error"] for star in stars])
        self.assertLess(numpy.sqrt(numpy.mean(moved**2)), 1.0)
        half = numpy.array([0.5 * (star["pmra_q84"] - star["pmra_q16"]) / star["pmra_error"] for star in stars])
        self.assertLess(numpy.median(half), 1.0)

    def test_cluster_with_phi0_5(self):
        self.check("cluster_1")

    def test_cluster_with_phi0_8(self):
        self.check("cluster_2")


if __name__ == "__main__":
    chosen = "Clusters" if "--clusters" in sys.argv else "Distance" if "--distance" in sys.argv else "Line"
    unittest.main(argv=[sys.argv[0], chosen])
