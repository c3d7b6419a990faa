"""xero-python, Xero's official SDK, writes every writable entity of the sandbox.

If XERO_OPENAPI names Xero's OpenAPI file, every answer to these writes is compared with it.
"""

from types import SimpleNamespace

import pytest
from sandbox_caller import calling
from sandbox_openapi import FILE, Comparison, openapi_schema
from sandbox_sdk import Sdk
from sdk_documents import DAY, DUE, line, listed, new_invoice, one_of
from xero_python.accounting import models as xero


@pytest.fixture(scope="module")
def sdk():
    with calling("empty") as caller:
        yield Sdk(caller)
        if FILE:
            comparison = Comparison(openapi_schema())
            for entry in caller.xero.log:
                if entry["method"] != "GET":
                    comparison.compare_logged(entry)
            comparison.assert_no_differences(at_least=1)


@pytest.fixture(scope="module")
def books(sdk):
    """What documents need: a contact, an item, accounts, two bank accounts."""
    contact = one_of(
        sdk,
        "create_contacts",
        xero.Contacts,
        xero.Contact(name="Ana", email_address="ana@example.com"),
    )
    item = one_of(sdk, "create_items", xero.Items, xero.Item(code="TEA", name="Tea"))
    accounts = sdk.caller.get("Accounts")["Accounts"]
    other_bank = xero.Account(
        code="091", name="Savings", type=xero.AccountType.BANK, bank_account_number="12-3-45-678"
    )
    (savings,) = sdk.call("create_account", other_bank).accounts
    bank = next(record for record in accounts if record["Type"] == "BANK")
    return SimpleNamespace(
        contact=xero.Contact(contact_id=contact.contact_id),
        contact_id=contact.contact_id,
        item_id=item.item_id,
        bank=xero.Account(account_id=bank["AccountID"]),
        savings=xero.Account(account_id=savings.account_id),
        theme=sdk.call("get_branding_themes").branding_themes[0].branding_theme_id,
    )


def test_contacts(sdk, books):
    changed = listed(xero.Contacts, [xero.Contact(contact_id=books.contact_id, first_name="Ann")])
    assert sdk.call("update_contact", books.contact_id, changed).contacts[0].first_name == "Ann"
    upsert = listed(
        xero.Contacts, [xero.Contact(name="Ana", last_name="Lee"), xero.Contact(name="Bo")]
    )
    ana, _bo = sdk.call("update_or_create_contacts", upsert).contacts
    assert (ana.contact_id, ana.last_name) == (books.contact_id, "Lee")


def test_contact_groups_and_their_members(sdk, books):
    groups = listed(xero.ContactGroups, [xero.ContactGroup(name="Friends")])
    (group,) = sdk.call("create_contact_group", groups).contact_groups
    own_id = group.contact_group_id
    members = listed(xero.Contacts, [xero.Contact(contact_id=books.contact_id)])
    sdk.call("create_contact_group_contacts", own_id, members)
    (read,) = sdk.call("get_contact_group", own_id).contact_groups
    assert [record.contact_id for record in read.contacts] == [books.contact_id]
    sdk.call("delete_contact_group_contact", own_id, books.contact_id)
    renamed = listed(xero.ContactGroups, [xero.ContactGroup(name="Old friends")])
    assert sdk.call("update_contact_group", own_id, renamed).contact_groups[0].name == "Old friends"
    sdk.call("delete_contact_group_contacts", own_id)


def test_accounts(sdk):
    new = xero.Account(code="777", name="Coffee", type=xero.AccountType.EXPENSE)
    (account,) = sdk.call("create_account", new).accounts
    changed = listed(xero.Accounts, [xero.Account(name="Coffee and tea", code="777")])
    renamed = sdk.call("update_account", account.account_id, changed).accounts[0]
    assert renamed.name == "Coffee and tea"
    sdk.call("delete_account", account.account_id)
    codes = [
        record["Code"] for record in sdk.caller.get("Accounts")["Accounts"] if "Code" in record
    ]
    assert "777" not in codes


def test_tax_rates(sdk):
    component = xero.TaxComponent(name="Levy", rate=12.5, is_compound=False)
    rate = xero.TaxRate(name="Levy 12.5", tax_components=[component], report_tax_type="OUTPUT")
    made = one_of(sdk, "create_tax_rates", xero.TaxRates, rate)
    assert float(made.effective_rate) == 12.5
    removed = listed(
        xero.TaxRates, [xero.TaxRate(name="Levy 12.5", tax_type=made.tax_type, status="DELETED")]
    )
    assert sdk.call("update_tax_rate", removed).tax_rates[0].status == "DELETED"


def test_tracking_categories_and_options(sdk):
    (category,) = sdk.call(
        "create_tracking_category", xero.TrackingCategory(name="Shop")
    ).tracking_categories
    own_id = category.tracking_category_id
    (option,) = sdk.call(
        "create_tracking_options", own_id, xero.TrackingOption(name="North")
    ).options
    renamed = sdk.call(
        "update_tracking_options",
        own_id,
        option.tracking_option_id,
        xero.TrackingOption(name="South"),
    )
    assert renamed.options[0].name == "South"
    sdk.call("delete_tracking_options", own_id, option.tracking_option_id)
    changed = sdk.call("update_tracking_category", own_id, xero.TrackingCategory(name="Store"))
    assert changed.tracking_categories[0].name == "Store"
    sdk.call("delete_tracking_category", own_id)


def test_currencies(sdk):
    sdk.call("create_currency", xero.Currency(code=xero.CurrencyCode.USD))
    assert "USD" in [record["Code"] for record in sdk.caller.get("Currencies")["Currencies"]]


def test_items(sdk):
    purchase = xero.Purchase(unit_price=2.5, account_code="200")
    new = xero.Item(code="MUG", name="Mug", sales_details=purchase)
    item = one_of(sdk, "update_or_create_items", xero.Items, new)
    assert float(item.sales_details.unit_price) == 2.5
    changed = listed(xero.Items, [xero.Item(code="MUG", name="Big mug")])
    assert sdk.call("update_item", item.item_id, changed).items[0].name == "Big mug"
    sdk.call("delete_item", item.item_id)
    assert sdk.caller.send("GET", f"Items/{item.item_id}").status_code == 404


def test_invoices(sdk, books):
    draft = new_invoice(sdk, books, status="DRAFT")
    assert (draft.status, draft.date, float(draft.sub_total)) == ("DRAFT", DAY, 100.0)
    approved = listed(xero.Invoices, [xero.Invoice(status="AUTHORISED", reference="R1")])
    answer = sdk.call("update_invoice", draft.invoice_id, approved).invoices[0]
    assert (answer.status, answer.reference) == ("AUTHORISED", "R1")
    upsert = listed(xero.Invoices, [xero.Invoice(invoice_id=draft.invoice_id, reference="R2")])
    assert sdk.call("update_or_create_invoices", upsert).invoices[0].reference == "R2"
    sdk.call("email_invoice", draft.invoice_id, xero.RequestEmpty())


def test_a_batch_answers_each_element_for_itself(sdk, books):
    good = xero.Invoice(type="ACCREC", contact=books.contact, line_items=[line()], status="DRAFT")
    wrong = xero.Invoice(type="ACCREC", line_items=[line()], status="DRAFT")
    answer = sdk.call(
        "create_invoices", listed(xero.Invoices, [good, wrong]), summarize_errors=False
    )
    assert [record.status_attribute_string for record in answer.invoices] == ["OK", "ERROR"]
    assert answer.invoices[1].has_errors is True
    assert answer.invoices[1].validation_errors[0].message


def test_credit_notes_and_their_allocations(sdk, books):
    note = xero.CreditNote(
        type="ACCRECCREDIT",
        contact=books.contact,
        date=DAY,
        line_items=[line(40)],
        status="AUTHORISED",
    )
    made = one_of(sdk, "create_credit_notes", xero.CreditNotes, note)
    invoice = new_invoice(sdk, books)
    allocation = xero.Allocation(
        amount=10, date=DAY, invoice=xero.Invoice(invoice_id=invoice.invoice_id)
    )
    sdk.call(
        "create_credit_note_allocation", made.credit_note_id, listed(xero.Allocations, [allocation])
    )
    (read,) = sdk.call("get_credit_note", made.credit_note_id).credit_notes
    assert float(read.remaining_credit) == float(made.total) - 10
    own_id = read.allocations[0].allocation_id
    removed = sdk.call("delete_credit_note_allocations", made.credit_note_id, own_id)
    assert removed.is_deleted is True
    changed = listed(xero.CreditNotes, [xero.CreditNote(reference="R")])
    assert sdk.call("update_credit_note", made.credit_note_id, changed).credit_notes
    upsert = listed(
        xero.CreditNotes, [xero.CreditNote(credit_note_id=made.credit_note_id, reference="S")]
    )
    assert sdk.call("update_or_create_credit_notes", upsert).credit_notes[0].reference == "S"


def bank_transaction(books, kind="SPEND", **fields):
    return xero.BankTransaction(
        type=kind,
        contact=books.contact,
        bank_account=books.bank,
        date=DAY,
        line_items=[line(50, **fields)],
    )


def test_bank_transactions(sdk, books):
    spent = listed(xero.BankTransactions, [bank_transaction(books)])
    (made,) = sdk.call("create_bank_transactions", spent).bank_transactions
    assert float(made.total) == 50.0
    changed = bank_transaction(books)
    changed.reference = "R"
    own_id = made.bank_transaction_id
    answer = sdk.call("update_bank_transaction", own_id, listed(xero.BankTransactions, [changed]))
    assert answer.bank_transactions[0].reference == "R"
    changed.bank_transaction_id, changed.status = own_id, "DELETED"
    removed = sdk.call(
        "update_or_create_bank_transactions", listed(xero.BankTransactions, [changed])
    )
    assert removed.bank_transactions[0].status == "DELETED"


@pytest.mark.parametrize("kind", ["prepayment", "overpayment"])
def test_prepayments_and_overpayments_through_bank_transactions(sdk, books, kind):
    received = bank_transaction(books, f"RECEIVE-{kind.upper()}")
    if kind == "overpayment":
        received.line_items = [xero.LineItem(description="Too much", line_amount=50)]
        received.line_amount_types = xero.LineAmountTypes.NOTAX
    made = one_of(sdk, "create_bank_transactions", xero.BankTransactions, received)
    own_id = getattr(made, f"{kind}_id")
    invoice = new_invoice(sdk, books)
    allocation = xero.Allocation(
        amount=20, date=DAY, invoice=xero.Invoice(invoice_id=invoice.invoice_id)
    )
    sdk.call(f"create_{kind}_allocations", own_id, listed(xero.Allocations, [allocation]))
    (read,) = getattr(sdk.call(f"get_{kind}", own_id), f"{kind}s")
    assert float(read.remaining_credit) == 30.0
    sdk.call(f"delete_{kind}_allocations", own_id, read.allocations[0].allocation_id)


def test_bank_transfers(sdk, books):
    transfer = xero.BankTransfer(
        from_bank_account=books.bank, to_bank_account=books.savings, amount=12.5, date=DAY
    )
    made = one_of(sdk, "create_bank_transfer", xero.BankTransfers, transfer)
    assert float(made.amount) == 12.5
    removed = xero.BankTransferDelete(bank_transfer_id=made.bank_transfer_id, status="DELETED")
    sdk.call("delete_bank_transfer", made.bank_transfer_id, removed)
    assert (
        sdk.call("get_bank_transfers", include_deleted=True).bank_transfers[0].status == "DELETED"
    )


def test_payments(sdk, books):
    record, other = new_invoice(sdk, books), new_invoice(sdk, books)

    def paying(invoice):
        return xero.Payment(
            invoice=xero.Invoice(invoice_id=invoice.invoice_id),
            account=books.bank,
            amount=30,
            date=DAY,
        )

    made = one_of(sdk, "create_payments", xero.Payments, paying(record))
    sdk.call("create_payment", paying(other))
    assert float(sdk.call("get_invoice", record.invoice_id).invoices[0].amount_paid) == 30.0
    removed = xero.PaymentDelete(status="DELETED")
    assert sdk.call("delete_payment", made.payment_id, removed).payments[0].status == "DELETED"


def test_batch_payments(sdk, books):
    bills = [new_invoice(sdk, books, "ACCPAY") for _ in range(2)]
    payments = [
        xero.Payment(invoice=xero.Invoice(invoice_id=record.invoice_id), amount=record.total)
        for record in bills
    ]
    batch = xero.BatchPayment(account=books.bank, date=DAY, reference="B", payments=payments)
    made = one_of(sdk, "create_batch_payment", xero.BatchPayments, batch)
    assert len(made.payments) == 2
    removed = xero.BatchPaymentDeleteByUrlParam(status="DELETED")
    answer = sdk.call("delete_batch_payment_by_url_param", made.batch_payment_id, removed)
    assert answer.batch_payments[0].status == "DELETED"


def test_manual_journals(sdk):
    journal = xero.ManualJournal(
        narration="Accrual",
        date=DAY,
        journal_lines=[
            xero.ManualJournalLine(line_amount=10, account_code="400", description="x"),
            xero.ManualJournalLine(line_amount=-10, account_code="200", description="x"),
        ],
    )
    made = one_of(sdk, "create_manual_journals", xero.ManualJournals, journal)
    journal.narration = "Accrual of May"
    changed = listed(xero.ManualJournals, [journal])
    own_id = made.manual_journal_id
    answer = sdk.call("update_manual_journal", own_id, changed).manual_journals[0]
    assert answer.narration == "Accrual of May"
    journal.manual_journal_id = own_id
    assert sdk.call("update_or_create_manual_journals", changed).manual_journals


@pytest.mark.parametrize(
    ("stem", "model", "more"),
    [
        ("purchase_order", xero.PurchaseOrder, {"delivery_date": DUE}),
        ("quote", xero.Quote, {"expiry_date": DUE, "status": xero.QuoteStatusCodes.DRAFT}),
    ],
)
def test_orders_and_quotes(sdk, books, stem, model, more):
    wrap = getattr(xero, {"purchase_order": "PurchaseOrders", "quote": "Quotes"}[stem])
    order = model(contact=books.contact, date=DAY, line_items=[line()], **more)
    (made,) = getattr(sdk.call(f"create_{stem}s", listed(wrap, [order])), f"{stem}s")
    assert float(made.sub_total) == 100.0
    order.reference = "R"
    own_id = getattr(made, f"{stem}_id")
    (answer,) = getattr(sdk.call(f"update_{stem}", own_id, listed(wrap, [order])), f"{stem}s")
    assert answer.reference == "R"
    setattr(order, f"{stem}_id", own_id)
    assert getattr(sdk.call(f"update_or_create_{stem}s", listed(wrap, [order])), f"{stem}s")


def test_repeating_invoices(sdk, books):
    schedule = xero.Schedule(
        period=1, unit="MONTHLY", due_date=10, due_date_type="OFFOLLOWINGMONTH", start_date=DUE
    )
    template = xero.RepeatingInvoice(
        type="ACCREC",
        contact=books.contact,
        schedule=schedule,
        line_items=[line()],
        line_amount_types=xero.LineAmountTypes.EXCLUSIVE,
        status="DRAFT",
    )
    made = one_of(sdk, "create_repeating_invoices", xero.RepeatingInvoices, template)
    own_id = made.repeating_invoice_id
    removed = listed(
        xero.RepeatingInvoices,
        [xero.RepeatingInvoice(repeating_invoice_id=own_id, status="DELETED")],
    )
    answer = sdk.call("update_repeating_invoice", own_id, removed).repeating_invoices[0]
    assert answer.status == "DELETED"


def test_linked_transactions(sdk, books):
    bill = new_invoice(sdk, books, "ACCPAY")
    new = xero.LinkedTransaction(
        source_transaction_id=bill.invoice_id,
        source_line_item_id=bill.line_items[0].line_item_id,
        contact_id=books.contact_id,
    )
    (made,) = sdk.call("create_linked_transaction", new).linked_transactions
    sdk.call("delete_linked_transaction", made.linked_transaction_id)
    assert sdk.caller.get("LinkedTransactions")["LinkedTransactions"] == []


def test_history_notes_and_attachments(sdk, books):
    notes = listed(xero.HistoryRecords, [xero.HistoryRecord(details="called back")])
    sdk.call("create_contact_history", books.contact_id, notes)
    read = sdk.call("get_contact_history", books.contact_id).history_records
    assert "called back" in [record.details for record in read]
    (kept,) = sdk.call(
        "create_contact_attachment_by_file_name", books.contact_id, "note.txt", b"text"
    ).attachments
    assert (kept.file_name, kept.content_length) == ("note.txt", 4)


def test_payment_services(sdk, books):
    service = xero.PaymentService(
        payment_service_name="Pay here",
        payment_service_url="https://pay.example.com/?i=[INVOICENUMBER]",
        pay_now_text="Pay",
    )
    made = one_of(sdk, "create_payment_service", xero.PaymentServices, service)
    chosen = listed(
        xero.PaymentServices, [xero.PaymentService(payment_service_id=made.payment_service_id)]
    )
    sdk.call("create_branding_theme_payment_services", books.theme, chosen)
    (read,) = sdk.call("get_branding_theme_payment_services", books.theme).payment_services
    assert read.payment_service_id == made.payment_service_id


def test_setup(sdk):
    setup = xero.Setup(conversion_date=xero.ConversionDate(month=4, year=2025))
    assert sdk.call("post_setup", setup).import_summary is not None
