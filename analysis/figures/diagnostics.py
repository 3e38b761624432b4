"""Sampler diagnostics over the tasks: worst R-hat, least ESS, divergent transitions, wall time.

Worst over the sampled parameters. Colour and marker tell the status; tasks without numbers are marked at the bottom.

    python3 diagnostics.py posteriors.h5 -o diagnostics.pdf [--data diagnostics.csv]
"""

import warnings

import numpy as np

import figure_command
import praesepe_style as style
from gathered import Gathered

R_HAT, ESS = 1.01, 1000  # what "converged" asks for


def table(gathered):
    """{column: (task)}."""
    def worst(column, reduce):
        values = np.array([gathered.summary(column, name) for name in gathered.free])
        if len(values) == 0:
            return np.full(gathered.tasks, np.nan)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a failed task has no numbers: NaN is the answer
            return reduce(values, axis=0)

    return {"simulation": gathered.task["id"], "status": gathered.task["status"],
            "max_r_hat": worst("r_hat", np.nanmax), "min_ess_bulk": worst("ess_bulk", np.nanmin),
            "min_ess_tail": worst("ess_tail", np.nanmin), "divergences": gathered.divergences(),
            "wall_time": gathered.task["wall_time"]}


def draw(gathered):
    values = table(gathered)
    status = values["status"]
    figure, grid = style.plt.subplots(2, 2, figsize=(style.PAGE, 3.6), sharex=True, layout="constrained")
    panels = [("max_r_hat", r"largest $\hat R - 1$", True), ("min_ess_bulk", "least bulk ESS", True),
              ("divergences", "divergent transitions", False), ("wall_time", "wall time (s)", True)]
    for axes, (name, label, logarithmic) in zip(grid.flat, panels):
        y = np.asarray(values[name], float)
        # R-hat may fall below 1 by chance: shown at the smallest excess the axis has.
        y = np.maximum(y - 1, 1e-4) if name == "max_r_hat" else y
        for code, (colour, marker) in enumerate(zip(style.STATUS_COLOURS, style.STATUS_MARKERS)):
            chosen = status == code
            known = chosen & np.isfinite(y) & ((y > 0) | (not logarithmic))
            axes.plot(values["simulation"][known], y[known], marker, ms=2.8, color=colour, mew=0.5, alpha=0.8,
                      ls="none")
            lost = chosen & ~known
            if not lost.any():
                continue
            axes.plot(values["simulation"][lost], np.full(lost.sum(), 0.03), marker, ms=3.2, color=colour, mew=0.6,
                      ls="none", transform=axes.get_xaxis_transform(), clip_on=False)
        if logarithmic and (np.isfinite(y) & (y > 0)).any():
            axes.set_yscale("log")
        axes.set_ylabel(label)
    grid[0, 0].axhline(R_HAT - 1, color=style.GREY, lw=0.8, ls="--")
    grid[0, 1].axhline(ESS, color=style.GREY, lw=0.8, ls="--")
    grid[1, 0].set_ylim(bottom=-0.5)
    for axes in grid[1]:
        axes.set_xlabel("task")
    handles = [style.plt.Line2D([], [], color=style.STATUS_COLOURS[code], marker=style.STATUS_MARKERS[code], ms=3.5,
                                ls="none", label=f"{style.STATUS_NAMES[code]} ({(status == code).sum()})")
               for code in range(5) if (status == code).any()]
    figure.get_layout_engine().set(rect=(0, 0, 1, 0.94))
    figure.legend(handles=handles, loc="upper center", ncols=len(handles))
    return figure


def rows(gathered):
    values = table(gathered)
    yield list(values)
    yield from zip(*(column.tolist() for column in values.values()))



if __name__ == "__main__":
    figure_command.main(__doc__, draw, rows)
