"""The lists of several organisations that are read at the same time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass

from tap_xero.paging.list_reader import PageReader
from tap_xero.records.converter import Record
from tap_xero.run.organisations import Organisation


@dataclass(frozen=True)
class OpenRead:
    """The list of one organisation that is being read.

    Attributes:
        organisation: The organisation.
        reader: The reader of the list.
        batches: The records of the list, as they are to be written.
    """

    organisation: Organisation
    reader: PageReader
    batches: Iterator[Sequence[Record]]


def next_read(reads: Mapping[str, OpenRead]) -> tuple[str, OpenRead]:
    """The read whose next page has arrived, so that a slow organisation delays no other one.

    If none has arrived, it waits for the first.
    """
    while True:
        for tenant_id, read in reads.items():
            if read.reader.is_ready:
                return tenant_id, read
        wait([read.reader.awaited for read in reads.values()], return_when=FIRST_COMPLETED)
