"""Refusals that concern a whole entity: the country, plan or role lacks what it needs."""

from __future__ import annotations

from http import HTTPStatus

from xero_client.errors import AccessDeniedError, TenantNotConnectedError, XeroError


def with_needs(error: XeroError, needs: str, others: tuple[type[XeroError], ...] = ()) -> XeroError:
    """The error of a call, in words if the organisation or the user lacks what its entity needs.

    Payroll of another country is refused with 405, a missing role or plan with 403
    (xero-facts.md: Payroll gates, Projects).

    Args:
        error: The error.
        needs: What the organisation and the user must have, as a sentence; empty for nothing.
        others: Further kinds of errors that mean that, because of what the call was for.
    """
    is_country = error.status == HTTPStatus.METHOD_NOT_ALLOWED
    if not needs or not (is_country or isinstance(error, (AccessDeniedError, *others))):
        return error
    said = str(error).removesuffix(f" [Xero-Correlation-Id {error.correlation_id}]")
    if isinstance(error, TenantNotConnectedError):
        # So Xero answers a user without a role in Projects (xero-facts.md: Projects).
        said = "Xero refuses the call as if the organisation were not connected"
    return AccessDeniedError(
        f"{said}. {needs}",
        status=error.status,
        correlation_id=error.correlation_id,
        body=error.body,
        headers=error.headers,
    )
