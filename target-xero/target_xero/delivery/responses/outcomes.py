"""Turns Xero's response into one outcome for each record, without any I/O.

(xero-facts.md: Batch results)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from http import HTTPStatus
from typing import Any

from target_xero.build.destinations.destination import (
    ChildDestination,
    Destination,
    EntityDestination,
    RawDestination,
)
from target_xero.build.destinations.routes import GENERIC_METHODS, Action
from target_xero.build.publications.publication import Publication
from target_xero.build.records import PrivateStruct, Record
from target_xero.delivery.publish_log import IntendedRecord, LogEntry, SettledRecord
from target_xero.delivery.responses.other_api_outcomes import elements_of, problem_of
from target_xero.lookup.matching import same_text
from xero_client.errors import RequestRefusedError, XeroError
from xero_client.json_value import Json

ZERO_ID = "00000000-0000-0000-0000-000000000000"
# Xero refuses these requests before it processes any record, so that nothing was saved.
BEFORE_PROCESSING = frozenset(
    {"NoDataProcessedException", "PostDataInvalidException", "QueryParseException"}
)
# Xero does not have the method for this path, whatever the records.
METHOD_NOT_ALLOWED = frozenset(
    {
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.NOT_IMPLEMENTED,
        HTTPStatus.HTTP_VERSION_NOT_SUPPORTED,
    }
)


class OutcomeKind(Enum):
    """The kinds of outcome of one record."""

    PUBLISHED = "published"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    NOT_PROCESSED = "not processed"


class Outcome(PrivateStruct, frozen=True):
    """The outcome of one record that was sent.

    Attributes:
        kind: Published, rejected, unknown, or not processed: Xero refused the whole request first.
        xero_id: The id that Xero gave or confirmed.
        errors: The reasons why it was not published.
        warnings: Xero's warnings on a record that was published.
        response: Xero's element for this record.
    """

    kind: OutcomeKind
    xero_id: str | None = None
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    response: Any = None

    @property
    def is_published(self) -> bool:
        """Whether Xero has saved or removed the record."""
        return self.kind is OutcomeKind.PUBLISHED

    @property
    def is_final(self) -> bool:
        """Whether the record was published or rejected."""
        return self.kind in (OutcomeKind.PUBLISHED, OutcomeKind.REJECTED)


def settled_record(
    record: IntendedRecord | LogEntry, outcome: Outcome, *, id_is_shared: bool
) -> SettledRecord:
    """A final outcome as the publish log writes it.

    Args:
        record: The record of the request.
        outcome: Its outcome.
        id_is_shared: Whether other records may have the same id.
    """
    return SettledRecord(
        record.fingerprint,
        outcome.is_published,
        record.identity,
        record.document,
        outcome.xero_id,
        id_is_shared=id_is_shared,
    )


def unknown_outcome(reason: str, response: Json = None) -> Outcome:
    """The outcome of a record if it is not known whether it was saved."""
    return Outcome(OutcomeKind.UNKNOWN, errors=(reason,), response=response)


def refused_repeat(error: XeroError) -> Outcome:
    """The outcome of a record whose first response was lost, and whose repeat was refused."""
    return unknown_outcome(
        f"its response was lost, and the repeat was refused, which says nothing of the first try: "
        f"{error}",
        error.body,
    )


def outcomes_of_response(
    publications: Sequence[Publication],
    status: int,
    content: Json,
) -> list[Outcome]:
    """The outcomes of a response with a status below 400.

    Args:
        publications: What was sent, in order.
        status: The HTTP status.
        content: The decoded body; None if it is empty.
    """
    first = publications[0]
    if isinstance(first.destination, RawDestination):
        return [_outcome_of_generic_path(status, content)]
    if content is None:
        return _outcomes_of_empty_response(publications)
    problem = problem_of(content) if _is_of_other_api(first) else None
    if problem is not None:
        kind = OutcomeKind.UNKNOWN if problem.is_of_server else OutcomeKind.REJECTED
        return [Outcome(kind, errors=problem.errors, response=content)] * len(publications)
    if first.action is Action.REMOVE and first.method == "DELETE":
        return [_outcome_of_deletion(first, content)]
    return _outcomes_of_elements(publications, content)


def _outcomes_of_elements(publications: Sequence[Publication], content: Json) -> list[Outcome]:
    """The outcomes of a response with an element for each record."""
    destination = publications[0].destination
    key = destination.key
    elements = content.get(key) if isinstance(content, dict) else None
    if isinstance(destination, EntityDestination) and _is_of_other_api(publications[0]):
        writing = destination.writing
        key, elements = ".".join(writing.answer or ()), elements_of(writing, content)
    if not isinstance(elements, list):
        keys = ", ".join(content) if isinstance(content, dict) else type(content).__name__
        return [unknown_outcome(f"the response has no list {key!r}; it has {keys}", content)] * len(
            publications
        )
    if len(elements) != len(publications):
        reason = f"{len(publications)} records were sent, and the response has {len(elements)}"
        return [unknown_outcome(reason)] * len(publications)
    return [
        outcome_of_element(publication, element)
        for publication, element in zip(publications, elements, strict=True)
    ]


def _outcomes_of_empty_response(publications: Sequence[Publication]) -> list[Outcome]:
    """The outcomes of an empty response, whatever its status.

    Xero answers a DELETE without content, also children that are not records, such as an e-mail,
    and some methods of other APIs. For anything else, an empty response does not tell the outcome.
    """
    first = publications[0]
    destination = first.destination
    has_no_content = isinstance(destination, ChildDestination) and not destination.key
    if isinstance(destination, EntityDestination) and _is_of_other_api(first):
        has_no_content = first.method in destination.writing.no_content
    if has_no_content or (first.action is Action.REMOVE and first.method == "DELETE"):
        return [Outcome(OutcomeKind.PUBLISHED, p.record_id) for p in publications]
    return [unknown_outcome("the response was empty")] * len(publications)


def _is_of_other_api(publication: Publication) -> bool:
    destination = publication.destination
    return isinstance(destination, EntityDestination) and destination.entity.is_of_other_api


def outcome_of_element(publication: Publication, element: Json) -> Outcome:
    """The outcome of one element of a response."""
    if not isinstance(element, dict):
        return unknown_outcome("the response's element is not an object", element)
    errors = tuple(dict.fromkeys(messages(element, "ValidationErrors")))
    if errors or is_error(element):
        return Outcome(
            OutcomeKind.REJECTED, errors=errors or ("Xero gives no reason",), response=element
        )
    destination = publication.destination
    id_field = destination.id_field
    xero_id = None
    if id_field and not (isinstance(destination, ChildDestination) and id_field not in element):
        xero_id = _valid_id(element, id_field)
        if xero_id is None:
            return unknown_outcome(f"the response has no {id_field} for it, and no error", element)
        if publication.record_id and xero_id.lower() != publication.record_id.lower():
            reason = f"the response has {id_field} {xero_id} in its place"
            return unknown_outcome(reason, element)
    for name, value in publication.natural_keys:
        returned = element.get(name)
        if isinstance(returned, str) and not same_text(returned, value):
            return unknown_outcome(f"the response has {name} {returned!r} in its place", element)
    warnings = tuple(dict.fromkeys(messages(element, "Warnings", deep=False)))
    return Outcome(OutcomeKind.PUBLISHED, xero_id, warnings=warnings, response=element)


def is_error(element: Mapping[str, Any]) -> bool:
    """Whether an element says that it was not saved."""
    return (
        "ERROR" in (_upper(element, "StatusAttributeString"), _upper(element, "Status"))
        or element.get("HasErrors") is True
        or element.get("HasValidationErrors") is True
    )


def _upper(element: Mapping[str, Any], name: str) -> str:
    return str(element.get(name) or "").upper()


def messages(element: Json, name: str, *, deep: bool = True) -> list[str]:
    """The messages under ``name`` of an element; with ``deep``, of its lines and contact too."""
    found: list[str] = []
    if isinstance(element, dict):
        _add_messages(element, name, found, deep=deep)
    return found


def _add_messages(element: Record, name: str, found: list[str], *, deep: bool) -> None:
    listed = element.get(name)
    for message in listed if isinstance(listed, list) else ():
        if isinstance(message, dict):
            # One of Xero's samples has Description instead of Message.
            found.append(str(message.get("Message") or message.get("Description") or message))
        else:
            found.append(str(message))
    if not deep:
        return
    for inner in element.values():
        if isinstance(inner, dict):
            _add_messages(inner, name, found, deep=True)
        elif isinstance(inner, list):
            for part in inner:
                if isinstance(part, dict):
                    _add_messages(part, name, found, deep=True)


def _other_method(publication: Publication) -> str:
    """What to do if Xero does not have the method of a request."""
    method = publication.method
    if isinstance(publication.destination, RawDestination):
        others = " or ".join(other for other in GENERIC_METHODS if other != method)
        return f"Set 'method' of the stream to {others}, as Xero documents it for this path"
    return (
        f"Xero documents {method} for {publication.destination.name}: see whether a proxy before "
        "'base_uri' refuses it. Nothing was saved"
    )


def outcomes_of_refusal(
    publications: Sequence[Publication], error: RequestRefusedError, *, is_repeat: bool = False
) -> list[Outcome]:
    """The outcomes of a response that refuses the whole request, such as a 400.

    ``Elements`` has only the elements that failed, in no documented order. The others may have
    been saved, so that a record that it does not name has an unknown outcome.

    Args:
        publications: What was sent, in order.
        error: The refusal.
        is_repeat: Whether the request was sent before under the same key, and that response was
            lost. A refusal that names no record, such as a gateway's, does not say then that
            the first try saved nothing.
    """
    elements = [element for element in error.elements if isinstance(element, dict)]
    if error.status in METHOD_NOT_ALLOWED and not elements and not is_repeat:
        reason = f"{error}. {_other_method(publications[0])}"
        refused = Outcome(OutcomeKind.REJECTED, errors=(reason,), response=error.body)
        return [refused] * len(publications)
    if len(publications) == 1:
        errors = [text for element in elements for text in messages(element, "ValidationErrors")]
        if is_repeat and not errors:
            return [refused_repeat(error)]
        response = elements[0] if elements else error.body
        found = tuple(dict.fromkeys(errors)) or (str(error),)
        return [Outcome(OutcomeKind.REJECTED, errors=found, response=response)]
    if is_repeat and (error.status != HTTPStatus.BAD_REQUEST or error.kind in BEFORE_PROCESSING):
        return [refused_repeat(error)] * len(publications)
    if error.status != HTTPStatus.BAD_REQUEST or error.kind in BEFORE_PROCESSING:
        return [
            Outcome(OutcomeKind.NOT_PROCESSED, errors=(str(error),), response=error.body)
            for _ in publications
        ]
    outcomes = []
    for publication in publications:
        named = [element for element in elements if _belongs_to(element, publication)]
        found = tuple(
            dict.fromkeys(
                text for element in named for text in messages(element, "ValidationErrors")
            )
        )
        if len(named) == 1 and found:
            outcomes.append(Outcome(OutcomeKind.REJECTED, errors=found, response=named[0]))
        else:
            outcomes.append(unknown_outcome(f"the whole request was refused: {error}"))
    return outcomes


def _belongs_to(element: Record, publication: Publication) -> bool:
    """Whether an element that failed certainly belongs to this record."""
    id_field = publication.destination.id_field
    if id_field and publication.record_id:
        return str(element.get(id_field) or "").lower() == publication.record_id.lower()
    named = [
        (str(element[name]), value)
        for name, value in publication.natural_keys
        if element.get(name) is not None
    ]
    return bool(named) and all(same_text(returned, value) for returned, value in named)


def _valid_id(element: Mapping[str, Any], id_field: str) -> str | None:
    value = element.get(id_field)
    return str(value) if value and str(value) != ZERO_ID else None


def _outcome_of_deletion(publication: Publication, content: Json) -> Outcome:
    errors = tuple(
        dict.fromkeys(
            messages(_first_element(publication.destination, content), "ValidationErrors")
        )
    )
    if errors:
        return Outcome(OutcomeKind.REJECTED, errors=errors, response=content)
    return Outcome(OutcomeKind.PUBLISHED, publication.record_id, response=content)


def _first_element(destination: Destination, content: Json) -> Json:
    listed = content.get(destination.key) if isinstance(content, dict) else None
    return listed[0] if isinstance(listed, list) and listed else content


def _outcome_of_generic_path(status: int, content: Json) -> Outcome:
    """The outcome of a request to a path that the entity table does not have.

    An error anywhere in the response counts.
    """
    if content is None:
        if status in (200, 201, 202, 204):
            return Outcome(OutcomeKind.PUBLISHED)
        return unknown_outcome("the response was empty")
    problem = problem_of(content)
    if problem is not None:
        kind = OutcomeKind.UNKNOWN if problem.is_of_server else OutcomeKind.REJECTED
        return Outcome(kind, errors=problem.errors, response=content)
    errors = tuple(dict.fromkeys(messages(content, "ValidationErrors")))
    listed = [
        element
        for value in (content.values() if isinstance(content, dict) else ())
        if isinstance(value, list)
        for element in value
        if isinstance(element, dict)
    ]
    whole = [content] if isinstance(content, dict) else []
    if errors or any(is_error(element) for element in (*whole, *listed)):
        return Outcome(
            OutcomeKind.REJECTED, errors=errors or ("Xero gives no reason",), response=content
        )
    xero_id = None
    if len(listed) == 1 or (isinstance(content, dict) and not listed):
        element = listed[0] if listed else content
        ids = [name for name in element if name.endswith(("ID", "Id")) and name != "Id"]
        if ids:
            # In other APIs the id of another record may be empty, a record's own id never.
            own = next((name for name in ids if element[name] is not None), ids[0])
            xero_id = _valid_id(element, own)
            if xero_id is None:
                return unknown_outcome(f"the response has no {own}, and no error", content)
    return Outcome(OutcomeKind.PUBLISHED, xero_id, response=content)
