"""The stream schemas against Xero's official SDK, and against what loaders can take."""

import re
from enum import Enum
from fnmatch import fnmatch
from functools import cache

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from xero_python.accounting import models

from tap_xero.records.schemas import STREAM_NAMES, schema_of
from tap_xero.tap import TapXero

MODEL_OF = {
    "accounts": "Account",
    "bank_transactions": "BankTransaction",
    "bank_transfers": "BankTransfer",
    "batch_payments": "BatchPayment",
    "branding_themes": "BrandingTheme",
    "budgets": "Budget",
    "contact_groups": "ContactGroup",
    "contacts": "Contact",
    "credit_notes": "CreditNote",
    "currencies": "Currency",
    "expense_claims": "ExpenseClaim",
    "invoice_reminders": "InvoiceReminder",
    "invoices": "Invoice",
    "items": "Item",
    "journals": "Journal",
    "linked_transactions": "LinkedTransaction",
    "manual_journals": "ManualJournal",
    "organisations": "Organisation",
    "overpayments": "Overpayment",
    "payment_services": "PaymentService",
    "payments": "Payment",
    "prepayments": "Prepayment",
    "purchase_orders": "PurchaseOrder",
    "quotes": "Quote",
    "receipts": "Receipt",
    "repeating_invoices": "RepeatingInvoice",
    "tax_rates": "TaxRate",
    "tracking_categories": "TrackingCategory",
    "users": "User",
}

KEY_OF = {
    "currencies": "Code",
    "invoice_reminders": None,
    "tax_rates": "TaxType",
} | {
    stream: f"{model}ID"
    for stream, model in MODEL_OF.items()
    if stream not in {"currencies", "invoice_reminders", "tax_rates"}
}

CIRCLE = "documents and payments hold one another without end; here the circle is cut"
REFERENCE = "Xero names the other record here by its id and a few facts, with empty lists"

BY_ID = "Xero sends the list with single records only; it is a stream of its own"

MISSING_ON_PURPOSE = {
    "budgets.BudgetLines": BY_ID,
    "contact_groups.Contacts": BY_ID,
    # what a record listed in another one does not list again
    "*.Payments.Invoice": CIRCLE,
    "*.Payments.CreditNote": CIRCLE,
    "*.Payments.Prepayment": CIRCLE,
    "*.Payments.Overpayment": CIRCLE,
    "*.BatchPayment.Payments": CIRCLE,
    # references
    "*.Allocations.Invoice.*": REFERENCE,
    "*.Allocations.CreditNote.*": REFERENCE,
    "*.Allocations.Prepayment.*": REFERENCE,
    "*.Allocations.Overpayment.*": REFERENCE,
    "*.Invoice.Payments.*": REFERENCE,
    "*.Invoice.CreditNotes.*": REFERENCE,
    "*.Invoice.Prepayments.*": REFERENCE,
    "*.Invoice.Overpayments.*": REFERENCE,
    "*.CreditNote.Payments.*": REFERENCE,
    "*.Prepayment.Payments.*": REFERENCE,
    "*.Overpayment.Payments.*": REFERENCE,
    "invoices.CreditNotes.Payments.*": REFERENCE,
    "invoices.Prepayments.Payments.*": REFERENCE,
    "invoices.Overpayments.Payments.*": REFERENCE,
    "*.Payments.Account.*": REFERENCE,
    "*.BatchPayment.Account.*": REFERENCE,
    # contacts
    "*.ContactGroups.Contacts.*": "a group named by its member lists no members",
    "payments.*.Contact.*": "the contact of a document inside another record is a summary",
    "batch_payments.*.Contact.*": "the contact of a document inside another record is a summary",
    "invoices.*s.Contact.*": "the contact of a document inside another record is a summary",
}

TYPED_OTHERWISE: dict[str, str] = {}

SAMPLES = "in the sample answers of Xero's OpenAPI file"
HELPER_STRINGS = "a helper string beside a date, xero-facts.md: Formats"

BEYOND_THE_SDK = {
    "Account.CreatedDateUTC": "since specification 20.0.0, xero-facts.md: Change capture",
    "BankTransaction.Attachments": SAMPLES,
    "BankTransaction.BatchPayment": SAMPLES,
    "BankTransaction.DateString": HELPER_STRINGS,
    "BankTransfer.Attachments": SAMPLES,
    "BankTransfer.CreatedDateUTCString": SAMPLES,
    "BankTransfer.DateString": HELPER_STRINGS,
    "Budget.Status": SAMPLES,
    "Contact.Warnings": SAMPLES,
    "ContactGroup.HasValidationErrors": SAMPLES,
    "CreditNote.Attachments": SAMPLES,
    "CreditNote.DateString": HELPER_STRINGS,
    "CreditNote.DueDateString": HELPER_STRINGS,
    "CreditNote.ID": SAMPLES,
    "ExpenseClaim.StatusAttributeString": SAMPLES,
    "Invoice.DateString": HELPER_STRINGS,
    "Invoice.DueDateString": HELPER_STRINGS,
    "LineItem.DiscountEnteredAsPercent": SAMPLES,
    "LineItem.ValidationErrors": SAMPLES,
    "Overpayment.DateString": HELPER_STRINGS,
    "Overpayment.ID": SAMPLES,
    "Payment.DateString": HELPER_STRINGS,
    "Prepayment.DateString": HELPER_STRINGS,
    "Prepayment.ID": SAMPLES,
    "PurchaseOrder.DateString": HELPER_STRINGS,
    "PurchaseOrder.DeliveryDateString": HELPER_STRINGS,
    "PurchaseOrder.HasErrors": SAMPLES,
    "PurchaseOrder.IsDiscounted": SAMPLES,
    "PurchaseOrder.Type": SAMPLES,
    "Receipt.ID": SAMPLES,
    "TrackingOption.HasValidationErrors": SAMPLES,
    "TrackingOption.IsActive": SAMPLES,
    "TrackingOption.IsArchived": SAMPLES,
    "TrackingOption.IsDeleted": SAMPLES,
    "User.ValidationErrors": SAMPLES,
    "User.Warnings": SAMPLES,
    "ValidationError.Description": "in one sample instead of Message, xero-facts.md: Batch results",
}

SCALARS = {
    "str": ("string", None),
    "float": ("number", None),
    "int": ("integer", None),
    "bool": ("boolean", None),
    "date[ms-format]": ("string", "date"),
    "datetime[ms-format]": ("string", "date-time"),
}


def fields_of(model):
    """Give the SDK's fields of a model: wire name to type name."""
    return {
        model.attribute_map[attribute]: type_name
        for attribute, type_name in model.openapi_types.items()
    }


def expected_type(type_name):
    """Give the JSON type and format of an SDK type, and the model nested in it."""
    if type_name in SCALARS:
        return *SCALARS[type_name], None
    if listed := re.fullmatch(r"list\[(\w+)\]", type_name):
        return "array", None, getattr(models, listed[1])
    model = getattr(models, type_name)
    return ("string", None, None) if issubclass(model, Enum) else ("object", None, model)


def type_of(schema):
    """Give the JSON type of a property without its null."""
    (kind,) = set(schema["type"]) - {"null"}
    return kind


class Comparison:
    """All differences between the schemas and the SDK's models, by path."""

    def __init__(self):
        self.missing, self.mistyped, self.extra = set(), set(), set()
        for stream, model_name in MODEL_OF.items():
            properties = schema_of(stream)["properties"]
            own = {name for name in properties if name.startswith("_")}
            self.compare(
                getattr(models, model_name),
                {name: schema for name, schema in properties.items() if name not in own},
                stream,
            )

    def compare(self, model, properties, path):
        fields = fields_of(model)
        self.extra |= {f"{model.__name__}.{name}" for name in properties.keys() - fields.keys()}
        self.missing |= {f"{path}.{name}" for name in fields.keys() - properties.keys()}
        for name in fields.keys() & properties.keys():
            self.compare_property(fields[name], properties[name], f"{path}.{name}")

    def compare_property(self, type_name, schema, path):
        kind, date_format, nested = expected_type(type_name)
        if (type_of(schema), schema.get("format")) != (kind, date_format):
            self.mistyped.add(path)
        elif nested:
            members = schema["items"] if kind == "array" else schema
            self.compare(nested, members["properties"], path)


@cache
def comparison():
    return Comparison()


def nodes(schema, path=""):
    """Walk over a schema and everything nested in it: path and node."""
    yield path, schema
    for name, member in schema.get("properties", {}).items():
        yield from nodes(member, f"{path}.{name}")
    if "items" in schema:
        yield from nodes(schema["items"], f"{path}[]")


every_stream = pytest.mark.parametrize("stream", STREAM_NAMES)


def test_there_is_a_schema_for_every_stream_and_no_other():
    assert sorted(STREAM_NAMES) == sorted(MODEL_OF)


def test_every_field_of_the_official_sdk_is_in_the_schema_or_left_out_for_a_reason():
    unexplained = {
        path
        for path in comparison().missing
        if not any(fnmatch(path, pattern) for pattern in MISSING_ON_PURPOSE)
    }
    assert unexplained == set()


@pytest.mark.parametrize("pattern", MISSING_ON_PURPOSE)
def test_a_reason_for_leaving_out_still_stands_for_something(pattern):
    assert any(fnmatch(path, pattern) for path in comparison().missing)


def test_every_field_has_the_type_of_the_official_sdk_or_another_for_a_reason():
    assert comparison().mistyped == set(TYPED_OTHERWISE)


def test_every_field_that_the_official_sdk_lacks_has_a_source():
    assert comparison().extra == set(BEYOND_THE_SDK)


@every_stream
def test_no_field_at_the_top_of_a_record_is_left_out(stream):
    top_level = {path for path in comparison().missing if path.count(".") == 1}
    listed = {path for path, reason in MISSING_ON_PURPOSE.items() if reason == BY_ID}
    assert not {path for path in top_level - listed if path.startswith(f"{stream}.")}


@every_stream
def test_a_schema_is_valid_in_old_and_new_drafts(stream):
    Draft7Validator.check_schema(schema_of(stream))
    Draft202012Validator.check_schema(schema_of(stream))


@every_stream
def test_the_tenant_comes_first_and_then_the_key(stream):
    first = [name for name in ("_tenant_id", "_tenant_name", KEY_OF[stream]) if name]
    assert list(schema_of(stream)["properties"])[: len(first)] == first


@every_stream
def test_keys_are_strings_and_everything_else_may_be_null(stream):
    keys = {"._tenant_id", f".{KEY_OF[stream]}"}
    for path, node in nodes(schema_of(stream)):
        if path in keys:
            assert node["type"] == ["string"]
        elif path and not path.endswith("[]"):
            assert len(node["type"]) == 2, path
            assert node["type"][1] == "null", path


@every_stream
def test_every_node_uses_only_what_all_loaders_understand(stream):
    for path, node in nodes(schema_of(stream)):
        kind = node["type"] if path == "" else type_of(node)
        allowed = {
            "object": {"type", "properties"},
            "array": {"type", "items"},
            "integer": {"type", "minimum", "maximum"},
            "string": {"type", "format"} if "format" in node else {"type"},
        }
        is_property = path and not path.endswith("[]")
        described = {"description"} if is_property else set()
        assert node.keys() == allowed.get(kind, {"type"}) | described, path


@every_stream
def test_names_differ_by_more_than_their_case(stream):
    for path, node in nodes(schema_of(stream)):
        names = [name.casefold() for name in node.get("properties", {})]
        assert len(names) == len(set(names)), path


@every_stream
def test_a_name_tells_whether_a_property_is_a_day_or_an_instant(stream):
    for path, node in nodes(schema_of(stream)):
        expected = None
        if path.endswith(("UTC", "._read_at")):
            expected = "date-time"
        elif path.endswith("Date") and type_of(node) == "string":
            expected = "date"
        assert node.get("format") == expected, path


@every_stream
def test_no_two_places_share_one_object(stream):
    places = [id(node) for _, node in nodes(schema_of(stream))]
    assert len(places) == len(set(places))


@cache
def catalog():
    """All streams, with those that settings add."""
    settings = {"copy_attachments": True, "copy_history": True}
    tap = TapXero(config=settings, validate_config=False, setup_mapper=False)
    return {stream["tap_stream_id"]: stream for stream in tap.catalog.to_dict()["streams"]}


def test_every_property_of_every_stream_is_described():
    described = {
        f"{stream}{path}": node.get("description", "")
        for stream, entry in catalog().items()
        for path, node in nodes(entry["schema"])
        if path and not path.endswith("[]")
    }
    assert len(catalog()) > 90
    assert {path for path, text in described.items() if not text} == set()
    assert {path for path, text in described.items() if not text.endswith(".")} == set()


def test_a_description_tells_the_unit_or_the_format():
    streams = {name: entry["schema"]["properties"] for name, entry in catalog().items()}
    expected = {
        ("invoices", "CurrencyRate"): "one unit of the base currency",
        ("invoices", "AmountDue"): "invoice's currency",
        ("journal_lines", "NetAmount"): "base currency; debits are positive",
        ("invoice_line_items", "DiscountRate"): "percent",
        ("tax_rates", "EffectiveRate"): "percent",
        ("invoices", "UpdatedDateUTC"): "in UTC",
        ("organisations", "CountryCode"): "ISO 3166",
        ("budget_lines", "Period"): "2026-01",
        ("credit_note_allocations", "Invoice_Date"): "Invoice: Day of the invoice",
        ("trial_balances", "YTDDebit"): "year's start",
        ("aged_payables_by_contact", "Due"): "document's currency",
        ("invoices_attachments", "ContentLength"): "bytes",
    }
    found = {key: streams[key[0]][key[1]]["description"] for key in expected}
    assert {key: text for key, text in found.items() if expected[key] not in text} == {}


def test_a_name_with_several_meanings_is_described_by_its_record():
    streams = {name: entry["schema"]["properties"] for name, entry in catalog().items()}
    for name in ("Name", "Code", "Type", "Status"):
        texts = {
            stream: properties[name]["description"]
            for stream, properties in streams.items()
            if name in properties and "journal" not in stream and "line" not in stream
        }
        assert len(set(texts.values())) > 2
    assert "Account" not in streams["items"]["Code"]["description"]


def test_a_caller_may_change_its_copy():
    schema_of("invoices")["properties"].clear()
    assert "InvoiceID" in schema_of("invoices")["properties"]


def test_an_unknown_stream_has_no_schema():
    with pytest.raises(KeyError, match="invoice_lines"):
        schema_of("invoice_lines")
