"""A publication after the records that it names were looked up."""

from __future__ import annotations

from msgspec import Struct

from target_xero.build.publications.publication import Publication
from target_xero.build.references.parents import ParentKey
from target_xero.build.references.record_references import RecordReference


class Completed(Struct, frozen=True):
    """A publication with the ids of records that it names, or why it lacks one.

    Attributes:
        publication: The publication with the ids; None if a record is not found.
        problem: Why a record is not found.
        missing: What names the record that Xero does not have; None if something else is wrong.
    """

    publication: Publication | None = None
    problem: str | None = None
    missing: RecordReference | ParentKey | None = None
