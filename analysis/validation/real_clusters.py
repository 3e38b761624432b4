"""Posterior predictive checks of three real globular clusters: surface densities and proper-motion dispersions.

Above, stars per square arcminute in rings: those of the catalogue, and what the posterior expects of the next catalogue of as many
stars in the same footprint, 95 % with its counting noise; draws of cluster and field together, N (f Sigma / A + (1 - f) / Omega), are
continued to where the catalogue has no stars. The published profile is one of all stars, scaled to the catalogue's number.

Below, the velocity dispersion along one axis of the sky that the cluster's stars of each ring have, errors of proper motions taken
away, and that of the model, its projected second moment. Stars count by their membership probability p; sigma maximises

    sum p ln N(mu - mu_c; sigma^2 / (k d)^2 + sigma_mu^2)

over both axes, at the posterior's mean distance d and motion mu_c; its interval is where twice that sum falls by one.

    python3 real_clusters.py real --praesepe build/native/praesepe -o real-clusters.png

wants gc-m5.csv and so on (real_clusters_select.py) in the folder, and posteriors as real/gc-m5/posteriors.h5; a cluster
without one is left out. Published profiles are read from the folder globular below PRAESEPE_DATA.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "figures"))
import model_csv
import praesepe_style as style
from association_members import KMS_PER_MASYR_KPC
from gathered import Gathered
from real_clusters_select import footprint, radius_deg, read

DRAWS = 100
FIRST_ARCMIN = 0.3  # radius where curves begin
PC_PER_KPC_ARCMIN = 1000 * np.radians(1 / 60)

# Campaign: title, rings of counts, rings of dispersions (arcmin), published profile.
CLUSTERS = {
    "gc-m5": ("M 5", np.geomspace(3, 24, 11), [3, 4, 5.5, 8, 12, 24], "ngc5904_numdens_profile.csv"),
    "gc-pal5": ("Palomar 5", np.geomspace(0.5, 8, 8), [0, 2, 4, 8], None),
    "gc-ngc5053": ("NGC 5053", np.geomspace(0.5, 15, 11), [0, 2, 4, 15], "ngc5053_numdens_profile.csv"),
}


def numbers(rows, name):
    return np.array([float(row[name]) for row in rows])


def axis_dispersion(offset, error, weight):
    """Velocities and errors (axis, star), weights (star): the dispersion that maximises the sum above and its interval."""
    sigma = np.linspace(0, 40, 1601)[:, None, None]
    variance = sigma**2 + error**2
    total = -0.5 * ((offset**2 / variance + np.log(variance)) @ weight).sum(axis=1)
    near = sigma[2 * (total.max() - total) < 1]
    return sigma[total.argmax()].item(), near[0].item(), near[-1].item()


class Fit:
    """A campaign's catalogue, memberships and some of its draws."""

    def __init__(self, folder, campaign, praesepe):
        self.stars = read(folder / f"{campaign}.csv")
        _, _, self.outer, self.inner = (60 * value for value in footprint(campaign))
        with Gathered(folder / campaign / "posteriors.h5") as fitted:
            mean = {name: fitted.summary("mean", name)[0] for name in fitted.names}
            self.members = fitted.file["membership/p"][0, :, 0]
            names = ("phi0", "g", "mass", "half_mass_radius", "distance", "cluster_fraction")
            draws = {name: fitted.draws(name, 0).ravel() for name in names}
        self.distance, self.motion = mean["distance"], {name: mean[name] for name in ("pmra", "pmdec")}
        self.radius = 60 * radius_deg(self.stars, mean["ra"], mean["dec"])
        chosen = np.linspace(0, draws["g"].size - 1, DRAWS).astype(int)
        self.draws = [Draw(praesepe, self, {name: values[i] for name, values in draws.items()}) for i in chosen]

    def dispersion(self, low, high):
        """Of the stars between two radii (arcmin): best value and ends of the interval, km/s."""
        inside = (self.radius >= low) & (self.radius < high)
        offset = [numbers(self.stars, name)[inside] - centre for name, centre in self.motion.items()]
        error = [numbers(self.stars, f"{name}_error")[inside] for name in self.motion]
        scale = KMS_PER_MASYR_KPC * self.distance
        return axis_dispersion(scale * np.array(offset), scale * np.array(error), self.members[inside])


class Draw:
    """One draw's model, by radius in arcmin."""

    def __init__(self, praesepe, fit, values):
        options = [f"--{name}={values[name]:.12g}" for name in ("phi0", "g", "mass", "half_mass_radius")]
        with tempfile.NamedTemporaryFile("w+", suffix=".csv") as file:
            subprocess.run([praesepe, "model", "globular", *options], stdout=file, check=True)
            table = model_csv.read(file.name)
        self.radius = table["r"] / (PC_PER_KPC_ARCMIN * values["distance"])
        self.sigma, self.v2 = table["Sigma"], table["v2p"]
        ring = np.linspace(fit.inner, fit.outer, 4001)
        inside = np.trapz(2 * np.pi * ring * self.surface(ring), ring)
        share = values["cluster_fraction"]
        self.scale = len(fit.stars) * share / inside
        self.field = len(fit.stars) * (1 - share) / (np.pi * (fit.outer**2 - fit.inner**2))

    def surface(self, radius):
        return np.interp(radius, self.radius, self.sigma, right=0)

    def density(self, radius):
        """Stars a square arcminute, cluster and field."""
        return self.scale * self.surface(radius) + self.field

    def dispersion(self, radius):
        return np.sqrt(np.interp(radius, self.radius, self.v2, right=np.nan))


def draw_counts(axes, fit, edges, published):
    area, middle = np.pi * np.diff(np.square(edges)), np.sqrt(edges[1:] * edges[:-1])
    fine = [np.linspace(low, high, 50) for low, high in zip(edges[:-1], edges[1:])]
    expected = np.array([[np.trapz(2 * np.pi * r * draw.density(r), r) for r in fine] for draw in fit.draws])
    noise = np.random.default_rng(1).poisson(np.repeat(expected, 20, axis=0))
    low, high = np.quantile(noise, [0.025, 0.975], axis=0) / area
    axes.fill_between(edges, np.append(low, low[-1]), np.append(high, high[-1]), step="post", color=style.BLUE, alpha=0.3, lw=0,
                      label="predicted, 95 %")
    radius = np.geomspace(FIRST_ARCMIN, edges[-1], 200)
    curves = np.array([draw.density(radius) for draw in fit.draws])
    axes.plot(radius, np.quantile(curves, [0.025, 0.975], axis=0).T, color=style.BLUE, lw=0.6, ls="--")
    axes.plot(radius, np.median(curves, axis=0), color=style.BLUE)
    counts = np.histogram(fit.radius, edges)[0]
    axes.errorbar(middle, counts / area, np.sqrt(counts) / area, fmt="o", ms=3, lw=0.7, color=style.BLACK, label="catalogue")
    if published:
        r, density = numbers(published, "rad_arcmin"), numbers(published, "density_arcmin-2")
        seen = np.array([np.trapz(2 * np.pi * x * np.interp(x, r, density), x) for x in fine]).sum()
        shown = (r > FIRST_ARCMIN) & (r < edges[-1])
        axes.plot(r[shown], density[shown] * counts.sum() / seen, "x", ms=3, mew=0.6, color=style.RED, label="de Boer et al. 2019")
    ends = curves[curves > 0]
    axes.set(xscale="log", yscale="log", ylim=(0.3 * ends.min(), 4 * ends.max()))


def draw_dispersions(axes, fit, edges):
    radius = np.geomspace(FIRST_ARCMIN, fit.outer, 100)
    curves = np.array([draw.dispersion(radius) for draw in fit.draws])
    low, middle, high = np.nanquantile(curves, [0.025, 0.5, 0.975], axis=0)
    axes.fill_between(radius, low, high, color=style.BLUE, alpha=0.3, lw=0)
    axes.plot(radius, middle, color=style.BLUE)
    for inner, outer in zip(edges[:-1], edges[1:]):
        inside = (fit.radius >= inner) & (fit.radius < outer)
        place = np.average(fit.radius[inside], weights=fit.members[inside])
        best, bottom, top = fit.dispersion(inner, outer)
        axes.errorbar(place, best, [[best - bottom], [top - best]], fmt="o", ms=3, lw=0.7, color=style.BLACK)
    axes.set(xscale="log", ylim=(0, None), xlabel="R (arcmin)")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--praesepe", default="praesepe", help="the program")
    arguments.add_argument("-o", "--output", required=True, type=pathlib.Path)
    given = arguments.parse_args()
    if "PRAESEPE_DATA" not in os.environ:
        arguments.error("PRAESEPE_DATA does not name the folder of the data")
    style.use()
    fitted = [campaign for campaign in CLUSTERS if (given.folder / campaign / "posteriors.h5").exists()]
    if not fitted:
        arguments.error(f"{given.folder}: no posterior; expected one at {next(iter(CLUSTERS))}/posteriors.h5, or of another of {', '.join(CLUSTERS)}")
    figure, axes = style.plt.subplots(2, len(fitted), figsize=(style.PAGE, 4.6), sharex="col", squeeze=False, layout="constrained")
    for (above, below), campaign in zip(axes.T, fitted):
        title, rings, wide_rings, profile = CLUSTERS[campaign]
        fit = Fit(given.folder, campaign, given.praesepe)
        published = profile and read(pathlib.Path(os.environ["PRAESEPE_DATA"]) / "globular" / profile)
        draw_counts(above, fit, rings, published)
        draw_dispersions(below, fit, wide_rings)
        above.set_title(title)
    axes[0, 0].set_ylabel(r"stars arcmin$^{-2}$")
    axes[1, 0].set_ylabel(r"$\sigma$ of one axis (km s$^{-1}$)")
    axes[0, -1].legend(loc="lower left")
    style.save(figure, given.output)


if __name__ == "__main__":
    main()
