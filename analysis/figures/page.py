"""Draw all figures of a report and write index.html and a page a task, beside the tables that are already there.

    python3 page.py posteriors.h5 -o FOLDER [--figure recovery]... [--figure task:12]...
FOLDER holds summary.csv, task.csv, campaign.toml and, when there are truths, the tables of the calibration, as CSV and in
calibration.h5.
"""

import argparse
import json
import multiprocessing
import os
import pathlib
import sys
import traceback

import numpy as np

import diagnostics
import intervals
import praesepe_style as style
import recovery
import report_figures
import task_page
from gathered import Gathered
from hypertext import SCRIPT, document, escape, number, percent, plural, read_table, short, table

ALL_PAGES = 64     # a campaign of up to so many tasks gets a page for each
FIRST_PAGES = 4    # a larger one for these, and those that need a look
MOST_WORKERS = 8   # processes that draw; each holds the file's tables
FAMILY_WISE_LEVEL = 0.05


class Report:
    def __init__(self, gathered, folder, figures):
        self.gathered, self.folder = gathered, pathlib.Path(folder)
        self.named = [name for name in figures if not name.startswith("task:")]
        self.asked_tasks = {int(name[5:]) for name in figures if name.startswith("task:")}
        self.status = gathered.task["status"]
        self.coverage, self.by_cell, self.uniformity, self.broken = (
            read_table(self.folder / f"{name}.csv") for name in ("coverage", "coverage_by_cell", "uniformity", "broken"))
        self.summary_rows = {}
        for row in read_table(self.folder / "summary.csv"):
            self.summary_rows.setdefault(int(row["simulation"]), []).append(row)
        self.diagnostics = diagnostics.table(gathered)

    def rate(self, parameter, level, counting="all", cell=None):
        rows = self.coverage if cell is None else self.by_cell
        return next((row for row in rows if row["parameter"] == parameter and abs(float(row["level"]) - level) < 1e-9
                     and row["counting"] == counting and (cell is None or int(row["cell"]) == cell)), None)

    # figures

    def save(self, figure, name):
        """SVG for the page and PDF for a paper; returns the SVG's text, to be put into the page."""
        folder = self.folder / "figures"
        style.plt.rcParams["svg.hashsalt"] = name  # ids that no other figure on the page has
        style.save(figure, folder / f"{name}.svg")
        figure.set_layout_engine("none")  # as it stands: finding the layout again takes as long as drawing
        style.save(figure, folder / f"{name}.pdf")
        style.close(figure)
        text = (folder / f"{name}.svg").read_text()
        return text[text.index("<svg"):]

    def figure(self, drawer, name, caption):
        svg = self.save(drawer, name)
        return (f"<figure>{svg}<figcaption>{caption} "
                f'<a href="figures/{name}.pdf">PDF</a>, <a href="figures/{name}.svg">SVG</a></figcaption></figure>\n')

    def interval_cells(self):
        """The first cell and the one where most intervals miss, unless all fit on one page."""
        pages = intervals.pages(self.gathered)
        if not self.coverage or len(pages) == 1:
            return pages[:1]
        rates = {cell: float(self.rate("all", 0.95, cell=cell)["coverage"]) for cell in pages}
        worst = min(pages, key=rates.get)
        return list(dict.fromkeys([pages[0], worst]))

    def interval_figures(self, caption):
        g = self.gathered
        text = "".join(self.figure(intervals.draw(g, cell), "intervals" if cell is None else f"intervals_{cell:04d}", caption)
                       for cell in self.interval_cells())
        if len(intervals.pages(g)) > 1:
            text += ('<p class="note">Shown: the first cell and the one with the lowest coverage. All: '
                     "<code>python3 intervals.py posteriors.h5 -o intervals.pdf</code></p>")
        return text

    def figures(self):
        """Those that were asked for and that the file allows."""
        return [figure for figure in report_figures.FIGURES
                if (not self.named or figure.name in self.named) and figure.is_possible(self.gathered)]

    def figure_html(self, name):
        figure = next(figure for figure in report_figures.FIGURES if figure.name == name)
        if name == "intervals":
            return self.interval_figures(figure.caption)
        return self.figure(figure.draw(self.gathered), name, figure.caption)

    # task pages

    def page_rows(self):
        g = self.gathered
        if self.named:
            chosen = np.zeros(g.tasks, bool)
        elif g.tasks <= ALL_PAGES:
            chosen = np.ones(g.tasks, bool)
        else:
            chosen = (self.status != 0) & (self.status != style.MISSING)
            chosen[:FIRST_PAGES] = True
        return np.flatnonzero(chosen | np.isin(g.task["id"], list(self.asked_tasks)))

    def task_page(self, row):
        g = self.gathered
        task, name = int(g.task["id"][row]), f"{int(g.task['id'][row]):06d}"
        facts = [[escape(key), escape(g.task[key][row])] for key in g.task if key not in ("ladder", "message")]
        body = f'<p><a href="../index.html">Report</a></p><h1>Task {task}: {style.STATUS_NAMES[self.status[row]]}</h1>'
        if g.task["message"][row]:
            body += f'<p class="bad">{escape(g.task["message"][row])}</p>'
        body += self.posterior_table([task])
        if task_page.chosen_draws(g, row):
            for part, drawer in task_page.DRAWERS.items():
                figure = drawer(g, row)
                figure.savefig(self.folder / "tasks" / f"{name}_{part}.png", dpi=90)
                style.close(figure)
                body += f'<figure><img src="{name}_{part}.png" alt="{part} of task {task}"></figure>'
            if len(g.free) > task_page.PARAMETERS:
                body += f'<p class="note">Shown: the first {task_page.PARAMETERS} of {len(g.free)} parameters.</p>'
        else:
            body += "<p>This task has no posterior.</p>"
        body += "<h2>Ladder</h2>" + self.ladder_table(row) + "<h2>Task</h2>" + table(["", ""], facts, (0, 1))
        (self.folder / "tasks" / f"{name}.html").write_text(document(f"Task {task}", body))

    def ladder(self, row):
        try:
            return json.loads(self.gathered.task["ladder"][row] or "[]")
        except json.JSONDecodeError:
            return []

    def ladder_table(self, row):
        keys = ["rung", "reason", "gradients"]
        return table(keys, [[escape(step.get(key, "")) for key in keys] for step in self.ladder(row)], (0, 1))

    # parts of the page

    def posterior_table(self, tasks):
        header = ["task", "parameter", "unit", "truth", "mean", "sd", "2.5 %", "median", "97.5 %", "MCSE", "ESS bulk",
                  "ESS tail", "R-hat"]
        rows = []
        for task in tasks:
            for row in self.summary_rows.get(task, []):
                numbers = [short(row[key]) for key in ("truth", "mean", "sd", "q2_5", "median", "q97_5", "mcse_mean")]
                numbers += [number(row["ess_bulk"], 0), number(row["ess_tail"], 0), number(row["r_hat"], 4)]
                rows.append([str(task), escape(row["parameter"]), escape(self.gathered.units.get(row["parameter"], "")),
                             *numbers])
        if not self.gathered.has_truth:
            header.pop(3)
            rows = [row[:3] + row[4:] for row in rows]
        return table(header, rows, (1, 2))

    def finding(self):
        g = self.gathered
        converged = int((self.status == 0).sum())
        counts = [f"{(self.status == code).sum()} {style.STATUS_NAMES[code]}" for code in range(1, 5)
                  if (self.status == code).any()]
        tasks = f"{converged} of {plural(g.tasks, 'task')} converged" + (f"; {', '.join(counts)}" if counts else "") + "."
        if (self.status == style.MISSING).any():
            tasks += " What is missing counts nowhere: the campaign is not finished."
        if self.broken:
            tasks += f" Draws of {', '.join('task ' + row['task'] for row in self.broken)} are NaN: counted as misses."
        if not self.coverage:
            return f"{tasks} {'Real data have no known truth, so there is no coverage' if g.design == 'data' else 'The file has no truths, so there is no coverage'}: the posteriors are below."
        pooled, lower = self.rate("all", 0.95), self.rate("all", 0.95, "failures_as_hits")
        if pooled is None or pooled["tasks"] == "0":
            return f"{tasks} No task has run that tells which parameters were sampled, so there is no coverage."
        text = (f"95 % intervals hold the truth in <strong>{percent(pooled['coverage'])}</strong> "
                f"[{percent(pooled['jeffreys_low'])}, {percent(pooled['jeffreys_high'])}] of {plural(int(pooled['tasks']), 'task')} × "
                f"{plural(len(g.free), 'parameter')}")
        if pooled["hits"] != lower["hits"]:
            text += f" (tasks without a posterior counted as misses; {percent(lower['coverage'])} if as hits)"
        rows = [self.rate(name, 0.95) for name in g.free]
        worst = max(rows, key=lambda row: abs(float(row["coverage"]) - 0.95))
        text += (f"; furthest from nominal: {escape(worst['parameter'])} with {percent(worst['coverage'])} "
                 f"[{percent(worst['jeffreys_low'])}, {percent(worst['jeffreys_high'])}]. {tasks}")
        return text + self.verdict()

    def family(self):
        """Rows on which the verdict of simulation-based calibration rests, all tasks counted."""
        return [row for row in self.uniformity if row["counting"] == "all" and row["in_family"] == "1"]

    def verdict(self):
        family = self.family()
        if not family:
            return (" Whether ranks are uniform was not tested: this program does not understand the campaign of the file."
                    if self.gathered.design == "prior" and self.coverage else "")
        outside = sorted((row for row in family if float(row["p_holm"]) <= FAMILY_WISE_LEVEL), key=lambda row: float(row["p"]))
        smallest = min(float(row["p_holm"]) for row in family)
        if not outside:
            return (f" <strong>The ranks of all {len(family)} quantities are uniform</strong> as far as these tasks can tell "
                    f"(smallest p-value, corrected for their number: {smallest:.2g}).")
        names = ", ".join(escape(row["quantity"]) for row in outside)
        return (f' <strong class="bad">The ranks of {names} are not uniform</strong> (smallest p-value, corrected for the '
                f"number of quantities: {smallest:.2g}): these posteriors are not what they claim to be.")

    def uniformity_section(self):
        if not self.uniformity:
            return ""
        rows = []
        for row in self.uniformity:
            bad = row["in_family"] == "1" and float(row["p_holm"]) <= FAMILY_WISE_LEVEL
            p = f"{float(row['p']):.3g}"
            rows.append([escape(row["quantity"]), row["kind"], row["counting"], row["tasks"], row["missing"],
                         f'<span class="bad">{p}</span>' if bad else p, short(row["p_holm"]), number(row["log_gamma"], 2)])
        return (f"<h2>Simulation-based calibration</h2><p>The truths were drawn from the prior, so the rank of the truth among "
                f"{self.uniformity[0]['draws']} draws is uniform for every quantity if the posteriors are right. p: exact, from "
                "the largest excursion of the empirical distribution (Säilynoja et al. 2022). Holm: corrected within the family "
                f"of parameters, likelihood and joint quantities, so that the chance of any false alarm is "
                f"{100 * FAMILY_WISE_LEVEL:.0f} %; derived quantities and products are shown for the diagnosis. Counting "
                '<em>all</em>, a task without a posterior misses in every quantity. Numbers: <a href="uniformity.csv">'
                'uniformity.csv</a>, <a href="ranks.csv">ranks.csv</a>.</p>'
                + table(["quantity", "kind", "counting", "tasks", "missing", "p", "Holm", "log γ"], rows, (0, 1, 2), True))

    def coverage_section(self):
        if not self.coverage:
            return ""
        g, levels = self.gathered, [0.5, 0.75, 0.9, 0.95]
        header = ["parameter", *(f"{100 * level:.0f} %" for level in levels), "hits at 95 %", "Jeffreys 95 %",
                  "Clopper–Pearson", "converged only", "failures as hits"]
        rows = []
        for name in ["all", *g.free, *g.derived]:
            if (row := self.rate(name, 0.95)) is None:
                continue
            rows.append([escape({"all": "all sampled"}.get(name, name + (" (derived)" if name in g.derived else ""))),
                         *(number(self.rate(name, level)["coverage"]) for level in levels), f"{row['hits']} / {row['trials']}",
                         *(f"{number(row[key + '_low'])} – {number(row[key + '_high'])}"
                           for key in ("jeffreys", "clopper_pearson")),
                         number(self.rate(name, 0.95, "converged")["coverage"]),
                         number(self.rate(name, 0.95, "failures_as_hits")["coverage"])])
        if g.design == "prior":
            meaning = ("The truths were drawn from the prior: intervals of an exact posterior are nominal, and ranks uniform, "
                       "up to chance.")
        else:
            meaning = ("The truths are fixed: this is frequentist coverage. Nominal coverage is promised only on average over "
                       "the prior; near a prior's edge it may deviate though the posterior is exact.")
        index = {key: i for i, key in enumerate(zip((int(r["cell"]) for r in self.by_cell),
                 (r["parameter"] for r in self.by_cell), (r["level"] for r in self.by_cell),
                 (r["counting"] for r in self.by_cell)))}
        cells = []
        for cell, values in g.cells().items():
            row = self.by_cell[index[cell, "all", "0.95", "all"]]
            each = [self.by_cell[index[cell, name, "0.95", "all"]] for name in g.free]
            cells.append([str(cell), "<br>".join(escape(f"{key} = {recovery.words(value)}") for key, value in values.items()),
                          row["tasks"], number(row["coverage"]),
                          f"{number(row['jeffreys_low'])} – {number(row['jeffreys_high'])}", *(r["hits"] for r in each)])
        return (f"<h2>Coverage by parameter</h2><p>{meaning} The interval pooled over parameters allows for their dependence "
                'within a task. Numbers: <a href="coverage.csv">coverage.csv</a>.</p>' + table(header, rows, (0,))
                + '<h2>Coverage by cell</h2><p>95 % intervals; hits for each parameter. Numbers: '
                '<a href="coverage_by_cell.csv">coverage_by_cell.csv</a>.</p>'
                + table(["cell", "grid values", "tasks", "coverage", "Jeffreys 95 %", *map(escape, g.free)], cells, (1,),
                        True))

    def task_section(self, pages):
        g, d = self.gathered, self.diagnostics
        rows, failures = [], []
        for row in range(g.tasks):
            task, status = int(g.task["id"][row]), style.STATUS_NAMES[self.status[row]]
            link = f'<a href="tasks/{task:06d}.html">{task}</a>' if row in pages else str(task)
            rungs = "; ".join(escape(step.get("rung", "")) for step in self.ladder(row))
            bad = ' class="bad"' if self.status[row] else ""
            rows.append([link, str(g.task["cell"][row]), str(g.task["replicate"][row]), f"<span{bad}>{status}</span>",
                         number(d["max_r_hat"][row], 4), number(d["min_ess_bulk"][row], 0), number(d["min_ess_tail"][row], 0),
                         str(d["divergences"][row]), number(d["wall_time"][row], 1), rungs])
            if self.status[row]:
                failures.append([link, status, str(g.task["attempts"][row]), escape(g.task["message"][row])])
        text = ""
        if failures:
            text += ("<h2>Tasks that did not converge</h2>"
                     + table(["task", "status", "attempts", "reason"], failures, (1, 3)))
        note = ""
        if len(pages) < g.tasks:
            note = (f"Pages: the first {FIRST_PAGES} tasks and those that did not converge; another by "
                    "<code>praesepe report FILE.h5 -o DIR --figure task:ID</code>. " if not self.named else
                    "Pages: those asked for. ")
        return (text + f'<h2>Tasks</h2><p>{note}Click a heading to sort. Numbers: <a href="task.csv">task.csv</a>, '
                '<a href="summary.csv">summary.csv</a>.</p>'
                + table(["task", "cell", "replicate", "status", "max R-hat", "min ESS bulk", "min ESS tail", "divergences",
                         "time (s)", "ladder"], rows, (3, 9), True))

    def provenance(self):
        g = self.gathered
        facts = [[escape(key), escape(value)] for key, value in g.attributes.items() if key != "campaign"]
        for key in ("host", "instruction_set"):
            facts.append([key, escape(", ".join(sorted({str(value) for value in g.task[key] if value})))])
        name = escape(g.campaign.get("campaign", {}).get("name", "campaign"))
        return ("<h2>Provenance</h2>" + table(["", ""], facts, (0, 1))
                + '<p>To reproduce, with <a href="campaign.toml">campaign.toml</a> (below, with all defaults):</p>'
                f"<pre>praesepe run campaign.toml -o {name}</pre><pre>{escape(g.attributes.get('campaign', ''))}</pre>")

    def write(self, pool):
        g = self.gathered
        pages = list(map(int, self.page_rows()))
        names = [figure.name for figure in self.figures()]
        for folder, contents in (("figures", names), ("tasks", pages)):
            if contents:
                (self.folder / folder).mkdir(exist_ok=True)
        drawn = pool.map(draw, [("figure_html", name) for name in names] + [("task_page", row) for row in pages], 1)
        figures = dict(zip(names, drawn))
        head = g.campaign.get("campaign", {})
        title = head.get("name", "Campaign")
        body = f"<h1>{escape(title)}</h1><p class='note'>{escape(head.get('study', ''))}, design {escape(g.design)}</p>"
        body += f'<p class="finding">{self.finding()}</p>'
        if not self.coverage:
            tasks = list(map(int, g.task["id"]))[:ALL_PAGES]
            body += '<h2>Posterior</h2><p>Numbers: <a href="summary.csv">summary.csv</a>.</p>' + self.posterior_table(tasks)
        for figure in report_figures.FIGURES:
            if figure.name == "rank_ecdf":
                body += self.uniformity_section()
            if figure.name == "coverage_curve":
                body += self.coverage_section()
            if figure.name in figures:
                body += f"<h2>{figure.heading}</h2>" + figures[figure.name]
        body += self.task_section(pages) + self.provenance()
        (self.folder / "index.html").write_text(document(title, body, SCRIPT))


def open_report(posteriors, folder, figures):
    tables = pathlib.Path(folder) / "calibration.h5"
    return Report(Gathered(posteriors, tables if tables.exists() else None), folder, figures)


def begin_worker(*arguments):
    """HDF5 files do not survive a fork: each worker opens its own."""
    global worker_report
    worker_report = open_report(*arguments)


def draw(job):
    """A method of the worker's report and its argument."""
    method, argument = job
    return getattr(worker_report, method)(argument)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("posteriors")
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--figure", action="append", default=[])
    options = parser.parse_args()
    style.use()
    arguments = (options.posteriors, options.output, options.figure)
    workers = min(len(os.sched_getaffinity(0)), MOST_WORKERS)
    with multiprocessing.get_context("fork").Pool(workers, begin_worker, arguments) as pool:
        report = open_report(*arguments)
        with report.gathered:
            report.write(pool)


if __name__ == "__main__":
    try:
        main()
    except Exception as error:  # one line first, for a reader of the program's message
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        traceback.print_exc()
        sys.exit(1)
