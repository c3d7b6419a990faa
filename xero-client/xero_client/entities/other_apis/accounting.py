"""The smaller endpoints of the Accounting API, and the connections of the login.

(xero-facts.md: Small Accounting endpoints, 1099, BAS and GST;
Identity, App Store, Practice Manager)
"""

from __future__ import annotations

from types import MappingProxyType

from xero_client.entities.entity import Entity
from xero_client.entities.other_apis.fields.accounting import FIELDS
from xero_client.entities.read_spec import ParentSpec, ReadSpec

_WHOLE = ReadSpec(full_table=True, where=False, selected_by_default=False)

ACCOUNTING_EXTRAS = (
    Entity(
        "Actions",
        "organisation_actions",
        "Name",
        ("accounting.settings",),
        _WHOLE,
        path="/Organisation/Actions",
        fields=FIELDS["organisation_actions"],
    ),
    Entity(
        "CISSettings",
        "cis_settings",
        "ContactID",
        ("accounting.settings",),
        _WHOLE,
        path="/Contacts/{ContactID}/CISSettings",
        parent=ParentSpec("contacts", MappingProxyType({"ContactID": "ContactID"})),
        needs="CIS is for organisations in the United Kingdom",
        fields=FIELDS["cis_settings"],
    ),
    Entity(
        "CISSettings",
        "organisation_cis_settings",
        "OrganisationID",
        ("accounting.settings",),
        _WHOLE,
        path="/Organisation/{OrganisationID}/CISSettings",
        parent=ParentSpec("organisations", MappingProxyType({"OrganisationID": "OrganisationID"})),
        needs="CIS is for organisations in the United Kingdom",
        fields=FIELDS["organisation_cis_settings"],
    ),
    Entity(
        "OnlineInvoices",
        "online_invoices",
        "InvoiceID",
        ("accounting.invoices",),
        # An invoice that leaves the status DRAFT has changed.
        ReadSpec(
            replication_key="UpdatedDateUTC",
            modified_since=True,
            where=False,
            selected_by_default=False,
        ),
        path="/Invoices/{InvoiceID}/OnlineInvoice",
        parent=ParentSpec(
            "invoices",
            MappingProxyType({"InvoiceID": "InvoiceID", "UpdatedDateUTC": "UpdatedDateUTC"}),
            without=MappingProxyType(
                {"Type": frozenset({"ACCPAY"}), "Status": frozenset({"DRAFT"})}
            ),
            moves_parent=True,
            # Not documented for all statuses but DRAFT.
            none_if_refused=True,
        ),
        personal=frozenset({"OnlineInvoiceUrl"}),
        fields=FIELDS["online_invoices"],
    ),
    Entity(
        "TenNinetyNine",
        "report_1099",
        None,
        ("accounting.reports.tenninetynine",),
        ReadSpec(
            full_table=True,
            where=False,
            selected_by_default=False,
            # The last whole year.
            fixed_params=MappingProxyType({"reportYear": "{{ today.year - 1 }}"}),
        ),
        key="Reports",
        path="/Reports/TenNinetyNine",
        members="Contacts",
        carried=("ReportName", "ReportDate", "UpdatedDateUTC"),
        echoed=MappingProxyType({"ReportYear": "reportYear"}),
        keys=("ReportYear", "ReportName", "ContactId"),
        needs="1099 reports are for organisations in the United States",
        personal=frozenset(
            {
                *("Name", "LegalName", "BusinessName", "Email", "TaxID"),
                *("StreetAddress", "City", "State", "Zip"),
            }
        ),
        fields=FIELDS["report_1099"],
    ),
    Entity(
        "Reports",
        "tax_reports",
        "ReportID",
        ("accounting.reports.taxreports",),
        _WHOLE,
        path="/Reports",
        needs="Only statements that were published in Australia or New Zealand are there",
        fields=FIELDS["tax_reports"],
    ),
    # The list has no figures.
    Entity(
        "Reports",
        "tax_report_details",
        "ReportID",
        ("accounting.reports.taxreports",),
        _WHOLE,
        path="/Reports/{ReportID}",
        parent=ParentSpec("tax_reports", MappingProxyType({"ReportID": "ReportID"})),
        needs="Only statements that were published in Australia or New Zealand are there",
        fields=FIELDS["tax_report_details"],
    ),
    Entity(
        "Connections",
        "connections",
        "id",
        (),
        _WHOLE,
        path="/connections",
        records=(),
        of_login=True,
        fields=FIELDS["connections"],
    ),
)
