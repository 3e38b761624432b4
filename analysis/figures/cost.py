"""What the campaign cost: CPU time and evaluations of each task, by cell, and which rungs of the sampler's ladder it took.

    python3 cost.py posteriors.h5 -o cost.pdf [--data cost.csv]
"""

import collections
import json

import numpy as np

import figure_command
import praesepe_style as style


def rungs(gathered):
    """(task) how often each rung was taken."""
    counts = []
    for ladder in gathered.task["ladder"]:
        counts.append(collections.Counter(step["rung"] for step in json.loads(ladder or "[]")))
    return counts


def draw(gathered):
    figure, (time, effort, ladder) = style.plt.subplots(1, 3, figsize=(style.PAGE, 2.4), layout="constrained")
    cells, seconds = gathered.task["cell"], gathered.task["cpu_time"]
    for axes, values, words in ((time, seconds, "CPU time (s)"), (effort, gathered.task["n_log_density"], "evaluations")):
        for status, (name, colour) in enumerate(zip(style.STATUS_NAMES, style.STATUS_COLOURS)):
            chosen = (gathered.task["status"] == status) & (values > 0)
            axes.plot(cells[chosen], values[chosen], ls="", marker=style.STATUS_MARKERS[status], ms=2.5, color=colour,
                      alpha=0.7, mew=0, label=name if chosen.any() else None)
        axes.set(xlabel="cell", ylabel=words, yscale="log")
    if time.get_legend_handles_labels()[1]:
        time.legend(fontsize=6)
    counts = rungs(gathered)
    names = sorted(set().union(*counts), key=lambda name: -sum(bool(count[name]) for count in counts))
    shares = [np.mean([bool(count[name]) for count in counts]) for name in names]
    ladder.barh(range(len(names)), shares, color=style.BLUE, alpha=0.7)
    ladder.set(yticks=range(len(names)), yticklabels=names, xlim=(0, 1), xlabel="share of tasks that took the rung")
    ladder.invert_yaxis()
    return figure


def rows(gathered):
    counts = rungs(gathered)
    names = sorted(set().union(*counts))
    yield ["task", "cell", "status", "cpu_time", "n_log_density", *names]
    columns = (gathered.task[key] for key in ("id", "cell", "status", "cpu_time", "n_log_density"))
    for *values, count in zip(*columns, counts):
        yield [*(value.item() for value in values), *(count[name] for name in names)]


if __name__ == "__main__":
    figure_command.main(__doc__, draw, rows)
