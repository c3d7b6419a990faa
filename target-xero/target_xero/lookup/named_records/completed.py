"""A publication after the records that it names were looked up."""

from __future__ import annotations

from msgspec import Struct

from target_xero.build.publications.publication import Publication


class Completed(Struct, frozen=True):
    """A publication with the ids of records that it names, or why it lacks one.

    Attributes:
        publication: The publication with the ids; None if a record is not found. What names a
            record that is expected, and not in Xero yet, stays as it is.
        problem: Why a record is not found.
        existing_id: The id of the child that its parent has already, with all of it.
    """

    publication: Publication | None = None
    problem: str | None = None
    existing_id: str | None = None
