"""What came in: one record, or the rows that make one document, and why one was refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Record = dict[str, Any]

NESTED_TOO_DEEPLY = "the record is nested too deeply"


class InvalidRecordError(Exception):
    """A record that we will not send.

    Attributes:
        problems: What is wrong with it, one sentence each.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = list(problems)


@dataclass(frozen=True)
class Source:
    """Where a publication comes from.

    Attributes:
        stream: The Singer stream, as mapped.
        rows: The messages as they came, for the rejects file.
        epochs: For each row, which stretch between two STATE messages it belongs to.
        key: What names the record in messages and results.
        singer_key: The values of the stream's key properties; empty where it has none.
        occurrence: Which of several identical records without any key it is, counted from 0;
            None where nothing says.
        origin: The stream as the tap calls it; empty where the line says none.
    """

    stream: str
    rows: tuple[bytes, ...] = field(repr=False)
    epochs: tuple[int, ...] = ()
    key: Mapping[str, Any] = field(default_factory=dict)
    singer_key: tuple[str, ...] = ()
    occurrence: int | None = None
    origin: str = ""
