"""What benchmarks have found, as text and as a chart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Optional
from xml.sax.saxutils import escape


class Finding(NamedTuple):
    """A figure, what it is set against, and what is asked of it."""

    benchmark: str
    figure: str
    unit: str
    ours: Optional[float]
    floor: Optional[float]
    ratio: Optional[float]
    at_least: Optional[float]
    """The ratio."""
    at_most: Optional[float]
    """`ours`."""

    @property
    def is_asked_for(self) -> bool:
        return self.at_least is not None or self.at_most is not None

    @property
    def holds(self) -> bool:
        return (self.at_least is None or (self.ratio or 0) >= self.at_least) and (
            self.at_most is None or (self.ours is not None and self.ours <= self.at_most))


def parse(line: str) -> Finding:
    """Of a line that a benchmark has written for --figures."""
    benchmark, figure, unit, *numbers = line.rstrip("\n").split("\t")
    return Finding(benchmark, figure, unit, *(float(each) if each else None for each in numbers))


def line(finding: Finding) -> str:
    """What `parse` reads."""
    numbers = ("" if each is None else f"{each:.6g}" for each in finding[3:])
    return "\t".join([*finding[:3], *numbers]) + "\n"


def read(path: Path) -> list[Finding]:
    return [parse(line) for line in path.read_text("utf-8").splitlines()]


def shown(value: Optional[float], unit: str = "") -> str:
    """With three digits, or all before the point."""
    if value is None:
        return ""
    if not math.isfinite(value):
        return f"{value}{unit}"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}{unit}"


def asked(finding: Finding) -> str:
    if finding.at_least is not None:
        return f">= {shown(finding.at_least)}"
    if finding.at_most is not None:
        return f"<= {shown(finding.at_most, finding.unit)}"
    return ""


def table(findings: Sequence[Finding]) -> str:
    """Columns as wide as what is in them; the first is flush left."""
    rows = [("figure", "ours", "floor", "ratio", "asked", "holds")]
    for each in findings:
        holds = ("yes" if each.holds else "NO") if each.is_asked_for else ""
        rows.append((each.figure, shown(each.ours, each.unit), shown(each.floor, each.unit),
                     shown(each.ratio), asked(each), holds))
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = ("  ".join([row[0].ljust(widths[0]),
                        *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))])
             for row in rows)
    return "".join(line.rstrip() + "\n" for line in lines)


ROW, LABELS, BARS, RIGHT, TOP = 22, 500, 420, 70, 64
NOT_ASKED, HOLDS, MISSED = "#a9bccb", "#2f6f9f", "#c0392b"
TICKS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50)


def chart(findings: Sequence[Finding], title: str) -> str:
    """An SVG with a bar for the ratio of each rate, from the floor at 1, and a mark where it is asked to
    be; one of which nothing is asked is pale, one that is not what is asked is red."""
    rated = [each for each in findings
             if each.unit == "/s" and each.ratio and math.isfinite(each.ratio)]
    ends = [each.ratio for each in rated] + [each.at_least for each in rated if each.at_least]
    low, high = math.log(min([0.5, *ends])), math.log(max([2, *ends]))

    def x(ratio: float) -> float:
        return LABELS + (math.log(ratio) - low) / (high - low) * BARS

    width, height = LABELS + BARS + RIGHT, TOP + ROW * len(rated) + 16
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" font-family="sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="12" y="24" font-size="15" font-weight="bold">{escape(title)}</text>',
    ]
    for tick in TICKS:
        if low <= math.log(tick) <= high:
            color = "#333333" if tick == 1 else "#dddddd"
            parts.append(f'<line x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="{TOP - 8}"'
                         f' y2="{height - 12}" stroke="{color}"/>')
            parts.append(f'<text x="{x(tick):.1f}" y="{TOP - 14}" text-anchor="middle"'
                         f' fill="#666666">{tick:g}</text>')
    for at, each in enumerate(rated):
        y = TOP + ROW * at
        left, right = sorted((x(1), x(each.ratio)))
        color = NOT_ASKED if not each.is_asked_for else HOLDS if each.holds else MISSED
        parts.append(f'<text x="{LABELS - 10}" y="{y + 14}" text-anchor="end">'
                     f"{escape(each.figure)}</text>")
        parts.append(f'<rect x="{left:.1f}" y="{y + 3}" width="{max(right - left, 1):.1f}"'
                     f' height="{ROW - 8}" fill="{color}"/>')
        if each.at_least:
            parts.append(f'<line x1="{x(each.at_least):.1f}" x2="{x(each.at_least):.1f}"'
                         f' y1="{y + 1}" y2="{y + ROW - 3}" stroke="#e67e22" stroke-width="3"/>')
        parts.append(f'<text x="{LABELS + BARS + 12}" y="{y + 14}">{shown(each.ratio)}</text>')
    return "\n".join([*parts, "</svg>\n"])
