"""The PDF of a document: ``GET /Entity/{id}`` with ``Accept: application/pdf``.

(xero-facts.md: Small Accounting endpoints)
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date

import pydyf  # type: ignore[import-untyped]  # it has no type hints

from xero_sandbox.http.formats import PDF
from xero_sandbox.http.responses import HttpResponse
from xero_sandbox.model.endpoint import Endpoint
from xero_sandbox.model.organisation import Record

WITH_PDF = frozenset({"CreditNotes", "Invoices", "PurchaseOrders", "Quotes"})
_A4 = (0, 0, 595, 842)
_LEFT, _TOP, _LEADING, _SIZE = 56, 780, 16, 11
_MAX_LINES = 45


def pdf_response(organisation_name: str, endpoint: Endpoint, record: Record) -> HttpResponse:
    """One page with the document's number, contact, lines and total."""
    texts = list(_texts(organisation_name, endpoint, record))[:_MAX_LINES]
    document = pydyf.PDF()
    font = pydyf.Dictionary(
        {
            "Type": "/Font",
            "Subtype": "/Type1",
            "BaseFont": "/Helvetica",
            "Encoding": "/WinAnsiEncoding",
        }
    )
    document.add_object(font)
    content = pydyf.Stream()
    content.begin_text()
    content.set_font_size("F1", _SIZE)
    for position, text in enumerate(texts):
        content.set_text_matrix(1, 0, 0, 1, _LEFT, _TOP - position * _LEADING)
        content.show_text_string(text.encode("cp1252", "replace"))
    content.end_text()
    document.add_object(content)
    document.add_page(
        pydyf.Dictionary(
            {
                "Type": "/Page",
                "Parent": document.pages.reference,
                "MediaBox": pydyf.Array(_A4),
                "Contents": content.reference,
                "Resources": pydyf.Dictionary({"Font": pydyf.Dictionary({"F1": font.reference})}),
            }
        )
    )
    file = io.BytesIO()
    document.write(file)
    return HttpResponse(200, file.getvalue(), PDF)


def _texts(organisation_name: str, endpoint: Endpoint, record: Record) -> Iterator[str]:
    yield organisation_name
    number = next((str(record[name]) for name in endpoint.numbers if record.get(name)), "")
    yield f"{endpoint.name[:-1]} {number or record.get('QuoteNumber', '')}"
    yield str(record.get("Contact", {}).get("Name", ""))
    day = record.get("Date")
    yield day.isoformat() if isinstance(day, date) else ""
    for line in record.get("LineItems", ()):
        yield f"{line.get('Description', '')}  {line.get('LineAmount', '')}"
    yield f"Total {record.get('CurrencyCode', '')} {record.get('Total', '')}"
