"""Reads the rows of a report (xero-facts.md: Report answers, Flattening reports)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

JsonObject = Mapping[str, Any]
_DOCUMENT_IDS = ("invoiceID", "creditNoteID", "prepaymentID", "overpaymentID")


@dataclass(frozen=True)
class Line:
    """One row of a report.

    Attributes:
        section: The headings above it, joined by `` > ``.
        row_type: ``Row`` or ``SummaryRow``.
        label: The text of its first cell.
        account_id: The account; None if the row has none. It may be in no list of accounts.
        key: What tells the row from others of the report, also if rows come or go: the account, the
            document, or section and label.
        values: The texts of its other cells.
        document_id: The invoice, or other document; None if the row has none.
    """

    section: str
    row_type: str
    label: str
    account_id: str | None
    key: str
    values: Sequence[str]
    document_id: str | None = None


@dataclass(frozen=True)
class Report:
    """One report of Xero.

    Attributes:
        titles: Its name, the organisation, and the period in words.
        columns: The titles of the columns after the first.
        lines: Its rows.
    """

    titles: Sequence[str]
    columns: Sequence[str]
    lines: Sequence[Line]

    @classmethod
    def of(cls, report: JsonObject) -> Report:
        """Reads an element of ``Reports``.

        Raises:
            ValueError: It does not have the form of a report.
        """
        try:
            rows = report["Rows"]
            header = next(row for row in rows if row["RowType"] == "Header")
            columns = [cell["Value"] for cell in header["Cells"][1:]]
            lines = tuple(_numbered(_lines(rows)))
        except (AttributeError, KeyError, IndexError, StopIteration, TypeError) as error:
            message = f"the report does not have the form of a report: {error!r}"
            raise ValueError(message) from None
        return cls(report.get("ReportTitles") or (), columns, lines)


def amount_of(text: str) -> Decimal | None:
    """The amount of a cell; None if it is empty or not a number.

    A percent sign and separators of thousands are left out.
    """
    try:
        return Decimal(text.strip().removesuffix("%").replace(",", "")) if text else None
    except InvalidOperation:
        return None


def _lines(rows: Sequence[JsonObject]) -> Iterator[Line]:
    # A section without rows is the heading of those after it, up to its total. Only their order
    # tells that.
    heading = ""
    for row in rows:
        if row["RowType"] == "Section":
            title = row.get("Title") or ""
            members = row.get("Rows") or ()
            if title and not members:
                heading = title
            section = " > ".join(filter(None, (heading, title)))
            lines = [_line(member, section) for member in members]
            yield from lines
            if not title and any(line.label == f"Total {heading}" for line in lines):
                heading = ""
        elif row["RowType"] != "Header":
            yield _line(row, heading)


def _line(row: JsonObject, section: str) -> Line:
    label, *others = row["Cells"]
    attributes = {each["Id"]: each["Value"] for each in label.get("Attributes") or ()}
    account_id = attributes.get("account") or attributes.get("accountID")
    # Public samples show invoiceID only; credits can have ids of other names.
    document_id = next(
        (value for name, value in attributes.items() if name in _DOCUMENT_IDS and value), None
    )
    text = label.get("Value") or ""
    return Line(
        section=section,
        row_type=row["RowType"],
        label=text,
        account_id=account_id,
        key=account_id or document_id or " > ".join(filter(None, (section, text))),
        values=[cell.get("Value") or "" for cell in others],
        document_id=document_id,
    )


def _numbered(lines: Iterator[Line]) -> Iterator[Line]:
    """The lines, with a number at the end of a key that an earlier line has."""
    counts: Counter[str] = Counter()
    for line in lines:
        counts[line.key] += 1
        number = counts[line.key]
        key = line.key if number == 1 else f"{line.key} #{number}"
        yield replace(line, key=key)
