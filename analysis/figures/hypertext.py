"""The page's HTML: style, tables that sort, numbers and percentages as words."""

import csv
import html

import numpy as np

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
    """Rows of a CSV file; none if there is no such file."""
    if not path.exists():
        return []
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
