"""xero-python, Xero's official SDK, reads everything of the sandbox that it can read."""

import inspect
import re
from datetime import date, datetime, timezone
from typing import Any

import pytest
from sandbox_caller import calling
from sandbox_sdk import Sdk
from xero_python.accounting import AccountingApi
from xero_python.exceptions import AccountingBadRequestException, HTTPStatusException
from xero_python.identity import IdentityApi

# Methods that the sandbox cannot serve, each with the reason.
NOT_SERVED = {
    "get_report_ten_ninety_nine": "US only",
    "get_report_from_id": "published tax reports of AU and NZ; none is published",
    "get_contact_cis_settings": "UK only",
    "get_organisation_cis_settings": "UK only",
    "get_expense_claim": "the demo company has no expense claims",
    "get_expense_claim_history": "the demo company has no expense claims",
    "get_receipt": "the demo company has no receipts",
    "get_receipt_history": "the demo company has no receipts",
    "get_receipt_attachments": "the demo company has no receipts",
    "get_receipt_attachment_by_id": "the demo company has no receipts",
    "get_receipt_attachment_by_file_name": "the demo company has no receipts",
    "get_invoice_as_pdf": "Xero has no such path",
    "get_credit_note_as_pdf": "Xero has no such path",
    "get_purchase_order_as_pdf": "Xero has no such path",
    "get_quote_as_pdf": "Xero has no such path",
}
IDS = {
    "AccountID": "Accounts",
    "BankTransactionID": "BankTransactions",
    "BankTransferID": "BankTransfers",
    "BatchPaymentID": "BatchPayments",
    "BrandingThemeID": "BrandingThemes",
    "BudgetID": "Budgets",
    "ContactGroupID": "ContactGroups",
    "ContactID": "Contacts",
    "ContactNumber": "Contacts",
    "CreditNoteID": "CreditNotes",
    "InvoiceID": "Invoices",
    "ItemID": "Items",
    "JournalID": "Journals",
    "JournalNumber": "Journals",
    "LinkedTransactionID": "LinkedTransactions",
    "ManualJournalID": "ManualJournals",
    "OverpaymentID": "Overpayments",
    "PaymentID": "Payments",
    "PrepaymentID": "Prepayments",
    "PurchaseOrderID": "PurchaseOrders",
    "PurchaseOrderNumber": "PurchaseOrders",
    "QuoteID": "Quotes",
    "RepeatingInvoiceID": "RepeatingInvoices",
    "TaxType": "TaxRates",
    "TrackingCategoryID": "TrackingCategories",
    "UserID": "Users",
}
READS = sorted(
    name
    for name, _ in inspect.getmembers(AccountingApi, inspect.isfunction)
    if name.startswith("get_") and name not in {"get_resource_url", "get_model_finder"}
)


def required_parameters(name: str) -> list[str]:
    parameters = inspect.signature(getattr(AccountingApi, name)).parameters.values()
    return [
        item.name
        for item in parameters
        if item.default is inspect.Parameter.empty
        and item.name not in ("self", "xero_tenant_id", "content_type")
    ]


@pytest.fixture(scope="module")
def sdk():
    with calling("demo") as caller:
        yield Sdk(caller)


def camel(name: str) -> str:
    return re.sub(r"ID$|Id$", "ID", "".join(part.capitalize() for part in name.split("_")))


def parent_of(sdk: Sdk, entity: str, name: str, field: str) -> dict[str, Any]:
    """A record that has what the method wants to read."""
    records = sdk.caller.xero.records(entity)
    if "online_invoice" in name:
        records = [item for item in records if (item["Type"], item["Status"]) == ("ACCREC", "PAID")]
    return next(item for item in records if item.get(field))


def arguments_for(sdk: Sdk, name: str) -> list[Any]:
    required = required_parameters(name)
    if not required:
        return []
    if name.startswith("get_report_aged"):
        return [sdk.caller.xero.records("Contacts")[0]["ContactID"]]
    field = camel(required[0])
    entity = IDS[field]
    record = parent_of(sdk, entity, name, field)
    values = [record[field]]
    if len(required) > 1:
        path = f"{entity}/{values[0]}/Attachments"
        sdk.caller.send(
            "PUT", f"{path}/sdk.txt", data=b"from a test", headers={"Content-Type": "text/plain"}
        )
        (kept,) = [
            item for item in sdk.caller.get(path)["Attachments"] if item["FileName"] == "sdk.txt"
        ]
        values.append(kept["AttachmentID"] if "by_id" in name else "sdk.txt")
    return values


@pytest.mark.parametrize("name", [name for name in READS if name not in NOT_SERVED])
def test_the_sdk_reads(sdk, name):
    content = {"content_type": "text/plain"} if "_attachment_by_" in name else {}
    answer = sdk.call(name, *arguments_for(sdk, name), **content)
    if content:
        with open(answer, "rb") as file:  # noqa: PTH123  # the SDK answers with the path of a file
            assert file.read() == b"from a test"
        return
    (collection,) = [value for value in vars(answer).values() if isinstance(value, list)][:1]
    expected_empty = {"get_expense_claims", "get_receipts", "get_payment_services"}
    expected_empty |= {"get_reports_list", "get_branding_theme_payment_services"}
    assert bool(collection) or name in expected_empty


def test_every_method_is_served_or_has_a_reason():
    assert set(NOT_SERVED) <= set(READS)
    assert len(READS) - len(NOT_SERVED) > 100


def whole(sdk: Sdk, method: str, key: str) -> list[Any]:
    found: list[Any] = []
    for page in range(1, 100):
        records = getattr(sdk.call(method, page=page, page_size=500), key)
        if not records:
            return found
        found += records
    raise AssertionError(method)


@pytest.mark.parametrize(
    ("method", "entity", "key", "own_id"),
    [
        ("get_invoices", "Invoices", "invoices", "invoice_id"),
        ("get_credit_notes", "CreditNotes", "credit_notes", "credit_note_id"),
        ("get_bank_transactions", "BankTransactions", "bank_transactions", "bank_transaction_id"),
        ("get_purchase_orders", "PurchaseOrders", "purchase_orders", "purchase_order_id"),
    ],
)
def test_the_sdk_reads_the_same_ids_dates_and_totals(sdk, method, entity, key, own_id):
    read = {
        getattr(item, own_id): (item.date, item.total, len(item.line_items or ()))
        for item in whole(sdk, method, key)
    }
    id_field = camel(own_id)
    kept = {
        item[id_field]: (item["Date"], item["Total"], len(item["LineItems"]))
        for item in sdk.caller.xero.records(entity)
    }
    assert read == kept


def test_the_sdk_filters_orders_and_reads_since(sdk):
    since = datetime(2026, 1, 1, tzinfo=timezone.utc)
    expected = [
        item
        for item in sdk.caller.xero.records("Invoices")
        if item["UpdatedDateUTC"] >= since and item["Status"] == "PAID" and item["Type"] == "ACCREC"
    ]
    answer = sdk.call(
        "get_invoices",
        if_modified_since=since.replace(tzinfo=None),
        where='Type=="ACCREC"',
        statuses=["PAID"],
        order="InvoiceID ASC",
        page=1,
        page_size=1000,
    )
    assert [item.invoice_id for item in answer.invoices] == sorted(
        item["InvoiceID"] for item in expected
    )
    assert answer.pagination.item_count == len(expected) > 0
    assert isinstance(answer.invoices[0].date, date)


def test_the_sdk_tells_the_sandboxs_validation_message(sdk):
    with pytest.raises(AccountingBadRequestException) as refused:
        sdk.call("create_contacts", {"Contacts": [{"Name": ""}]})
    assert refused.value.reason == "A contact name must be specified."


def test_the_sdk_waits_as_long_as_a_429_says_and_tries_again(sdk):
    sdk.caller.xero.reset()
    sdk.caller.xero.fault("rate_limited", "Contacts", problem="minute", retry_after=1)
    assert sdk.call("get_contacts").contacts
    assert [item["status"] for item in sdk.caller.xero.calls("Contacts")] == [429, 200]


def test_the_sdk_is_told_of_a_missing_scope(sdk):
    sdk.caller.xero.fault("insufficient_scope", "Contacts")
    with pytest.raises(HTTPStatusException) as refused:
        sdk.call("get_contacts")
    assert refused.value.headers["WWW-Authenticate"] == "insufficent_scope"


def test_the_identity_api_of_the_sdk_lists_connections(sdk):
    identity = IdentityApi(sdk.client, base_url=sdk.caller.xero.origin)
    (connection,) = identity.get_connections()
    assert connection.tenant_id == sdk.tenant_id
    assert connection.tenant_type == "ORGANISATION"
