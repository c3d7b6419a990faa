"""From Xero's answer to one outcome per record, without any I/O (xero-facts.md: Batch results)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from target_xero.build.destinations import Destination
from target_xero.build.publication import Publication
from target_xero.build.records import Record
from target_xero.build.routes import Action
from xero_client.errors import RequestRefusedError

ZERO_ID = "00000000-0000-0000-0000-000000000000"
# Refusals that come before any element is looked at, so that nothing can have been saved.
BEFORE_WORK = frozenset({"PostDataInvalidException", "QueryParseException"})
# Refusals of the way of asking, whatever is asked: Xero has no such method there (xero-facts.md: Batch results).
NO_SUCH_METHOD = frozenset({405, 501, 505})


class Verdict(Enum):
    """What an answer says of one record."""

    PUBLISHED = "published"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    UNTOUCHED = "untouched"


@dataclass(frozen=True)
class Outcome:
    """What became of one record.

    Attributes:
        verdict: Published, rejected, unknown, or untouched: refused with others before any work.
        xero_id: The id that Xero gave or confirmed.
        errors: Why not.
        warnings: What Xero remarked on a record that it published.
        response: Xero's element for this record.
    """

    verdict: Verdict
    xero_id: str | None = None
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    response: Any = field(default=None, repr=False)


def unknown(reason: str, response: Any = None) -> Outcome:  # noqa: ANN401  # any JSON
    """An outcome that nothing tells."""
    return Outcome(Verdict.UNKNOWN, errors=(reason,), response=response)


def of_answer(publications: Sequence[Publication], status: int, content: Any) -> list[Outcome]:  # noqa: ANN401  # any JSON
    """The outcomes that a successful answer means.

    Args:
        publications: What was sent, in order.
        status: The HTTP status, below 400.
        content: The decoded body; None where there was none.
    """
    first = publications[0]
    if first.destination.is_generic:
        return [_of_generic(status, content)]
    if content is None:
        return _of_silence(publications)
    if first.action is Action.REMOVE and first.method == "DELETE":
        return [_of_deletion(first, content)]
    key = first.destination.key
    elements = content.get(key) if isinstance(content, dict) else None
    if not isinstance(elements, list):
        keys = ", ".join(content) if isinstance(content, dict) else type(content).__name__
        return [unknown(f"the answer has no list {key!r}; it has {keys}", content)] * len(
            publications
        )
    if len(elements) != len(publications):
        reason = f"{len(publications)} were sent, and the answer has {len(elements)}"
        return [unknown(reason)] * len(publications)
    return [
        of_element(publication, element)
        for publication, element in zip(publications, elements, strict=True)
    ]


def _of_silence(publications: Sequence[Publication]) -> list[Outcome]:
    """What an empty answer means, whatever its status: all is well where Xero has nothing to say.

    That is the DELETE verb, and children such as an e-mail that are no records.
    """
    first = publications[0]
    child = first.destination.child
    says_nothing = child is not None and not child.key
    if says_nothing or (first.action is Action.REMOVE and first.method == "DELETE"):
        return [Outcome(Verdict.PUBLISHED, xero_id=one.record_id) for one in publications]
    return [unknown("the answer was empty")] * len(publications)


def of_element(publication: Publication, element: Any) -> Outcome:  # noqa: ANN401  # any JSON
    """The outcome that one element of an answer means."""
    if not isinstance(element, dict):
        return unknown("the answer's element is no object", element)
    errors = tuple(dict.fromkeys(messages(element, "ValidationErrors")))
    if errors or is_error(element):
        return Outcome(
            Verdict.REJECTED, errors=errors or ("Xero gives no reason",), response=element
        )
    id_field = publication.destination.id_field
    xero_id = None
    if id_field and not (publication.destination.child and id_field not in element):
        xero_id = _id_of(element, id_field)
        if xero_id is None:
            return unknown(f"the answer has no {id_field} for it, and no error", element)
        if publication.record_id and xero_id.lower() != publication.record_id.lower():
            reason = f"the answer in its place is about {id_field} {xero_id}"
            return unknown(reason, element)
    for name, value in publication.natural:
        answered = element.get(name)
        if isinstance(answered, str) and not same_text(answered, value):
            return unknown(f"the answer in its place is about {name} {answered!r}", element)
    warnings = tuple(dict.fromkeys(messages(element, "Warnings", deep=False)))
    return Outcome(Verdict.PUBLISHED, xero_id, warnings=warnings, response=element)


def is_error(element: Mapping[str, Any]) -> bool:
    """Whether an element says that it was not saved."""
    return (
        "ERROR" in (_shouted(element, "StatusAttributeString"), _shouted(element, "Status"))
        or element.get("HasErrors") is True
        or element.get("HasValidationErrors") is True
    )


def _shouted(element: Mapping[str, Any], name: str) -> str:
    return str(element.get(name) or "").upper()


def messages(element: Any, name: str, *, deep: bool = True) -> Iterator[str]:  # noqa: ANN401  # any JSON
    """What an element says under ``name``; with ``deep``, its parts as well (lines, contact)."""
    if not isinstance(element, dict):
        return
    listed = element.get(name)
    for message in listed if isinstance(listed, list) else ():
        if isinstance(message, dict):
            # One of Xero's samples has Description in the place of Message (xero-facts.md: Batch results).
            yield str(message.get("Message") or message.get("Description") or message)
        else:
            yield str(message)
    if not deep:
        return
    for inner in element.values():
        for part in inner if isinstance(inner, list) else (inner,):
            yield from messages(part, name)


def of_refusal(publications: Sequence[Publication], error: RequestRefusedError) -> list[Outcome]:
    """The outcomes that a refusal of the whole request (400 and the like) means.

    ``Elements`` holds only failing elements, in no documented order, and the others may have been
    saved all the same (xero-facts.md: Batch results): what it does not name has an unknown outcome.
    """
    elements = [element for element in error.elements if isinstance(element, dict)]
    if len(publications) == 1:
        errors = [text for element in elements for text in messages(element, "ValidationErrors")]
        response = elements[0] if elements else error.body
        found = tuple(dict.fromkeys(errors)) or (_said(error),)
        return [Outcome(Verdict.REJECTED, errors=found, response=response)]
    if error.status in NO_SUCH_METHOD:
        refused = Outcome(Verdict.REJECTED, errors=(_said(error),), response=error.body)
        return [refused] * len(publications)
    if error.status != 400 or error.kind in BEFORE_WORK:  # noqa: PLR2004  # Bad Request
        return [
            Outcome(Verdict.UNTOUCHED, errors=(_said(error),), response=error.body)
            for _ in publications
        ]
    outcomes = []
    for publication in publications:
        named = [element for element in elements if _is_about(element, publication)]
        found = tuple(
            dict.fromkeys(
                text for element in named for text in messages(element, "ValidationErrors")
            )
        )
        if len(named) == 1 and found:
            outcomes.append(Outcome(Verdict.REJECTED, errors=found, response=named[0]))
        else:
            outcomes.append(unknown(f"the whole request was refused: {_said(error)}"))
    return outcomes


def _is_about(element: Record, publication: Publication) -> bool:
    """Whether a failing element of a 400 is surely this record."""
    id_field = publication.destination.id_field
    if id_field and publication.record_id:
        return str(element.get(id_field) or "").lower() == publication.record_id.lower()
    named = [
        (str(element[name]), value)
        for name, value in publication.natural
        if element.get(name) is not None
    ]
    return bool(named) and all(same_text(answered, value) for answered, value in named)


def same_text(one: str, other: str) -> bool:
    """Whether two names or numbers are the same to Xero, which knows neither case nor margins."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _id_of(element: Mapping[str, Any], id_field: str) -> str | None:
    value = element.get(id_field)
    return str(value) if value and str(value) != ZERO_ID else None


def _said(error: RequestRefusedError) -> str:
    return str(error)


def _of_deletion(publication: Publication, content: Any) -> Outcome:  # noqa: ANN401  # any JSON
    errors = tuple(
        dict.fromkeys(messages(_first(publication.destination, content), "ValidationErrors"))
    )
    if errors:
        return Outcome(Verdict.REJECTED, errors=errors, response=content)
    return Outcome(Verdict.PUBLISHED, publication.record_id, response=content)


def _first(destination: Destination, content: Any) -> Any:  # noqa: ANN401  # any JSON
    listed = content.get(destination.key) if isinstance(content, dict) else None
    return listed[0] if isinstance(listed, list) and listed else content


def _of_generic(status: int, content: Any) -> Outcome:  # noqa: ANN401  # any JSON
    """The outcome of a request that the table knows nothing of: errors anywhere are errors."""
    if content is None:
        if status in (200, 201, 202, 204):
            return Outcome(Verdict.PUBLISHED)
        return unknown("the answer was empty")
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
            Verdict.REJECTED, errors=errors or ("Xero gives no reason",), response=content
        )
    xero_id = None
    if len(listed) == 1 or (isinstance(content, dict) and not listed):
        element = listed[0] if listed else content
        ids = [name for name in element if name.endswith(("ID", "Id")) and name != "Id"]
        if ids:
            # Other APIs leave ids of what a record refers to empty; its own never is.
            own = next((name for name in ids if element[name] is not None), ids[0])
            xero_id = _id_of(element, own)
            if xero_id is None:
                return unknown(f"the answer has no {own}, and no error", content)
    return Outcome(Verdict.PUBLISHED, xero_id, response=content)
