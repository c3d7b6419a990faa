"""Takes the records, and what is known of their number, out of the responses of Xero's APIs.

(xero-facts.md: Differences between the APIs)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tap_xero.paging.page import Pagination
from tap_xero.records.converter import Record
from xero_client.entities.table import Entity
from xero_client.errors import UnexpectedResponseError
from xero_client.http.wire import records_of
from xero_client.json_value import Json
from xero_client.names import did_you_mean

# Only envelopes have these fields, records do not.
ENVELOPE_FIELDS = frozenset(
    {"pagination", "ProviderName", "providerName", "TotalCount", "httpStatusCode"}
)


class ResponseFormat(Protocol):
    """The form of a response."""

    def records(self, content: Json, *, is_single: bool) -> Sequence[Record]:
        """The records of a response.

        Args:
            content: The decoded response.
            is_single: Whether one record was requested by its id.

        Raises:
            UnexpectedResponseError: The response has another form.
        """
        ...

    def pagination(self, content: Json, records: Sequence[Record]) -> Pagination | None:
        """What the response says of the number of pages; None if it says nothing."""
        ...


@dataclass(frozen=True)
class AccountingFormat:
    """The form of the Accounting API: a list under the entity's key, with ``pagination``."""

    key: str

    def records(self, content: Json, *, is_single: bool) -> Sequence[Record]:
        """See ``ResponseFormat.records``."""
        del is_single
        return records_of(content, self.key)

    def pagination(self, content: Json, records: Sequence[Record]) -> Pagination | None:
        """See ``ResponseFormat.pagination``."""
        del records
        return Pagination.from_envelope(content)


@dataclass(frozen=True)
class MemberFormat:
    """A form whose records are the members of a list in each record.

    Attributes:
        outer: The form of the outer records.
        members: The list.
        carried: The fields of the outer record that each member gets.
    """

    outer: ResponseFormat
    members: str
    carried: tuple[str, ...]

    def records(self, content: Json, *, is_single: bool) -> Sequence[Record]:
        """See ``ResponseFormat.records``."""
        return [
            {**{name: record.get(name) for name in self.carried}, **member}
            for record in self.outer.records(content, is_single=is_single)
            for member in record.get(self.members) or ()
            if isinstance(member, dict)
        ]

    def pagination(self, content: Json, records: Sequence[Record]) -> Pagination | None:
        """See ``ResponseFormat.pagination``."""
        return self.outer.pagination(content, records)


@dataclass(frozen=True)
class AnyFormat:
    """The form of any API: an envelope, a bare array, or one object.

    Attributes:
        path: The keys that lead to the records; empty if the response itself is the list or the
            record.
        id_field: The field that identifies a record; None if no single one does.
        setting: The setting of the path, for messages; empty if the path is Xero's own.
    """

    path: tuple[str, ...]
    id_field: str | None
    setting: str = ""

    def records(self, content: Json, *, is_single: bool) -> Sequence[Record]:
        """See ``ResponseFormat.records``."""
        self._check_problem(content)
        if is_single and (record := self._single_record(content)) is not None:
            return [record]
        found = self._found(content)
        if isinstance(found, dict):
            return [found]
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            place = ".".join(self.path) or "its top"
            message = f"The response has no list of objects and no object at {place!r}{self._named}"
            raise UnexpectedResponseError(message)
        return found

    @property
    def _named(self) -> str:
        return f", which {self.setting!r} names" if self.setting else ""

    def _found(self, content: Json) -> Json:
        found = content
        for name in self.path:
            if not isinstance(found, dict) or name not in found:
                fields = list(found) if isinstance(found, dict) else []
                has = f"it has {fields}" if fields else "it is not an object"
                hint = did_you_mean(name, fields) or f"; {has}"
                message = f"The response has no {name!r}{self._named}{hint}"
                raise UnexpectedResponseError(message)
            found = found[name]
        if not self.path and isinstance(found, dict) and found.keys() & ENVELOPE_FIELDS:
            others = [name for name in found if isinstance(found[name], list | dict)]
            names = [name for name in others if name != "pagination"] or list(found)
            remedy = f"set {self.setting!r}; " if self.setting else ""
            message = (
                "The response is an envelope, and nothing says where its records are: "
                f"{remedy}the response has {names}"
            )
            raise UnexpectedResponseError(message)
        # An envelope whose list is null has no records.
        return [] if found is None and self.path else found

    def _single_record(self, content: Json) -> Record | None:
        """The record of a response to a request by id: bare, or under a key of its own.

        The key can be that of the list, or its singular (xero-facts.md: Payroll).
        """
        if self.id_field is None or not isinstance(content, dict):
            return None
        for found in (content, *content.values()):
            members = found if isinstance(found, list) else [found]
            if len(members) == 1 and isinstance(members[0], dict) and self.id_field in members[0]:
                return dict(members[0])
        return None

    @staticmethod
    def _check_problem(content: Json) -> None:
        """Finds an error inside an envelope (xero-facts.md: Differences between the APIs)."""
        problem = content.get("problem") if isinstance(content, dict) else None
        if not isinstance(problem, dict):
            return
        said = "; ".join(str(problem[name]) for name in ("title", "detail") if problem.get(name))
        message = f"The response says that the request failed: {said or problem}"
        raise UnexpectedResponseError(message)

    def pagination(self, content: Json, records: Sequence[Record]) -> Pagination | None:
        """See ``ResponseFormat.pagination``."""
        if not isinstance(content, dict):
            return None
        found = content.get("pagination")
        if isinstance(found, dict):
            return _page_count(found, records)
        return _total_count(content, records)


def format_of(entity: Entity, setting: str = "") -> ResponseFormat:
    """The form of the responses that have an entity's records.

    Args:
        entity: The entity.
        setting: The setting that says where the records are, if one does.
    """
    found: ResponseFormat
    if entity.records is None:
        found = AccountingFormat(entity.key)
    else:
        found = AnyFormat(entity.records, entity.id_field, setting)
    if entity.members:
        return MemberFormat(found, entity.members, entity.carried)
    return found


def _page_count(counts: Mapping[str, Any], records: Sequence[Record]) -> Pagination | None:
    """The number of pages, and the most records that they can have.

    ``itemCount`` is not used: in Projects it may be the number of records of one page
    (xero-facts.md: Projects).
    """
    size, pages = counts.get("pageSize"), counts.get("pageCount")
    if type(size) is not int or type(pages) is not int or size < 1 or pages < 0:
        return None
    if pages == 0 and records:
        return None
    return Pagination(size, pages, size * pages)


def _total_count(counts: Mapping[str, Any], records: Sequence[Record]) -> Pagination | None:
    """The counts of Files; None if the page does not have the size that they say."""
    total, size, number = (counts.get(name) for name in ("TotalCount", "PerPage", "Page"))
    if type(total) is not int or type(size) is not int or type(number) is not int or size < 1:
        return None
    pages = -(-total // size)
    if number < pages and len(records) != size:
        return None
    return Pagination(size, pages, total)
