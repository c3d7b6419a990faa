"""The bakery's settings: accounts, rates, tracking, items, contacts, opening balances."""

from __future__ import annotations

from xero_sandbox.companies import bakery_catalogue as catalogue
from xero_sandbox.companies.bookkeeper import Bookkeeper
from xero_sandbox.companies.chart import user
from xero_sandbox.model.organisation import Record


def create_settings(books: Bookkeeper) -> None:
    """Creates all settings and contacts that the trade needs."""
    _accounts(books)
    _tax_rates(books)
    _people(books)
    _tracking(books)
    _items(books)
    _customers(books)
    _suppliers(books)
    _groups(books)
    _opening_balances(books)


def _accounts(books: Bookkeeper) -> None:
    for code in ("AUD", "USD"):
        books.create("Currencies", Code=code)
    for code, name, kind, tax_type in catalogue.EXTRA_ACCOUNTS:
        books.create(
            "Accounts",
            Code=code,
            Name=name,
            Type=kind,
            TaxType=tax_type,
            Description=f"{name} of the bakehouse and the shop",
        )
    for code, name, number, kind, currency in catalogue.BANKS:
        books.create(
            "Accounts",
            Code=code,
            Name=name,
            Type="BANK",
            BankAccountNumber=number,
            BankAccountType=kind,
            CurrencyCode=currency,
        )


def _tax_rates(books: Bookkeeper) -> None:
    bed_tax = [
        {"Name": "GST", "Rate": "15"},
        {"Name": "City events levy", "Rate": "2", "IsCompound": True},
    ]
    duty = [
        {"Name": "GST", "Rate": "15"},
        {"Name": "Import duty", "Rate": "5", "IsNonRecoverable": True},
    ]
    books.create("TaxRates", Name="GST and events levy", TaxComponents=bed_tax)
    books.create("TaxRates", Name="GST and import duty", TaxComponents=duty)


def _people(books: Bookkeeper) -> None:
    for first, last, role in catalogue.PEOPLE:
        books.store("Users", user(books.transaction(), first, last, role))
    for order, name in enumerate(("Wholesale", "Export"), start=1):
        theme: Record = {
            "BrandingThemeID": books.transaction().new_id(),
            "Name": name,
            "Type": "INVOICE",
            "SortOrder": order,
            "CreatedDateUTC": books.now,
        }
        books.store("BrandingThemes", theme)


def _tracking(books: Bookkeeper) -> None:
    for name, options in (
        ("Region", ("North", "Central", "South", "Overseas")),
        ("Channel", ("Wholesale", "Shop", "Online", "Market stall")),
    ):
        books.create("TrackingCategories", Name=name, Options=[{"Name": item} for item in options])
    channel = books.records("TrackingCategories")[1]
    stall = channel["Options"][3]["TrackingOptionID"]
    path = f"TrackingCategories/{channel['TrackingCategoryID']}/Options/{stall}"
    books.post(path, {"Status": "ARCHIVED"})


def _items(books: Bookkeeper) -> None:
    items = []
    for code, name, price, cost, account in (
        *catalogue.BREADS,
        *catalogue.PASTRIES,
        *catalogue.SERVICES,
        *catalogue.SHOP,
    ):
        item: Record = {
            "Code": code,
            "Name": name,
            "Description": name,
            "PurchaseDescription": name,
            "SalesDetails": {"UnitPrice": price, "AccountCode": account, "TaxType": "OUTPUT2"},
            "PurchaseDetails": {"UnitPrice": cost, "AccountCode": "300", "TaxType": "INPUT2"},
        }
        if code.startswith("SHP"):
            item["InventoryAssetAccountCode"] = "630"
            item["PurchaseDetails"] = {
                "UnitPrice": cost,
                "COGSAccountCode": "310",
                "TaxType": "INPUT2",
            }
        items.append(item)
    books.put("Items", *items)


def _customers(books: Bookkeeper) -> None:
    contacts = []
    names = [f"{place} {trade}" for trade in catalogue.TRADES for place in catalogue.PLACES]
    for index, name in enumerate(names[:138]):
        contacts.append(_contact(books, name, f"C{index + 1:04d}"))
    for index, (name, currency) in enumerate(catalogue.EXPORT_CUSTOMERS):
        contact = _contact(books, name, f"X{index + 1:04d}")
        contact |= {"DefaultCurrency": currency, "AccountsReceivableTaxType": "ZERORATED"}
        contacts.append(contact)
    contacts += [{"Name": name} for name in catalogue.SHOP_BUYERS]
    books.put("Contacts", *contacts)


def _contact(books: Bookkeeper, name: str, number: str) -> Record:
    random = books.random
    first = random.choice(catalogue.FIRST_NAMES)
    last = random.choice(catalogue.SMALL_SUPPLIERS)
    city, code = random.choice(catalogue.CITIES)
    contact: Record = {
        "Name": name,
        "ContactNumber": number,
        "FirstName": first,
        "LastName": last,
        "EmailAddress": f"accounts.{number.lower()}@example.com",
        "Addresses": [
            {
                "AddressType": "STREET",
                "AddressLine1": f"{random.randrange(1, 200)} Harbour Lane",
                "AddressLine2": f"Level {int(number[1:]) % 9 + 1}",
                "City": city,
                "PostalCode": code,
                "Country": "New Zealand",
            }
        ],
        "Phones": [
            {
                "PhoneType": "DEFAULT",
                "PhoneCountryCode": "64",
                "PhoneAreaCode": "9",
                "PhoneNumber": f"555 {random.randrange(1000, 9999)}",
            }
        ],
    }
    if int(number[1:]) % 4 == 0:
        contact["TaxNumber"] = f"{48_000_000 + int(number[1:]) * 137:,}".replace(",", "-")
    if random.random() < 0.3:  # noqa: PLR2004  # about a third have a contact person
        person = {"FirstName": "Alex", "LastName": last, "IncludeInEmails": True}
        contact["ContactPersons"] = [
            {**person, "EmailAddress": f"alex.{number.lower()}@example.com"}
        ]
    if random.random() < 0.2:  # noqa: PLR2004  # a fifth have their own payment terms
        contact["PaymentTerms"] = {"Sales": {"Day": 30, "Type": "DAYSAFTERBILLDATE"}}
    return contact


def _suppliers(books: Bookkeeper) -> None:
    suppliers = [
        {**_contact(books, name, f"S{index + 1:04d}"), "PurchasesDefaultAccountCode": account}
        for index, (name, _, account, _, _) in enumerate(catalogue.SUPPLIERS)
    ]
    small = [
        f"{name} {trade}" for trade in catalogue.SMALL_TRADES for name in catalogue.SMALL_SUPPLIERS
    ]
    suppliers += [
        _contact(books, name, f"T{index + 1:04d}") for index, name in enumerate(small[:30])
    ]
    suppliers += [{"Name": name} for name, _, _, _ in catalogue.SMALL_SPENDS]
    books.put("Contacts", *suppliers)


def _groups(books: Bookkeeper) -> None:
    contacts = books.records("Contacts")
    for name, members in (
        ("Daily deliveries", contacts[0:18]),
        ("Export", contacts[138:144]),
        ("Preferred suppliers", contacts[146:152]),
    ):
        group = books.create("ContactGroups", Name=name)
        path = f"ContactGroups/{group['ContactGroupID']}/Contacts"
        books.put(path, *({"ContactID": member["ContactID"]} for member in members))


def _opening_balances(books: Bookkeeper) -> None:
    balances = (
        ("090", "48210.55"),
        ("091", "30000.00"),
        ("710", "18400.00"),
        ("711", "-6200.00"),
        ("720", "7350.00"),
        ("721", "-3675.00"),
        ("900", "-42000.00"),
        ("970", "-10000.00"),
        ("960", "-42085.55"),
    )
    books.post(
        "Setup",
        {
            "ConversionDate": {"Month": 3, "Year": 2025},
            "ConversionBalances": [
                {"AccountCode": code, "Balance": balance} for code, balance in balances
            ],
        },
    )
