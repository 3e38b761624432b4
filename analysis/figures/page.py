"""Draw all figures of a report and write index.html and a page a task, beside the tables that are already there.

    python3 page.py posteriors.h5 -o FOLDER [--figure recovery]... [--figure task:12]...
FOLDER holds summary.csv, task.csv, campaign.toml and, when there are truths, coverage.csv and coverage_by_cell.csv.
"""

import argparse
import csv
import html
import json
import pathlib
import sys
import traceback

import numpy as np

import coverage_curve
import diagnostics
import intervals
import praesepe_style as style
import recovery
import task_page
from gathered import Gathered

NAMES = ["recovery", "intervals", "coverage_curve", "diagnostics"]
ALL_PAGES = 64     # a campaign of up to so many tasks gets a page for each
FIRST_PAGES = 16   # a larger one for these, and those that need a look
STYLE = """
:root{color-scheme:light}*{box-sizing:border-box}
body{font:16px/1.5 Georgia,"Times New Roman",serif;color:#1a1a1a;background:#fff;max-width:62rem;margin:0 auto;padding:1rem}
h1{font-size:1.6rem;margin:.2em 0}h2{font-size:1.2rem;margin:2em 0 .4em;border-bottom:1px solid #999}
.finding{font-size:1.1rem}figure{margin:1rem 0}figure svg,figure img{max-width:100%;height:auto;display:block;margin:auto}
figcaption,.note{font-size:.88rem;color:#444}.scroll{overflow-x:auto}
table{border-collapse:collapse;font:.82rem/1.35 system-ui,sans-serif;font-variant-numeric:tabular-nums;margin:.5rem 0}
th,td{padding:.15rem .55rem;text-align:right;white-space:nowrap}td.w,th.w{text-align:left;white-space:normal}
thead th{border-bottom:1.5px solid #333}tbody tr:nth-child(even){background:#f4f6f8}
th.sort{cursor:pointer;text-decoration:underline dotted}.bad{color:#a33c00;font-weight:600}
pre{font-size:.78rem;background:#f4f6f8;padding:.6rem;overflow-x:auto;white-space:pre-wrap}a{color:#005a8f}
@media print{body{max-width:none;font-size:10pt}a{color:inherit}th.sort{text-decoration:none}figure,tr{break-inside:avoid}}
"""
SCRIPT = """
document.querySelectorAll('table.sortable').forEach(t=>t.querySelectorAll('th').forEach((h,c)=>{h.classList.add('sort');
h.onclick=()=>{const b=t.tBodies[0],up=h.dataset.up=h.dataset.up==='1'?'0':'1',v=r=>r.cells[c].dataset.v??r.cells[c].textContent,
k=(x,y)=>{const p=parseFloat(x),q=parseFloat(y);return isNaN(p)||isNaN(q)?(isNaN(p)-isNaN(q))||String(x).localeCompare(y):p-q};
[...b.rows].sort((x,y)=>(up==='1'?1:-1)*k(v(x),v(y))).forEach(r=>b.append(r))}}));
"""


def escape(value):
    return html.escape(str(value))


def read_table(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def number(value, digits=3):
    value = float(value)
    return "–" if not np.isfinite(value) else f"{value:.{digits}f}"


def short(value):
    value = float(value)
    return "–" if not np.isfinite(value) else f"{value:.6g}"


def percent(value):
    return "–" if not np.isfinite(float(value)) else f"{100 * float(value):.1f} %"


def plural(count, noun):
    return f"{count} {noun}" + ("" if count == 1 else "s")


def table(header, rows, words=(), sortable=False):
    """HTML of a table; cells are strings of HTML; `words` are the columns set flush left."""
    mark = lambda c: ' class="w"' if c in words else ""
    head = "".join(f"<th{mark(c)}>{name}</th>" for c, name in enumerate(header))
    body = "".join("<tr>" + "".join(f"<td{mark(c)}>{cell}</td>" for c, cell in enumerate(row)) + "</tr>\n" for row in rows)
    kind = ' class="sortable"' if sortable else ""
    return f'<div class="scroll"><table{kind}><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table></div>'


def document(title, body, script=""):
    return (f'<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="generator" content="praesepe">'
            f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>\n{body}\n"
            + (f"<script>{script}</script>" if script else "") + "</body></html>\n")


class Report:
    def __init__(self, gathered, folder, figures):
        self.gathered, self.folder = gathered, pathlib.Path(folder)
        self.named = [name for name in figures if not name.startswith("task:")]
        self.asked_tasks = {int(name[5:]) for name in figures if name.startswith("task:")}
        truth_only = ("recovery", "coverage_curve")
        self.chosen = [name for name in self.named or NAMES
                       if (gathered.has_truth or name not in truth_only) and gathered.free]
        self.status = gathered.task["status"]
        self.coverage = self.by_cell = []
        if (self.folder / "coverage.csv").exists():
            self.coverage = read_table(self.folder / "coverage.csv")
            self.by_cell = read_table(self.folder / "coverage_by_cell.csv")
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
        folder.mkdir(exist_ok=True)
        style.plt.rcParams["svg.hashsalt"] = name  # ids that no other figure on the page has
        style.save(figure, folder / f"{name}.svg")
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

    def figures(self):
        g, result = self.gathered, {}
        if "recovery" in self.chosen:
            result["recovery"] = self.figure(
                recovery.draw(g), "recovery", "Number of realisations whose 95 % interval holds the truth. Framed: a count "
                "this far out has a chance below 2.5 % where the coverage is 95 %.")
        if "intervals" in self.chosen:
            result["intervals"] = "".join(self.figure(
                intervals.draw(g, cell), "intervals" if cell is None else f"intervals_{cell:04d}",
                "95 % intervals (bars), posterior means (points)" + (", true value (blue line); red intervals miss it."
                                                                      if g.has_truth else "."))
                for cell in self.interval_cells())
            if len(intervals.pages(g)) > 1:
                result["intervals"] += ('<p class="note">Shown: the first cell and the one with the lowest coverage. All: '
                                        "<code>python3 intervals.py posteriors.h5 -o intervals.pdf</code></p>")
        if "coverage_curve" in self.chosen:
            result["coverage_curve"] = self.figure(
                coverage_curve.draw(g), "coverage_curve", "Observed against nominal coverage of equal-tailed intervals, "
                "pooled over cells; band: central 95 % of the binomial law, level by level.")
        if "diagnostics" in self.chosen:
            result["diagnostics"] = self.figure(
                diagnostics.draw(g), "diagnostics", "Worst over the sampled parameters of each task; dashed: what counts as "
                "converged. Markers on the lower edge have no value.")
        return result

    # task pages

    def page_rows(self):
        g = self.gathered
        if self.named:
            chosen = np.zeros(g.tasks, bool)
        elif g.tasks <= ALL_PAGES:
            chosen = np.ones(g.tasks, bool)
        else:
            chosen = self.status != 0
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
        if not self.coverage:
            return f"{tasks} {'Real data have no known truth, so there is no coverage' if g.design == 'data' else 'The file has no truths, so there is no coverage'}: the posteriors are below."
        pooled, lower = self.rate("all", 0.95), self.rate("all", 0.95, "failures_as_hits")
        if pooled is None:
            return f"{tasks} No task tells which parameters were sampled, so there is no coverage."
        text = (f"95 % intervals hold the truth in <strong>{percent(pooled['coverage'])}</strong> "
                f"[{percent(pooled['jeffreys_low'])}, {percent(pooled['jeffreys_high'])}] of {plural(g.tasks, 'task')} × "
                f"{plural(len(g.free), 'parameter')}")
        if pooled["hits"] != lower["hits"]:
            text += f" (tasks without a posterior counted as misses; {percent(lower['coverage'])} if as hits)"
        rows = [self.rate(name, 0.95) for name in g.free]
        worst = max(rows, key=lambda row: abs(float(row["coverage"]) - 0.95))
        text += (f"; furthest from nominal: {escape(worst['parameter'])} with {percent(worst['coverage'])} "
                 f"[{percent(worst['jeffreys_low'])}, {percent(worst['jeffreys_high'])}]. {tasks}")
        return text

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

    def write(self):
        g = self.gathered
        figures = self.figures()
        pages = set(map(int, self.page_rows()))
        if pages:
            (self.folder / "tasks").mkdir(exist_ok=True)
        for row in sorted(pages):
            self.task_page(row)
        head = g.campaign.get("campaign", {})
        title = head.get("name", "Campaign")
        body = f"<h1>{escape(title)}</h1><p class='note'>{escape(head.get('study', ''))}, design {escape(g.design)}</p>"
        body += f'<p class="finding">{self.finding()}</p>'
        if figures.get("recovery"):
            body += "<h2>Recovery</h2>" + figures["recovery"]
        if figures.get("intervals"):
            body += "<h2>Credible intervals</h2>" + figures["intervals"]
        if not self.coverage:
            tasks = list(map(int, g.task["id"]))[:ALL_PAGES]
            body += '<h2>Posterior</h2><p>Numbers: <a href="summary.csv">summary.csv</a>.</p>' + self.posterior_table(tasks)
        body += self.coverage_section()
        if figures.get("coverage_curve"):
            body += "<h2>Coverage curve</h2>" + figures["coverage_curve"]
        if figures.get("diagnostics"):
            body += "<h2>Diagnostics</h2>" + figures["diagnostics"]
        body += self.task_section(pages) + self.provenance()
        (self.folder / "index.html").write_text(document(title, body, SCRIPT))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("posteriors")
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--figure", action="append", default=[])
    options = parser.parse_args()
    style.use()
    with Gathered(options.posteriors) as gathered:
        Report(gathered, options.output, options.figure).write()


if __name__ == "__main__":
    try:
        main()
    except Exception as error:  # one line first, for a reader of the program's message
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        traceback.print_exc()
        sys.exit(1)
