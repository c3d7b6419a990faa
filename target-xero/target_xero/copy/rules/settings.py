"""How settings, contacts and items are copied: matched where they are there, else made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from target_xero.copy.steps import Kind, Phase, Plan, Step, text_of

# What the source alone knows of an account or contact.
_OWN = frozenset({"_tenant_id", "_tenant_name", "UpdatedDateUTC", "HasAttachments"})
# What becomes of tax rates that nobody uses any more; they stay on their documents.
_RETIRED = frozenset({"ARCHIVED", "DELETED"})


def currency(record: Mapping[str, Any]) -> Plan:
    """A currency that is subscribed to stays so."""
    code = text_of(record, "Code")
    step = Step(Phase.CURRENCIES, Kind.MAKE, "Currencies", "currencies", code, {"Code": code})
    return Plan((step,))


def tax_rate(record: Mapping[str, Any]) -> Plan:
    """Default rates are matched by name; own ones are made, and Xero numbers them anew.

    Documents may stand on one that was deleted or archived later, so that it is active first. Its
    status is then the source's: what Xero allowed there, it allows in a copy (xero-facts.md: Writing by entity).
    """
    status = text_of(record, "Status") or "ACTIVE"
    if status not in ("ACTIVE", *_RETIRED):
        return Plan(reason=f"the tax rate is {status}")
    payload = {name: record[name] for name in ("Name", "ReportTaxType") if record.get(name)}
    components = record.get("TaxComponents") or []
    payload["TaxComponents"] = [dict(component) for component in components]
    if text_of(record, "ReportTaxType").startswith("TAX"):
        del payload["ReportTaxType"]
    tax_type = text_of(record, "TaxType")
    make = Step(
        Phase.TAX_RATES,
        Kind.MAKE,
        "TaxRates",
        "tax_rates",
        tax_type,
        payload,
        # Of several of one name, that which is in use gets it.
        sort="retired" if status in _RETIRED else "active",
    )
    if status not in _RETIRED:
        return Plan((make,))
    change = {"TaxType": tax_type, "Status": status}
    retire = Step(
        Phase.ARCHIVING, Kind.CHANGE, "TaxRates", "tax_rates", tax_type, change, if_made=True
    )
    return Plan((make, retire))


def account(record: Mapping[str, Any]) -> Plan:
    """An account: active first, since documents may stand on one that was archived later."""
    source_id = text_of(record, "AccountID")
    payload = _without(record, "AccountID", "Status")
    archived = record.get("Status") == "ARCHIVED"
    if record.get("Status") == "DELETED":
        return Plan(reason="the account is deleted")
    steps = [Step(Phase.ACCOUNTS, Kind.MAKE, "Accounts", "accounts", source_id, payload)]
    if archived:
        change = {"AccountID": source_id, "Status": "ARCHIVED"}
        steps.append(Step(Phase.ARCHIVING, Kind.CHANGE, "Accounts", "accounts", source_id, change))
    return Plan(tuple(steps))


def tracking_category(record: Mapping[str, Any]) -> Plan:
    """A category and its options; what is archived is archived at the end."""
    category_id = text_of(record, "TrackingCategoryID")
    if record.get("Status") == "DELETED":
        return Plan(reason="the tracking category is deleted")
    name = {"Name": record.get("Name")}
    steps = [
        Step(
            Phase.TRACKING_CATEGORIES,
            Kind.MAKE,
            "TrackingCategories",
            "tracking_categories",
            category_id,
            name,
        )
    ]
    for option in record.get("Options") or []:
        option_id = text_of(option, "TrackingOptionID")
        if option.get("Status") == "DELETED":
            continue
        parent = {"TrackingCategoryID": category_id}
        made = {**parent, "Name": option.get("Name"), "_category": record.get("Name")}
        steps.append(
            Step(
                Phase.TRACKING_OPTIONS,
                Kind.MAKE,
                "TrackingCategories/Options",
                "tracking_options",
                option_id,
                made,
                sort=category_id,
                part_of=f"tracking_categories {category_id}",
            )
        )
        if option.get("Status") == "ARCHIVED":
            change = {**parent, "TrackingOptionID": option_id, "Status": "ARCHIVED"}
            steps.append(
                Step(
                    Phase.ARCHIVING,
                    Kind.CHANGE,
                    "TrackingCategories/Options",
                    "tracking_options",
                    option_id,
                    change,
                )
            )
    if record.get("Status") == "ARCHIVED":
        change = {"TrackingCategoryID": category_id, "Status": "ARCHIVED"}
        steps.append(
            Step(
                Phase.ARCHIVING,
                Kind.CHANGE,
                "TrackingCategories",
                "tracking_categories",
                category_id,
                change,
                sort="category",
            )
        )
    return Plan(tuple(steps))


def branding_theme(record: Mapping[str, Any]) -> Plan:
    """Xero's API has no way to make one: it is found by its name, or documents go without."""
    theme_id = text_of(record, "BrandingThemeID")
    payload = {"Name": record.get("Name")}
    step = Step(
        Phase.BRANDING_THEMES, Kind.MATCH, "BrandingThemes", "branding_themes", theme_id, payload
    )
    return Plan((step,))


def contact(record: Mapping[str, Any]) -> Plan:
    """A contact with its groups; archived ones are archived at the end."""
    contact_id = text_of(record, "ContactID")
    status = record.get("ContactStatus")
    if status == "GDPRREQUEST":
        return Plan(reason="the contact's data were erased on request")
    payload = _without(record, "ContactID", "ContactStatus", "ContactGroups", "Balances")
    persons = payload.get("ContactPersons") or []
    payload["ContactPersons"] = [dict(person) for person in persons]
    if status == "ARCHIVED":
        # An active contact may have the same name, which Xero takes from archived ones only.
        payload["Name"] = f"{record.get('Name')} ({contact_id[:8]})"
    steps = [Step(Phase.CONTACTS, Kind.MAKE, "Contacts", "contacts", contact_id, payload)]
    for group in record.get("ContactGroups") or []:
        group_id = text_of(group, "ContactGroupID")
        member = {"ContactGroupID": group_id, "ContactID": contact_id}
        steps.append(
            Step(
                Phase.GROUP_MEMBERS,
                Kind.MAKE,
                "ContactGroups/Contacts",
                "group_members",
                f"{group_id}:{contact_id}",
                member,
                sort=group_id,
                part_of=f"contacts {contact_id}",
            )
        )
    if status == "ARCHIVED":
        change = {
            "ContactID": contact_id,
            "ContactStatus": "ARCHIVED",
            "Name": record.get("Name"),
        }
        steps.append(Step(Phase.ARCHIVING, Kind.CHANGE, "Contacts", "contacts", contact_id, change))
    return Plan(tuple(steps))


def contact_group(record: Mapping[str, Any]) -> Plan:
    """A group; its members come with the contacts."""
    group_id = text_of(record, "ContactGroupID")
    if record.get("Status") == "DELETED":
        return Plan(reason="the contact group is deleted")
    payload = {"Name": record.get("Name")}
    step = Step(
        Phase.CONTACT_GROUPS, Kind.MAKE, "ContactGroups", "contact_groups", group_id, payload
    )
    return Plan((step,))


def item(record: Mapping[str, Any]) -> Plan:
    """An item; what is in stock comes from the documents."""
    payload = _without(record, "ItemID")
    for name in ("SalesDetails", "PurchaseDetails"):
        if not payload.get(name):
            payload.pop(name, None)
    return Plan(
        (Step(Phase.ITEMS, Kind.MAKE, "Items", "items", text_of(record, "ItemID"), payload),)
    )


def _without(record: Mapping[str, Any], *names: str) -> dict[str, Any]:
    left_out = _OWN | set(names)
    return {
        name: value
        for name, value in record.items()
        if name not in left_out and value not in (None, "")
    }
