"""Colours only where somebody looks, and JSON with only what matters."""

import io

import pytest

from tools.screen import RED, Paint, pretty, table


class Terminal(io.StringIO):
    """Somebody looks."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("out", "environ", "coloured"),
    [
        (Terminal(), {}, True),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {}, False),
    ],
)
def test_colours(out: io.StringIO, environ: dict[str, str], coloured: bool) -> None:
    painted = Paint.for_output(out, environ)(RED, "text")
    assert painted == ("\x1b[31mtext\x1b[0m" if coloured else "text")


def test_json_is_shown_whole_or_with_what_matters() -> None:
    value = {"id": "pay_1", "amount": 50_000, "notes": {"to": "Zoë"}}
    assert pretty(value) == '{\n  "id": "pay_1",\n  "amount": 50000,\n  "notes": {"to": "Zoë"}\n}'
    assert pretty(value, ["amount", "vpa"]) == '{\n  "amount": 50000,\n  …\n}'


def test_cells_stand_below_each_other() -> None:
    assert table([["event", "seq"], ["payment.created", "1"]]) == ["event            seq", "payment.created  1"]
