"""HTML that cannot forget to escape: only `tag` makes markup, and it escapes every text that it is given."""

from html import escape
from typing import Final

VOID_TAGS: Final = frozenset({"img", "input", "link", "meta"})


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Child = str | int | None
Attribute = str | int | bool | None


def join(*children: Child) -> Markup:
    """The children one after the other; what is not Markup is escaped, None is nothing."""
    return Markup(
        "".join(child if isinstance(child, Markup) else escape(str(child)) for child in children if child is not None)
    )


def tag(name: str, /, *children: Child, **attributes: Attribute) -> Markup:
    """An element. `class_` is `class`, `data_label` is `data-label`; True is a bare attribute, None and False none."""
    shown = "".join(
        _attribute(key, value) for key, value in attributes.items() if value is not None and value is not False
    )
    if name in VOID_TAGS:
        return Markup(f"<{name}{shown}>")
    return Markup(f"<{name}{shown}>{join(*children)}</{name}>")


def _attribute(key: str, value: Attribute) -> str:
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
