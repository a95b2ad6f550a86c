"""What all events share. Readers ignore fields they do not know, so a newer producer never stops an older consumer."""

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

Metadata = dict[str, Any]
Sequence = Annotated[int, Field(ge=1)]
"""Counts the events of one object from 1, without a gap and without a double."""


class Model(BaseModel):
    """A value that crosses a boundary: frozen, and tolerant of fields added later."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class Event(Model):
    """The data of one event; its CloudEvents attributes travel as Kafka headers (binary content mode)."""

    TYPE: ClassVar[str]
