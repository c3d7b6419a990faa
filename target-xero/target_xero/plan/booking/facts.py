"""What must be known of an organisation to say what Xero books: accounts, rates, items, contacts.

Only what the documents of a plan need is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from target_xero.build.records import Record
from target_xero.build.references.match_keys import CONTACT_FIELDS
from target_xero.build.references.record_references import PAYABLE as PAYABLE_ENTITIES
from target_xero.lookup.existing_records import Lookup
from target_xero.lookup.lists import every_record
from xero_client.entities.shapes import LINES
from xero_client.entities.table import BY_NAME
from xero_client.http.transport import Request, Transport
from xero_client.http.wire import records_of
from xero_client.json_value import Json

SCOPES = ("accounting.settings.read", "accounting.contacts.read")
SUBJECT = "plan"

# The documents that a payment may be for, by the field that names them; not credits, which have
# no number.
PAYABLE: Mapping[str, tuple[str, str]] = {
    name: (entity.name, entity.named_by[0])
    for name, entity in PAYABLE_ENTITIES.items()
    if entity.writing is not None
}

Document = tuple[str, Record]


@dataclass(frozen=True)
class Facts:
    """What is known of an organisation.

    Attributes:
        base_currency: The currency of its books.
        accounts: Accounts, by code and by id in lower case.
        system_accounts: Accounts, by their ``SystemAccount`` such as ``DEBTORS``.
        tax_rates: Tax rates, by ``TaxType``.
        items: Items, by code without case.
        contacts: Contacts, by field and value without case.
        payables: Invoices and credit notes that payments are for, by field and value without case.
    """

    base_currency: str
    accounts: Mapping[str, Record] = field(default_factory=dict)
    system_accounts: Mapping[str, Record] = field(default_factory=dict)
    tax_rates: Mapping[str, Record] = field(default_factory=dict)
    items: Mapping[str, Record] = field(default_factory=dict)
    contacts: Mapping[tuple[str, str], Record] = field(default_factory=dict)
    payables: Mapping[tuple[str, str], Record] = field(default_factory=dict)

    def account(self, holder: Record) -> Record | None:
        """The account that a line or a nested account names, if it is known."""
        for name in ("AccountID", "AccountCode", "Code"):
            if holder.get(name):
                return self.accounts.get(str(holder[name]).lower())
        return None

    def contact(self, document: Record) -> Record:
        """The contact of a document, as far as it is known."""
        named = document.get("Contact")
        if not isinstance(named, dict):
            return {}
        name = next((name for name in CONTACT_FIELDS if named.get(name)), None)
        return self.contacts.get((name, folded(named[name])), {}) if name else {}

    def item(self, line: Record) -> Record:
        """The item of a line, as far as it is known."""
        return self.items.get(folded(line.get("ItemCode") or ""), {})


def folded(value: Json) -> str:
    """A name or number as Xero compares it: without case and extra spaces."""
    return " ".join(str(value).split()).casefold()


def read_facts(transport: Transport, documents: Sequence[Document]) -> Facts:
    """Reads what the documents need.

    Args:
        transport: The organisation's connection.
        documents: The documents of a plan, with their entities: all that it creates or changes.

    Raises:
        XeroError: Something cannot be read.
    """
    accounts = [*every_record(transport, "Accounts"), *_planned("Accounts", documents)]
    by_key = {
        str(account[name]).lower(): account
        for account in accounts
        for name in ("Code", "AccountID")
        if account.get(name)
    }
    system = {str(a["SystemAccount"]): a for a in accounts if a.get("SystemAccount")}
    rates = {str(rate.get("TaxType")): rate for rate in every_record(transport, "TaxRates")}
    return Facts(
        _base_currency(transport),
        by_key,
        system,
        rates,
        _items(transport, documents),
        _contacts(transport, documents),
        _payables(transport, documents),
    )


def lines_of(document: Record) -> list[Record]:
    """The lines of a document or journal."""
    return [line for name in LINES for line in document.get(name) or () if isinstance(line, dict)]


def payments_of(entity: str, document: Record) -> list[Record]:
    """The payments in a document: itself, or those of a batch payment."""
    if entity == "BatchPayments":
        return [payment for payment in document.get("Payments") or () if isinstance(payment, dict)]
    return [document] if entity == "Payments" else []


def paid_keys(payment: Record) -> Iterator[tuple[str, str, str]]:
    """How a payment names what it pays: the entity, a field and its value."""
    for name, (entity, number) in PAYABLE.items():
        named = payment.get(name)
        for key in (BY_NAME[entity].id_field or "", number):
            value = named.get(key) if isinstance(named, dict) else None
            value = value or (payment.get(key) if key == number else None)
            if value:
                yield entity, key, str(value)


def _planned(entity: str, documents: Iterable[Document]) -> list[Record]:
    """The records of an entity that the plan itself creates or changes."""
    return [document for name, document in documents if name == entity]


def _base_currency(transport: Transport) -> str:
    row = BY_NAME["Organisations"]
    request = Request("GET", row.path, {}, subject=SUBJECT, scope=row.read_scope)
    organisations = records_of(transport.send(request).json, row.key)
    return str(organisations[0].get("BaseCurrency") or "") if organisations else ""


def _items(transport: Transport, documents: Sequence[Document]) -> dict[str, Record]:
    codes = {
        str(line["ItemCode"])
        for _, document in documents
        for line in lines_of(document)
        if line.get("ItemCode")
    }
    found: dict[str, Record] = {}
    if codes:
        by_code = Lookup(transport, BY_NAME["Items"], SUBJECT).by_field("Code", sorted(codes))
        found = {folded(code): records[0] for code, records in by_code.items() if records}
    for item in _planned("Items", documents):
        key = folded(item.get("Code") or "")
        found[key] = {**found.get(key, {}), **item}
    return found


def _contacts(transport: Transport, documents: Sequence[Document]) -> dict[tuple[str, str], Record]:
    wanted: dict[str, set[str]] = {}
    for _, document in documents:
        named = document.get("Contact")
        if not isinstance(named, dict):
            continue
        name = next((name for name in CONTACT_FIELDS if named.get(name)), None)
        is_complete = document.get("CurrencyCode") and all(
            line.get("TaxType") for line in lines_of(document)
        )
        if name is not None and not is_complete:
            wanted.setdefault(name, set()).add(str(named[name]))
    lookup = Lookup(transport, BY_NAME["Contacts"], SUBJECT)
    found: dict[tuple[str, str], Record] = {}
    for name, values in wanted.items():
        if name == "ContactID":
            by_id = lookup.by_id(sorted(values))
            found |= {(name, folded(value)): record for value, record in by_id.items()}
            continue
        by_field = lookup.by_field(name, sorted(values))
        found |= {(name, folded(value)): rows[0] for value, rows in by_field.items() if rows}
    for contact in _planned("Contacts", documents):
        for name in CONTACT_FIELDS:
            if contact.get(name):
                key = (name, folded(contact[name]))
                found[key] = {**found.get(key, {}), **contact}
    return found


def _payables(transport: Transport, documents: Sequence[Document]) -> dict[tuple[str, str], Record]:
    wanted: dict[tuple[str, str], set[str]] = {}
    for entity, document in documents:
        for payment in payments_of(entity, document):
            for paid, name, value in paid_keys(payment):
                wanted.setdefault((paid, name), set()).add(value)
    found: dict[tuple[str, str], Record] = {}
    for (entity, name), values in wanted.items():
        row = BY_NAME[entity]
        lookup = Lookup(transport, row, SUBJECT)
        if name == row.id_field:
            by_id = lookup.by_id(sorted(values))
            found |= {(name, folded(value)): record for value, record in by_id.items()}
            continue
        by_field = lookup.by_field(name, sorted(values))
        found |= {(name, folded(value)): rows[0] for value, rows in by_field.items() if rows}
    for entity, number in PAYABLE.values():
        for document in _planned(entity, documents):
            for name in (BY_NAME[entity].id_field or "", number):
                if document.get(name):
                    found[name, folded(document[name])] = document
    return found
