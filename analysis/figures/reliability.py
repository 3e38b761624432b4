"""Whether membership probabilities mean what they say: of stars given probability p, a fraction p are members.

Points: share of true members among the stars of a bin of probability, at the mean probability of these stars, with Jeffreys 95 %
intervals; line: as it should be. Below: the number of stars. All tasks with a posterior pooled. Stars of one catalogue share its
parameters, so the intervals, which take stars as independent, are somewhat narrow; the table's z takes that into account.

    python3 reliability.py posteriors.h5 -o reliability.pdf [--calibration calibration.h5] [--data reliability.csv]
"""

import numpy as np

import figure_command
import praesepe_style as style

TABLE = "reliability"
COLUMNS = ["low", "high", "tasks", "stars", "members", "mean_p", "share", "jeffreys_low", "jeffreys_high", "z", "p_holm"]
ALL = (0.0, 1.0)  # the bin with every star


def bins(gathered):
    """{component: {column: (bin)}}, bins with stars only."""
    table = gathered.table(TABLE)
    single = ~((table["low"] == ALL[0]) & (table["high"] == ALL[1])) & (table["stars"] > 0)
    names = dict.fromkeys(table["component"])
    return {name: {column: table[column][single & (table["component"] == name)] for column in COLUMNS} for name in names}


def draw(gathered):
    content = bins(gathered)
    figure, axes = style.plt.subplots(2, len(content), figsize=(style.COLUMN * len(content), 3.6), sharex=True, squeeze=False,
                                      gridspec_kw={"height_ratios": [3, 1]}, layout="constrained")
    for (name, table), above, below in zip(content.items(), axes[0], axes[1]):
        above.plot([0, 1], [0, 1], color=style.GREY, lw=0.8, zorder=1)
        error = [table["share"] - table["jeffreys_low"], table["jeffreys_high"] - table["share"]]
        above.errorbar(table["mean_p"], table["share"], np.maximum(error, 0), fmt="o", ms=3, lw=0.8, color=style.BLUE)
        above.set(xlim=(0, 1), ylim=(0, 1), ylabel="share of true members")
        above.set_title(name)
        below.bar(table["low"], table["stars"], table["high"] - table["low"], align="edge", color=style.BLUE, alpha=0.55)
        below.set(yscale="log", ylabel="stars", xlabel="membership probability")
    return figure


def rows(gathered):
    yield ["component", *COLUMNS]
    for name, table in bins(gathered).items():
        for row in zip(*(table[column].tolist() for column in COLUMNS)):
            yield [name, *row]


if __name__ == "__main__":
    figure_command.main(__doc__, draw, rows, needs=[TABLE])
