"""The sandbox's lists: pages, orders, filters, shapes (xero-facts.md: Paging, Formats)."""

import uuid
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sandbox_caller import Caller, calling

pytestmark = pytest.mark.fast

START = datetime(2026, 3, 1, tzinfo=timezone.utc)


@pytest.fixture
def caller():
    with calling() as item:
        yield item


def add_contacts(caller: Caller, count: int, **fields) -> list[str]:
    return [
        caller.xero.add(
            "Contacts",
            {
                "Name": f"Contact {number:04d}",
                "ContactStatus": "ACTIVE",
                "UpdatedDateUTC": START + timedelta(seconds=number),
                **fields,
            },
        )
        for number in range(count)
    ]


def add_invoice(caller: Caller, **fields) -> str:
    record = {
        "Type": "ACCREC",
        "Status": "AUTHORISED",
        "Date": date(2026, 1, 31),
        "DueDate": date(2026, 2, 14),
        "Contact": {"ContactID": str(uuid.uuid4()), "Name": "Ana"},
        "LineItems": [{"Description": "x", "UnitAmount": Decimal("1.2345")}],
        "AmountDue": Decimal("10.50"),
        "Total": Decimal("10.50"),
        "Payments": [],
        "HasAttachments": False,
        **fields,
    }
    return caller.xero.add("Invoices", record)


def test_pages_are_of_one_hundred_unless_page_size_says_otherwise(caller):
    add_contacts(caller, 230)
    sizes = [len(caller.get("Contacts", page=page)["Contacts"]) for page in (1, 2, 3, 4)]
    assert sizes == [100, 100, 30, 0]
    assert len(caller.get("Contacts", page=1, pageSize=200)["Contacts"]) == 200


def test_pagination_counts_over_all_pages(caller):
    add_contacts(caller, 230)
    pagination = caller.get("Contacts", page=2, pageSize=50)["pagination"]
    assert pagination == {"page": 2, "pageSize": 50, "pageCount": 5, "itemCount": 230}


@pytest.mark.parametrize(("asked", "given"), [(5000, 1000), (0, 100), (-3, 1)])
def test_page_size_out_of_range_is_clamped(caller, asked, given):
    assert caller.get("Contacts", page=1, pageSize=asked)["pagination"]["pageSize"] == given


def test_page_size_without_page_gives_the_whole_list(caller):
    add_contacts(caller, 130)
    answer = caller.get("Contacts", pageSize=10)
    assert len(answer["Contacts"]) == 130
    assert "pagination" not in answer


def test_unpaged_contacts_lack_the_details_that_pages_have(caller):
    add_contacts(caller, 1, ContactPersons=[{"FirstName": "Bo"}], PaymentTerms={})
    assert "ContactPersons" not in caller.get("Contacts")["Contacts"][0]
    assert "ContactPersons" in caller.get("Contacts", page=1)["Contacts"][0]


def test_unpaged_invoices_have_no_lines_and_pages_have(caller):
    add_invoice(caller)
    assert "LineItems" not in caller.get("Invoices")["Invoices"][0]
    assert "LineItems" in caller.get("Invoices", page=1)["Invoices"][0]


def test_summary_drops_fields_and_forces_pages(caller):
    add_invoice(caller)
    answer = caller.get("Invoices", summaryOnly="true")
    assert answer["pagination"]["itemCount"] == 1
    assert not {"LineItems", "Payments", "HasAttachments"} & set(answer["Invoices"][0])


def test_statuses_force_pages(caller):
    add_invoice(caller)
    add_invoice(caller, Status="VOIDED")
    answer = caller.get("Invoices", Statuses="VOIDED,DELETED")
    assert [item["Status"] for item in answer["Invoices"]] == ["VOIDED"]
    assert "pagination" in answer


def test_purchase_orders_are_paged_without_being_asked(caller):
    for number in range(120):
        caller.xero.add("PurchaseOrders", {"PurchaseOrderNumber": f"PO-{number}"})
    answer = caller.get("PurchaseOrders")
    assert len(answer["PurchaseOrders"]) == 100
    assert answer["pagination"]["pageCount"] == 2


def test_quotes_are_paged_without_page_size_and_without_pagination(caller):
    for number in range(120):
        caller.xero.add("Quotes", {"QuoteNumber": f"QU-{number}", "Status": "DRAFT"})
    answer = caller.get("Quotes", page=1, pageSize=500)
    assert len(answer["Quotes"]) == 100
    assert "pagination" not in answer
    assert len(caller.get("Quotes", page=2)["Quotes"]) == 20


def test_linked_transactions_come_in_hundreds(caller):
    for _ in range(101):
        caller.xero.add("LinkedTransactions", {"Status": "DRAFT"})
    assert len(caller.get("LinkedTransactions")["LinkedTransactions"]) == 100
    assert len(caller.get("LinkedTransactions", page=2)["LinkedTransactions"]) == 1


def test_default_order_is_by_change_and_then_by_id(caller):
    ids = add_contacts(caller, 5)
    caller.xero.edit("Contacts", ids[0], Name="Edited")
    assert caller.ids("Contacts", "ContactID", page=1) == [*ids[1:], ids[0]]


def test_order_by_id_and_descending_order(caller):
    ids = add_contacts(caller, 9)
    assert caller.ids("Contacts", "ContactID", page=1, order="ContactID") == sorted(ids)
    by_name = caller.ids("Contacts", "ContactID", page=1, order="Name DESC")
    assert by_name == list(reversed(ids))


@pytest.mark.parametrize("order", ["Foo", "Name SIDEWAYS", "Name ASC DESC", ","])
def test_an_order_that_cannot_be_read_is_refused(caller, order):
    refusal = caller.refusal("Contacts", order=order)
    assert refusal.status_code == 400
    assert (refusal.json()["Type"], refusal.json()["ErrorNumber"]) == ("QueryParseException", 16)


def test_modified_since_is_accurate_to_the_second(caller):
    add_contacts(caller, 10)
    header = {"If-Modified-Since": (START + timedelta(seconds=7)).strftime("%Y-%m-%dT%H:%M:%S")}
    assert len(caller.get("Contacts", headers=header, page=1)["Contacts"]) == 3
    caller.xero.sandbox.behaviour.since_inclusive = False
    assert len(caller.get("Contacts", headers=header, page=1)["Contacts"]) == 2


def test_modified_since_that_is_no_date_is_refused(caller):
    answer = caller.send("GET", "Contacts", headers={"If-Modified-Since": "yesterday"})
    assert answer.status_code == 412


def test_modified_since_is_ignored_where_xero_ignores_it(caller):
    everything = caller.get("TaxRates")["TaxRates"]
    header = {"If-Modified-Since": "2100-01-01T00:00:00"}
    assert caller.get("TaxRates", headers=header)["TaxRates"] == everything
    assert everything


def test_archived_contacts_are_hidden_unless_asked_for(caller):
    add_contacts(caller, 2, ContactStatus="ARCHIVED")
    assert caller.get("Contacts", page=1)["Contacts"] == []
    assert len(caller.get("Contacts", page=1, includeArchived="true")["Contacts"]) == 2


def test_deleted_bank_transfers_are_hidden_unless_asked_for(caller):
    caller.xero.add("BankTransfers", {"Status": "DELETED", "CreatedDateUTC": START})
    assert caller.get("BankTransfers")["BankTransfers"] == []
    assert len(caller.get("BankTransfers", includeDeleted="true")["BankTransfers"]) == 1


def test_archived_tracking_options_are_hidden_unless_asked_for(caller):
    options = [{"Name": "North", "Status": "ACTIVE"}, {"Name": "South", "Status": "ARCHIVED"}]
    caller.xero.add("TrackingCategories", {"Name": "Shop", "Status": "ACTIVE", "Options": options})
    for asked, shown in (({}, ["North"]), ({"includeArchived": "true"}, ["North", "South"])):
        (category,) = caller.get("TrackingCategories", **asked)["TrackingCategories"]
        assert [item["Name"] for item in category["Options"]] == shown


def test_deleted_contact_groups_are_never_listed(caller):
    caller.xero.add("ContactGroups", {"Name": "Gone", "Status": "DELETED"})
    assert caller.get("ContactGroups")["ContactGroups"] == []


def test_list_parameters_choose_records(caller):
    first = add_invoice(caller, InvoiceNumber="INV-1")
    second = add_invoice(caller, InvoiceNumber="INV-2")
    add_invoice(caller, InvoiceNumber="INV-3")
    chosen = caller.ids("Invoices", "InvoiceID", IDs=f"{first},{second}")
    assert set(chosen) == {first, second}
    assert caller.ids("Invoices", "InvoiceID", InvoiceNumbers="INV-2") == [second]
    contact = caller.get(f"Invoices/{first}")["Invoices"][0]["Contact"]["ContactID"]
    assert caller.ids("Invoices", "InvoiceID", ContactIDs=contact) == [first]


def test_ids_have_any_spelling_and_each_record_comes_once(caller):
    first = add_invoice(caller)
    add_invoice(caller)
    spellings = (first, first.upper(), first.replace("-", ""), f"{{{first}}}")
    for spelling in spellings:
        assert caller.ids("Invoices", "InvoiceID", IDs=spelling) == [first]
    assert caller.ids("Invoices", "InvoiceID", IDs=",".join(spellings)) == [first]


@pytest.mark.parametrize(
    ("path", "parameter", "named"),
    [
        ("Invoices", "IDs", "Ids"),
        ("Invoices", "ContactIDs", "ContactIds"),
        ("Contacts", "IDs", "Ids"),
        ("Budgets", "IDs", "Ids"),
        ("Quotes", "ContactID", "ContactID"),
    ],
)
def test_one_malformed_id_refuses_the_whole_list(caller, path, parameter, named):
    given = f"{uuid.uuid4()},01809d6-c91b-4493-8bf7-96c1f9fea09a"
    answer = caller.refusal(path, **{parameter: given})
    assert answer.status_code == 400
    assert answer.json()["Message"] == f"Supplied parameter '{named}' cannot be parsed"


def test_search_term_looks_into_names_and_numbers(caller):
    wanted = caller.xero.add("Contacts", {"Name": "Zebra Ltd", "ContactStatus": "ACTIVE"})
    add_contacts(caller, 3)
    assert caller.ids("Contacts", "ContactID", searchTerm="zebra") == [wanted]


def test_quote_and_order_parameters_bound_their_dates(caller):
    early = caller.xero.add("Quotes", {"Date": date(2026, 1, 1), "QuoteNumber": "QU-77"})
    late = caller.xero.add("Quotes", {"Date": date(2026, 6, 1), "QuoteNumber": "QU-88"})
    assert caller.ids("Quotes", "QuoteID", DateFrom="2026-02-01") == [late]
    assert caller.ids("Quotes", "QuoteID", DateTo="2026-02-01") == [early]
    assert caller.ids("Quotes", "QuoteID", QuoteNumber="88") == [late]
    assert caller.refusal("Quotes", DateFrom="soon").status_code == 400


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ('Status=="PAID"', 1),
        ('Type=="ACCREC" AND AmountDue > 5', 1),
        ("Date >= DateTime(2026, 02, 01) && Date < DateTime(2026, 03, 01)", 1),
        ('Status=="PAID" OR Status=="AUTHORISED"', 2),
        ('Contact.Name.StartsWith("B")', 1),
        ('InvoiceNumber == "inv-a"', 1),
        ("DueDate != null", 2),
        ('!(Status=="PAID")', 1),
    ],
)
def test_where_filters(caller, where, found):
    add_invoice(caller, InvoiceNumber="INV-A")
    add_invoice(
        caller,
        Status="PAID",
        Date=date(2026, 2, 2),
        AmountDue=Decimal(0),
        Contact={"ContactID": str(uuid.uuid4()), "Name": "Bo"},
    )
    assert len(caller.get("Invoices", where=where)["Invoices"]) == found


def test_where_finds_by_guid_and_refuses_to_compare_guids_by_size(caller):
    invoice = add_invoice(caller)
    assert caller.ids("Invoices", "InvoiceID", where=f'InvoiceID==guid("{invoice}")') == [invoice]
    refusal = caller.refusal("Invoices", where=f'InvoiceID > guid("{invoice}")')
    assert "Operator '>' incompatible with operand types" in refusal.json()["Message"]


def test_above_the_threshold_only_efficient_requests_are_answered(caller):
    caller.xero.sandbox.behaviour.high_volume_threshold = 3
    for _ in range(4):
        add_invoice(caller)
    for efficient in ({"page": 1}, {"page": 1, "order": "InvoiceID", "where": 'Type=="ACCREC"'}):
        assert len(caller.get("Invoices", **efficient)["Invoices"]) == 4
    for broad in (
        {},
        {"page": 1, "order": "Total"},
        {"page": 1, "where": "Total > 1"},
        {"page": 1, "where": 'Type=="ACCREC" OR Status=="PAID"'},
    ):
        refusal = caller.refusal("Invoices", **broad).json()
        assert (refusal["Type"], refusal["ErrorNumber"]) == ("HighVolumeException", 51)


def test_dates_are_epoch_milliseconds_with_text_beside_them(caller):
    invoice = add_invoice(caller, Date=date(2014, 5, 26), UpdatedDateUTC=START)
    record = caller.get(f"Invoices/{invoice}")["Invoices"][0]
    assert record["Date"] == "/Date(1401062400000+0000)/"
    assert record["DateString"] == "2014-05-26T00:00:00"
    assert record["UpdatedDateUTCString"] == "2026-03-01T00:00:00Z"


def test_dates_before_1970_are_negative(caller):
    invoice = add_invoice(caller, Date=date(1969, 12, 31))
    record = caller.get(f"Invoices/{invoice}")["Invoices"][0]
    assert record["Date"] == "/Date(-86400000+0000)/"


def test_unit_amounts_have_two_places_unless_four_are_asked_for(caller):
    invoice = add_invoice(caller)
    path = f"Invoices/{invoice}"
    for parameters, shown in (({}, 1.23), ({"unitdp": 4}, 1.2345)):
        line = caller.get(path, **parameters)["Invoices"][0]["LineItems"][0]
        assert line["UnitAmount"] == shown


def test_a_record_is_found_by_its_number_where_xero_takes_one(caller):
    contact = caller.xero.add("Contacts", {"Name": "Cy", "ContactNumber": "C-9"})
    assert caller.get("Contacts/C-9")["Contacts"][0]["ContactID"] == contact
    assert caller.refusal(f"Contacts/{uuid.uuid4()}").status_code == 404


def test_journals_go_by_offset_until_nothing_is_left(caller):
    for number in [*range(1, 37), *range(38, 151)]:
        caller.xero.add(
            "Journals",
            {"JournalNumber": number, "CreatedDateUTC": START, "SourceType": "ACCREC"},
        )
    first = [item["JournalNumber"] for item in caller.get("Journals")["Journals"]]
    assert (len(first), first[0], first[-1]) == (100, 1, 101)
    rest = [item["JournalNumber"] for item in caller.get("Journals", offset=101)["Journals"]]
    assert rest == list(range(102, 151))
    assert caller.get("Journals", offset=150)["Journals"] == []


def test_a_single_journal_does_not_tell_its_source(caller):
    journal = caller.xero.add(
        "Journals", {"JournalNumber": 1, "CreatedDateUTC": START, "SourceType": "ACCREC"}
    )
    assert "SourceType" in caller.get("Journals")["Journals"][0]
    assert "SourceType" not in caller.get(f"Journals/{journal}")["Journals"][0]


def test_a_time_before_xeros_database_begins_is_an_error_of_xero(caller):
    add_contacts(caller, 1)
    for since, status in (
        ("1753-01-01T00:00:00", 200),
        ("1752-12-31T23:59:59", 500),
        ("0001-01-01T00:00:00", 500),
    ):
        answer = caller.send("GET", "Contacts", headers={"If-Modified-Since": since})
        assert (since, answer.status_code) == (since, status)
    assert answer.json()["Type"] == "UnknownErrorException"


def test_urls_above_the_limit_are_not_found(caller):
    ids = ",".join(str(uuid.uuid4()) for _ in range(57))
    answer = caller.send("GET", "Contacts", params={"IDs": ids})
    assert (answer.status_code, answer.headers["Content-Type"]) == (
        404,
        "text/plain; charset=utf-8",
    )
    ids = ",".join(str(uuid.uuid4()) for _ in range(40))
    assert caller.get("Contacts", IDs=ids)["Contacts"] == []


def test_organisation_tells_its_settings_and_actions(caller):
    organisation = caller.get("Organisation")["Organisations"][0]
    assert organisation["OrganisationID"] == caller.xero.tenant_id
    assert caller.get("Organisation/Actions")["Actions"][0]["Status"] == "ALLOWED"


def test_a_budget_shows_its_lines_alone_and_the_months_that_are_asked_for(caller):
    months = [{"Period": f"2026-0{month}", "Amount": Decimal(month)} for month in range(1, 6)]
    budget = caller.xero.add("Budgets", {"BudgetLines": [{"BudgetBalances": months}]})
    assert "BudgetLines" not in caller.get("Budgets")["Budgets"][0]
    for asked, shown in (
        ({}, [1, 2, 3, 4, 5]),
        ({"DateFrom": "2026-02-01", "DateTo": "2026-03-31"}, [2, 3]),
    ):
        (line,) = caller.get(f"Budgets/{budget}", **asked)["Budgets"][0]["BudgetLines"]
        assert [item["Amount"] for item in line["BudgetBalances"]] == shown
