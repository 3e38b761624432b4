"""The figures of a report, in the order of the page: name, how it is drawn, what it shows, and what it needs."""

from typing import Callable, NamedTuple

import averaged_posterior
import contraction
import corner
import cost
import coverage_curve
import diagnostics
import intervals
import profile_coverage
import profiles
import rank_ecdf
import rank_histogram
import recovery
import reliability


class Figure(NamedTuple):
    name: str
    draw: Callable
    heading: str
    caption: str
    table: str = ""           # of /calibration, without which there is nothing to draw
    needs_truth: bool = True

    def is_possible(self, gathered):
        if self.name == "profiles" and not profiles.functions(gathered):
            return False
        if not gathered.free or (self.needs_truth and not gathered.has_truth):
            return False
        return not self.table or bool(gathered.table(self.table))


FIGURES = [
    Figure("recovery", recovery.draw, "Recovery",
           "Number of realisations whose 95 % interval holds the truth. Framed: a count this far out has a chance below 2.5 % "
           "where the coverage is 95 %."),
    Figure("rank_ecdf", rank_ecdf.draw, "Ranks against uniform",
           "Empirical distribution of the truth's rank minus the uniform one; band: exact, 95 % of uniform curves lie inside "
           "all along; red: outside. Of many panels a few leave their band by chance: the table corrects for that.", "ecdf"),
    Figure("rank_histogram", rank_histogram.draw, "Rank histograms",
           "A hump means intervals too wide, a trough too narrow, a slope a bias. Band: central 99 % of the binomial law, bin "
           "by bin.", "ranks"),
    Figure("intervals", intervals.draw, "Credible intervals",
           "95 % intervals (bars) and posterior means (points); where the truth is known, the blue line, red intervals miss it.",
           needs_truth=False),
    Figure("coverage_curve", coverage_curve.draw, "Coverage at every level",
           "Observed against nominal coverage, pooled over cells; band: central 95 % of the binomial law, level by level.",
           "coverage_curve"),
    Figure("contraction", contraction.draw, "What the data said",
           "z-score of the truth against contraction, the share of the prior's variance that the data took away; where the "
           "prior looks at the data, the distribution of z beside the standard normal.", "scores"),
    Figure("averaged_posterior", averaged_posterior.draw, "Averaged posterior",
           "Mean of all posteriors in bins of equal prior probability: flat if the posteriors are right. A weak test.",
           "averaged_posterior"),
    Figure("corner", corner.draw, "Joint posteriors",
           "First realisation of each cell shown: regions of highest density with 75 and 95 % of the draws, smoothed marginals, "
           "true values as lines.", needs_truth=False),
    Figure("profiles", profiles.draw, "Posterior functions",
           "First realisation of each cell shown: median, 50, 75 and 95 % bands, and the bands relative to the median.",
           needs_truth=False),
    Figure("profile_coverage", profile_coverage.draw, "Coverage of posterior functions",
           "How often pointwise bands hold the true function; outside the cluster truth and band are both zero.",
           "profile_coverage"),
    Figure("reliability", reliability.draw, "Reliability of memberships",
           "Share of true members among stars of a membership probability: on the diagonal if probabilities mean what they say. "
           "Bars: Jeffreys 95 % intervals of independent stars.", "reliability"),
    Figure("cost", cost.draw, "Cost", "CPU time and evaluations of the log density by task, and the rungs of the sampler's "
           "ladder that were taken.", needs_truth=False),
    Figure("diagnostics", diagnostics.draw, "Diagnostics",
           "Worst over the sampled parameters of each task; dashed: what counts as converged. Markers on the lower edge have no "
           "value.", needs_truth=False),
]
