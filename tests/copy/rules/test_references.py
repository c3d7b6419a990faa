"""Ids of the source organisation are replaced by the target's, and nothing else is."""

from hypothesis import given
from hypothesis import strategies as st

from target_xero.copy.mapping.references import (
    ReferenceTables,
    natural_key,
    option_key,
    references_in,
    translate,
)

INVOICE = {
    "Type": "ACCREC",
    "Contact": {"ContactID": "s-ana", "Name": "Ana", "ContactNumber": "C1"},
    "BrandingThemeID": "s-theme",
    "LineItems": [
        {
            "AccountCode": "200",
            "AccountID": "s-sales",
            "ItemCode": "BREAD",
            "TaxType": "TAX001",
            "Tracking": [
                {
                    "TrackingCategoryID": "s-region",
                    "TrackingOptionID": "s-north",
                    "Name": "Region",
                    "Option": "North",
                }
            ],
        }
    ],
}
IDS = {
    ("contacts", "s-ana"): "t-ana",
    ("branding_themes", "s-theme"): "t-theme",
    ("tracking_categories", "s-region"): "t-region",
    ("tracking_options", "s-north"): "t-north",
}


def test_ids_inside_a_record_become_the_targets():
    out = translate(INVOICE, ReferenceTables(IDS, tax_types={"TAX001": "TAX007"}))

    assert not out.problems
    assert out.record["Contact"]["ContactID"] == "t-ana"
    assert out.record["BrandingThemeID"] == "t-theme"
    [line] = out.record["LineItems"]
    assert line["TaxType"] == "TAX007"
    assert line["Tracking"][0]["TrackingCategoryID"] == "t-region"
    assert line["Tracking"][0]["TrackingOptionID"] == "t-north"


def test_a_reference_by_code_is_left_alone_and_its_id_left_out():
    [line] = translate(INVOICE, ReferenceTables(IDS)).record["LineItems"]

    assert line["AccountCode"] == "200"
    assert line["ItemCode"] == "BREAD"
    assert "AccountID" not in line


def test_an_account_with_another_code_in_the_target_gets_that_code():
    [line] = translate(INVOICE, ReferenceTables(IDS, account_codes={"200": "4000"})).record[
        "LineItems"
    ]

    assert line["AccountCode"] == "4000"


def test_a_line_with_a_tax_rate_that_was_not_copied_is_a_problem():
    out = translate(INVOICE, ReferenceTables(IDS, tax_types={"OUTPUT2": "TAX001"}))

    [problem] = out.problems
    assert problem.startswith("LineItems[0].TaxType TAX001 is not one of the tax rates")
    untaxed = {"LineItems": [{"TaxType": "NONE"}, {"TaxType": ""}]}
    assert translate(untaxed, ReferenceTables(tax_types={"OUTPUT2": "TAX001"})).problems == ()


def test_an_unknown_tax_rate_that_an_item_only_proposes_is_accepted():
    item = {"SalesDetails": {"TaxType": "TAX009"}}
    out = translate(item, ReferenceTables(tax_types={"OUTPUT2": "TAX001"}))

    assert out.record == item
    assert not out.problems


def test_records_that_are_not_in_the_id_map_are_found_by_natural_key():
    by_key = {
        natural_key("contacts", "ContactNumber", "C1"): "t-by-number",
        natural_key("tracking_categories", "Name", "REGION"): "t-region",
        option_key("Region", "north"): "t-north",
    }
    out = translate(INVOICE, ReferenceTables(ids_by_key=by_key))

    assert not out.problems
    assert out.record["Contact"]["ContactID"] == "t-by-number"
    assert out.record["LineItems"][0]["Tracking"][0]["TrackingOptionID"] == "t-north"


def test_a_contacts_number_counts_before_its_name():
    by_key = {
        natural_key("contacts", "Name", "Ana"): "t-by-name",
        natural_key("contacts", "ContactNumber", "C1"): "t-by-number",
    }
    out = translate({"Contact": INVOICE["Contact"]}, ReferenceTables(ids_by_key=by_key))

    assert out.record["Contact"]["ContactID"] == "t-by-number"


def test_an_unresolved_reference_is_reported_with_its_path_and_names():
    out = translate(INVOICE, ReferenceTables())

    assert out.problems[0].startswith(
        "Contact.ContactID s-ana (ContactNumber C1, Name Ana) is not one of the contacts"
    )
    assert any(
        problem.startswith("LineItems[0].Tracking[0].TrackingOptionID s-north (Region: North)")
        for problem in out.problems
    )


def test_a_branding_theme_that_the_target_does_not_have_is_dropped_and_reported():
    out = translate({"BrandingThemeID": "s-theme"}, ReferenceTables())

    assert not out.problems
    assert out.record == {}
    assert out.dropped == ("BrandingThemeID s-theme",)


def test_a_bill_is_never_found_by_its_number():
    by_key = {natural_key("invoices", "InvoiceNumber", "17"): "t-17"}
    bill = {"Invoice": {"InvoiceID": "s-17", "InvoiceNumber": "17", "Type": "ACCPAY"}}
    sale = {"Invoice": {"InvoiceID": "s-17", "InvoiceNumber": "17", "Type": "ACCREC"}}

    assert translate(bill, ReferenceTables(ids_by_key=by_key)).problems
    assert (
        translate(sale, ReferenceTables(ids_by_key=by_key)).record["Invoice"]["InvoiceID"] == "t-17"
    )


def test_either_end_of_a_linked_transaction_may_be_an_invoice_or_a_bank_transaction():
    ids = {("bank_transactions", "s-spend"): "t-spend", ("invoices", "s-sale"): "t-sale"}
    linked = {"SourceTransactionID": "s-spend", "TargetTransactionID": "s-sale"}

    assert translate(linked, ReferenceTables(ids)).record == {
        "SourceTransactionID": "t-spend",
        "TargetTransactionID": "t-sale",
    }


def test_all_references_of_a_record_are_found():
    assert set(references_in(INVOICE)) == {*IDS, ("accounts", "s-sales")}


words = st.text("abc", min_size=1, max_size=3)
plain = st.dictionaries(st.sampled_from(["Name", "Amount", "Date", "Note"]), words | st.integers())


@given(st.recursive(plain, lambda inner: st.dictionaries(words, inner | st.lists(inner))))
def test_a_record_without_references_stays_as_it_is(record):
    out = translate(record, ReferenceTables())

    assert out.record == record
    assert not out.problems
