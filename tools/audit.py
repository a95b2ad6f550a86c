"""`make audit`: has the gateway derive every invariant of money again from the rows; exit code 0 only when all hold."""

import argparse
import sys
from textwrap import indent
from typing import Any, Final

from tools.asking import Request
from tools.place import Place, ToolFailure
from tools.screen import BOLD, DIM, GREEN, RED, Paint, complain, table

WAIT_DEFAULT_S: Final = 10
ANSWER_TIMEOUT_S: Final = 1800
"""Beyond the wait: the rows of a large database are many."""

CELL_MAX_CHARS: Final = 60

Report = dict[str, Any]


def request(place: Place, wait_s: float) -> Request:
    """As the operator, who sees every merchant's rows, when we hold the token; else as the test merchant."""
    return Request(
        "GET",
        f"{place.api_url}/api/v1/audit?wait_s={wait_s:g}",
        credentials=None if place.internal_token else f"{place.key}:{place.secret}",
        bearer=place.internal_token,
        timeout_s=wait_s + ANSWER_TIMEOUT_S,
    )


def shown(report: Report, paint: Paint) -> list[str]:
    """The report, a line at a time."""
    counted = [[name.replace("_", " "), f"{count:,}"] for name, count in report["checked"].items()]
    lines = [paint(BOLD, "Checked"), *(f"  {line}" for line in table(counted))]
    if report["differences"]:
        lines += ["", paint(RED, f"Differences: {len(report['differences'])}"), *_differences(report["differences"])]
    if report["skipped"]:
        lines += ["", paint(RED, f"Still in flight, so not compared: {report['skipped']}")]
        lines += _differences(report.get("in_flight", []))
    return [*lines, "", paint(DIM, f"As of {report['as_of']}")]


def _differences(differences: list[Report]) -> list[str]:
    rows = [["check", "object", "expected", "found"]]
    rows += [[_cell(difference[column]) for column in rows[0]] for difference in differences]
    return [f"  {line}" for line in table(rows)]


def _cell(value: Any) -> str:
    text = "-" if value is None else str(value)
    return text if len(text) <= CELL_MAX_CHARS else text[: CELL_MAX_CHARS - 1] + "…"


def verdict(report: Report) -> str | None:
    """The sentence, when the audit is not ok."""
    if report["ok"]:
        return None
    if report["differences"]:
        return f"{len(report['differences'])} differences: what is found is not what the other rows say it must be."
    return f"{report['skipped']} objects were still in flight: run it again, or wait longer with --wait-s 60."


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.audit", description=__doc__)
    parser.add_argument(
        "--wait-s", type=float, default=WAIT_DEFAULT_S, help="how long to wait for what is in flight (%(default)s)"
    )
    arguments = parser.parse_args()
    paint = Paint.for_output(sys.stdout)
    try:
        place = Place.find()
        whose = "every merchant" if place.internal_token else "the test merchant"
        print(f"Auditing {place.api_url} for {whose} …\n")
        report = request(place, arguments.wait_s).send().expect(200)
    except ToolFailure as failure:
        return complain(str(failure))
    except KeyboardInterrupt:
        return 130
    print(indent("\n".join(shown(report, paint)), "  "))
    if sentence := verdict(report):
        return complain(sentence)
    print("\n" + paint(GREEN, "No money is wrong and nothing was lost."))
    return 0


if __name__ == "__main__":
    sys.exit(main())
