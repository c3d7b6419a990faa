"""Documents that xero-python writes."""

import re
from datetime import date

from xero_python.accounting import models as xero

DAY, DUE = date(2026, 11, 2), date(2026, 11, 30)


def listed(kind, elements):
    """A model of several elements; some take their list first, some last."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()
    return kind(**{name: elements})


def one_of(sdk, method, kind, element):
    """What a method that takes several elements answers for one."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()
    (answer,) = getattr(sdk.call(method, listed(kind, [element])), name)
    return answer


def line(amount=100, **fields):
    return xero.LineItem(
        description="Tea", quantity=1, unit_amount=amount, account_code="200", **fields
    )


def new_invoice(sdk, books, kind="ACCREC", status="AUTHORISED", **fields):
    invoice = xero.Invoice(
        type=kind,
        contact=books.contact,
        date=DAY,
        due_date=DUE,
        status=status,
        line_items=[line()],
        **fields,
    )
    return sdk.call("create_invoices", listed(xero.Invoices, [invoice])).invoices[0]
