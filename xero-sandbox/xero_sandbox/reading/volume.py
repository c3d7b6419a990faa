"""The high-volume rule: what Xero refuses above 100,000 records (xero-facts.md: Paging)."""

from __future__ import annotations

from collections.abc import Sequence

from xero_sandbox.http.responses import HttpError, exception
from xero_sandbox.model.endpoint import Endpoint
from xero_sandbox.reading.ordering import OrderTerm
from xero_sandbox.reading.where import FieldUse

_RANGES = frozenset({"<", "<=", ">", ">="})
_RANGED_FIELDS = frozenset({"Date", "DueDate", "AmountDue"})
_OPTIONAL_FIELDS = frozenset({"InvoiceID", "PaymentID", "Invoice.InvoiceID"})


def is_efficient(
    endpoint: Endpoint, uses: Sequence[FieldUse], order: Sequence[OrderTerm], *, paged: bool
) -> bool:
    """Whether Xero accepts a request however many records match."""
    if not endpoint.fast_order:
        return True
    return (
        paged
        and all(_optimised(endpoint, use) for use in uses)
        and all(term.path in endpoint.fast_order for term in order)
    )


def _optimised(endpoint: Endpoint, use: FieldUse) -> bool:
    if use.path not in endpoint.fast_where:
        return False
    if use.alternative and use.path not in _OPTIONAL_FIELDS:
        return False
    return use.operator == "==" or (use.operator in _RANGES and use.path in _RANGED_FIELDS)


def high_volume(endpoint: Endpoint) -> HttpError:
    """400 HighVolumeException, number 51."""
    return exception(
        400,
        "HighVolumeException",
        51,
        f"Your request is not filtering {endpoint.name} efficiently, given the extremely high "
        "volume for this organisation. Please check the documentation on efficient data "
        "retrieval",
    )
