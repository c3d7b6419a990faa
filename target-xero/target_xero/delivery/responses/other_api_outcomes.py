"""The outcomes of responses of Xero's other APIs, each in its own form, without any I/O.

(xero-facts.md: Differences between the APIs, Projects, Assets, Files, Payroll NZ and UK)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from target_xero.lookup.resource_lookup import records_at
from xero_client.entities.table import WriteSpec
from xero_client.errors import UnexpectedResponseError
from xero_client.json_value import Json


@dataclass(frozen=True)
class Problem:
    """What a response with a good status says against its request.

    Attributes:
        errors: The reasons.
        is_of_server: Whether the server failed, so that it is not known what was saved.
    """

    errors: tuple[str, ...]
    is_of_server: bool


def problem_of(content: Json) -> Problem | None:
    """The ``problem`` of Payroll 2.0, which can stand in a response with status 200."""
    problem = content.get("problem") if isinstance(content, Mapping) else None
    if not problem:
        return None
    if not isinstance(problem, Mapping):
        return Problem((str(problem),), is_of_server=False)
    fields = [
        f"{field.get('name')}: {field.get('reason')}"
        for field in problem.get("invalidFields") or ()
        if isinstance(field, Mapping)
    ]
    said = problem.get("detail") or problem.get("title") or "Xero gives no reason"
    status = problem.get("status")
    is_of_server = isinstance(status, int) and status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return Problem(tuple(dict.fromkeys(fields)) or (str(said),), is_of_server)


def elements_of(writing: WriteSpec, content: Json) -> Sequence[Any] | None:
    """The records in the response to a write; None if it has another form."""
    try:
        return records_at(content, writing.answer or ())
    except UnexpectedResponseError:
        return None
