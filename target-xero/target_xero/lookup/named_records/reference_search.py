"""Finds the records that publications name by number, name or contact, many at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from target_xero.build.contents.bodies import content_of
from target_xero.build.destinations.destination import ChildDestination, EntityDestination
from target_xero.build.publications.publication import Publication, size_checked
from target_xero.build.records import Record
from target_xero.build.references.match_keys import MatchKey, shown, text_at
from target_xero.build.references.parents import PARENT_PLACE
from target_xero.build.references.record_references import (
    OWN_PLACE,
    RecordReference,
    filled_with,
    with_ids,
)
from target_xero.lookup.existing_records import Lookup, in_use, with_credit_left
from target_xero.lookup.matches import records_by_key
from target_xero.lookup.matching import same_text
from target_xero.lookup.named_records.completed import Completed
from target_xero.lookup.named_records.expected_records import (
    ExpectedRecords,
    is_expected,
    shown_id,
)
from target_xero.lookup.resource_lookup import ResourceLookup
from xero_client.entities.table import BY_NAME, BY_TITLE, Entity
from xero_client.http import wire
from xero_client.http.transport import Transport

Found = Mapping[tuple[str, MatchKey], Sequence[Record]]

# The invoices that a credit can be allocated to (xero-facts.md: Writing by entity).
_ALLOCATED_TO = {"ACCREC": "ACCREC", "ACCPAY": "ACCPAY", "RECEIVE": "ACCREC", "SPEND": "ACCPAY"}


def with_references(
    publications: Sequence[Publication],
    transport: Transport,
    subject: str,
    expected: ExpectedRecords,
) -> list[Completed]:
    """The publications with the ids of what they name; those that name nothing stay as they are.

    Deleted, voided and archived records do not count.

    Args:
        publications: Publications; the parents of children are known.
        transport: The organisation's connection.
        subject: The name that the calls are counted under.
        expected: In a dry run, the records that would have been created by now.

    Raises:
        XeroError: A look-up failed.
    """
    wanted: dict[str, dict[MatchKey, None]] = {}
    for publication in publications:
        for reference in publication.references:
            if ".xro/" in reference.in_list:
                continue  # one list is read for all
            wanted.setdefault(reference.entity, {})[reference.key] = None
    found: dict[tuple[str, MatchKey], Sequence[Record]] = {}
    for name, keys in wanted.items():
        entity = BY_NAME[name]
        by_key = records_by_key(Lookup(transport, entity, subject), entity, list(keys))
        found |= {(name, key): records for key, records in by_key.items()}
    search = _Search(transport, subject, found, expected)
    return [
        search.resolved(publication) if publication.references else Completed(publication)
        for publication in publications
    ]


class _ProblemError(Exception):
    """A reference does not lead to one record."""


class _Search:
    """Chooses among the records that were found."""

    def __init__(
        self, transport: Transport, subject: str, found: Found, expected: ExpectedRecords
    ) -> None:
        self._transport = transport
        self._subject = subject
        self._found = found
        self._expected = expected
        self._lists: dict[str, ResourceLookup] = {}

    def resolved(self, publication: Publication) -> Completed:
        """The publication with the ids, or why one is missing.

        If a record is expected, the others are checked, and the publication stays as it is.
        """
        ids: dict[RecordReference, tuple[str, str | None]] = {}
        own_id: str | None = None
        in_path: dict[str, str] = {}
        is_any_expected = False
        for reference in publication.references:
            if is_any_expected and "{" in filled_with(reference.in_list, in_path):
                continue  # in the list of a parent that is expected
            try:
                record = self._record(publication, reference, in_path)
                if record is None:
                    is_any_expected = True
                    continue
                line_id = _line_id(reference, record)
            except _ProblemError as problem:
                return Completed(None, str(problem))
            record_id = str(record[BY_TITLE[reference.entity].id_field or ""])
            ids[reference] = (record_id, line_id)
            if reference.in_path:
                in_path[reference.in_path] = record_id
            elif not reference.id_path:
                own_id = record_id
        if is_any_expected:
            return Completed(publication)
        fields = with_ids(publication.fields, ids)
        path = publication.path.replace(OWN_PLACE, own_id or OWN_PLACE, 1)
        has_content = publication.content is not None
        return Completed(
            replace(
                publication,
                fields=fields,
                content=_content(publication, fields) if has_content else None,
                path=filled_with(path, in_path),
                record_id=own_id or publication.record_id,
                references=(),
                collection=filled_with(publication.collection, in_path),
                list_path=filled_with(publication.list_path, in_path),
                own_path=filled_with(publication.own_path, in_path),
            )
        )

    def _named(self, reference: RecordReference, path: str) -> Sequence[Record]:
        """The records that have the names of a reference."""
        if ".xro/" not in reference.in_list:
            return self._found[reference.entity, reference.key]
        entity = BY_TITLE[reference.entity]
        lookup = self._lists.get(path)
        if lookup is None:
            lookup = self._lists[path] = ResourceLookup(
                self._transport,
                entity,
                self._subject,
                entity.id_field or "",
                collection=path,
                list_path=path,
            )
        return records_by_key(lookup, entity, [reference.key])[reference.key]

    def _record(
        self, publication: Publication, reference: RecordReference, in_path: Record
    ) -> Record | None:
        """The one record that a reference means; None if it is expected, and not in Xero yet.

        Args:
            publication: What names it.
            reference: How it is named.
            in_path: The ids of parents that were found before.

        Raises:
            _ProblemError: Nothing fits, or several do.
        """
        list_path = filled_with(reference.in_list, in_path)
        entity, key = BY_TITLE[reference.entity], reference.key
        id_field, of_other_api = entity.id_field or "", ".xro/" in list_path
        records = self._expected.as_named(entity, self._named(reference, list_path))
        expected = self._expected.with_key(entity, key, list_path if of_other_api else "")
        present = [*in_use(records), *expected]
        if len(present) > 1:
            present = self._narrowed(publication, present, id_field)
        if len(present) == 1:
            return None if is_expected(present[0], id_field) else present[0]
        if not records and not present and self._expected.may_have(entity, key):
            return None
        name = f"{reference.shown_path}: Xero has"
        if not present and records:
            statuses = " and ".join(sorted({_status(record) for record in records}))
            problem = f"{name} {reference.entity} with {shown(reference.key)} only as {statuses}"
            raise _ProblemError(problem)
        if not present:
            problem = f"{name} no {reference.entity} with {shown(reference.key)}"
            raise _ProblemError(problem)
        listed = "; ".join(_described(record, id_field) for record in present)
        hint = f"give the {entity.id_field}"
        if entity.writing is not None and entity.writing.match_only_types:
            hint = f"give its Type, its Contact.Name or the {entity.id_field} too"
        problem = (
            f"{name} {len(present)} {reference.entity} with {shown(reference.key)} ({listed}): "
            f"{hint}"
        )
        raise _ProblemError(problem)

    def _narrowed(
        self, publication: Publication, records: Sequence[Record], id_field: str
    ) -> list[Record]:
        """The records that a credit can be allocated to; those with credit left."""
        destination = publication.destination
        if not isinstance(destination, ChildDestination):
            return with_credit_left(records)
        credit = self._credit(publication, destination.parent)
        if credit is None and PARENT_PLACE in publication.path:
            # Too little is known of the credit that is expected to tell which of them is meant.
            return sorted(records, key=lambda each: not is_expected(each, id_field))[:1]
        if credit is None:
            return list(records)
        kind = next(
            (
                to
                for begin, to in _ALLOCATED_TO.items()
                if str(credit.get("Type")).startswith(begin)
            ),
            None,
        )
        of_kind = [record for record in records if record.get("Type") == kind]
        pairs = [(record, _is_of_same_contact(record, credit)) for record in of_kind]
        fitting = [record for record, is_same in pairs if is_same is not False]
        if any(is_same is None for _, is_same in pairs):
            # As above: whether they have the same contact is known when they are in Xero.
            return sorted(fitting, key=lambda each: not is_expected(each, id_field))[:1]
        return fitting or list(records)

    def _credit(self, publication: Publication, entity: Entity) -> Record | None:
        """The credit that is allocated; None if it is not known."""
        if PARENT_PLACE not in publication.path:
            credit_id = publication.parent_id
            lookup = Lookup(self._transport, entity, self._subject)
            return lookup.by_id([credit_id]).get(credit_id.lower())
        key = publication.parent_key
        credits_named = [] if key is None else self._expected.with_key(entity, key.fields)
        return credits_named[0] if len(credits_named) == 1 else None


def _is_of_same_contact(record: Record, credit: Record) -> bool | None:
    """Whether two documents have one contact; None if they name it by different fields."""
    for name in ("ContactID", "Name", "ContactNumber"):
        own, other = (text_at(each, f"Contact.{name}") for each in (record, credit))
        if own and other:
            return same_text(own, other)
    return None


def _content(publication: Publication, fields: Record) -> bytes:
    destination = publication.destination
    if isinstance(destination, EntityDestination):
        return size_checked(content_of(destination.entity, destination.writing, fields))
    return size_checked(wire.encode(fields))


def _status(record: Record) -> str:
    return str(record.get("ContactStatus") or record.get("Status"))


def _described(record: Record, id_field: str) -> str:
    """A record in words: ``ACCPAY of Acme, 12…``."""
    kind, contact = record.get("Type"), text_at(record, "Contact.Name")
    words = [str(kind or ""), f"of {contact}" if contact else ""]
    named = " ".join(filter(None, words))
    return ", ".join(filter(None, [named, shown_id(record, id_field)]))


def _line_id(reference: RecordReference, record: Record) -> str | None:
    """The id of the line that a reference means.

    Raises:
        _ProblemError: Nothing fits, or several do.
    """
    wanted = reference.line
    if wanted is None:
        return None
    lines: list[Record] = [line for line in record.get("LineItems") or () if line.get("LineItemID")]
    named = lines
    if wanted.description is not None:
        named = [
            line
            for line in lines
            if same_text(str(line.get("Description") or ""), wanted.description)
        ]
    if len(named) == 1:
        return str(named[0]["LineItemID"])
    field = str(wanted.id_path[-1])
    whose = f"{reference.entity} with {shown(reference.key)}"
    problem = f"{field}: {whose} has {len(lines)} lines"
    if wanted.description is not None:
        problem = (
            f"{field}: {len(named)} of {len(lines)} lines of {whose} are {wanted.description!r}"
        )
    problem += f": give {field.removesuffix('ID')}.Description of one line, or {field}"
    raise _ProblemError(problem)
