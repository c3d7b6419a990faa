"""Refusals that concern a whole stream: the country, plan or role lacks what its API needs."""

from __future__ import annotations

from http import HTTPStatus

from target_xero.build.destinations.destination import Destination, EntityDestination
from xero_client.errors import AccessDeniedError, RequestRefusedError, XeroError


def explained(error: XeroError, destination: Destination) -> XeroError:
    """The error of a call, in words if the organisation or the user lacks what the entity needs.

    Payroll of another country is refused with 405, a missing role or plan with 403
    (xero-facts.md: Payroll gates, Projects).

    Args:
        error: The error.
        destination: What the call was for.
    """
    needs = destination.entity.needs if isinstance(destination, EntityDestination) else ""
    is_country = (
        isinstance(error, RequestRefusedError) and error.status == HTTPStatus.METHOD_NOT_ALLOWED
    )
    if not needs or not (is_country or isinstance(error, AccessDeniedError)):
        return error
    return AccessDeniedError(
        f"{error}. {needs}",
        status=error.status,
        correlation_id=error.correlation_id,
        body=error.body,
        headers=error.headers,
    )
