"""How settings, contacts and items are copied: matched if the target has them, else created."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from target_xero.copy.steps import (
    CopyPlan,
    Payload,
    Phase,
    Step,
    StepKind,
    id_field_of,
    text_of,
)

# Fields that have no meaning in another organisation.
_NOT_COPIED = frozenset(
    {"_tenant_id", "_tenant_name", "_read_at", "UpdatedDateUTC", "HasAttachments"}
)
# Statuses of tax rates that are not used any more, though documents still refer to them.
_RETIRED = frozenset({"ARCHIVED", "DELETED"})


def currency(record: Mapping[str, Any]) -> CopyPlan:
    """A currency: the target subscribes to it."""
    code = text_of(record, "Code")
    step = Step(Phase.CURRENCIES, StepKind.CREATE, "Currencies", code, {"Code": code})
    return CopyPlan((step,))


def tax_rate(record: Mapping[str, Any]) -> CopyPlan:
    """A tax rate: default ones are matched by name; user-defined ones are created.

    Documents may refer to a rate that was deleted or archived later. So it is created as active,
    and gets the source's status at the end (xero-facts.md: Writing by entity).
    """
    status = text_of(record, "Status") or "ACTIVE"
    if status not in ("ACTIVE", *_RETIRED):
        return CopyPlan(skip_reason=f"the tax rate is {status}")
    payload = {name: record[name] for name in ("Name", "ReportTaxType") if record.get(name)}
    components = record.get("TaxComponents") or []
    payload["TaxComponents"] = [dict(component) for component in components]
    if text_of(record, "ReportTaxType").startswith("TAX"):
        del payload["ReportTaxType"]
    tax_type = text_of(record, "TaxType")
    create = Step(
        Phase.TAX_RATES,
        StepKind.CREATE,
        "TaxRates",
        tax_type,
        payload,
        # If several have the same name, the active one gets it.
        sort_key="retired" if status in _RETIRED else "active",
    )
    if status not in _RETIRED:
        return CopyPlan((create,))
    change = {"TaxType": tax_type, "Status": status}
    retire = Step(
        Phase.ARCHIVING,
        StepKind.UPDATE,
        "TaxRates",
        tax_type,
        change,
        only_if_created=True,
    )
    return CopyPlan((create, retire))


def account(record: Mapping[str, Any]) -> CopyPlan:
    """An account: created as active, since documents may refer to one that was archived later."""
    source_id = text_of(record, "AccountID")
    payload = _without(record, "AccountID", "Status")
    is_archived = record.get("Status") == "ARCHIVED"
    if record.get("Status") == "DELETED":
        return CopyPlan(skip_reason="the account is deleted")
    steps = [Step(Phase.ACCOUNTS, StepKind.CREATE, "Accounts", source_id, payload)]
    if is_archived:
        change = {"AccountID": source_id, "Status": "ARCHIVED"}
        steps.append(Step(Phase.ARCHIVING, StepKind.UPDATE, "Accounts", source_id, change))
    return CopyPlan(tuple(steps))


def tracking_category(record: Mapping[str, Any]) -> CopyPlan:
    """A tracking category and its options; archived ones are archived at the end."""
    category_id = text_of(record, "TrackingCategoryID")
    if record.get("Status") == "DELETED":
        return CopyPlan(skip_reason="the tracking category is deleted")
    name = {"Name": record.get("Name")}
    steps = [
        Step(
            Phase.TRACKING_CATEGORIES,
            StepKind.CREATE,
            "TrackingCategories",
            category_id,
            name,
        )
    ]
    for option in record.get("Options") or []:
        option_id = text_of(option, "TrackingOptionID")
        if option.get("Status") == "DELETED":
            continue
        parent = {"TrackingCategoryID": category_id}
        created = {**parent, "Name": option.get("Name"), "_category": record.get("Name")}
        steps.append(
            Step(
                Phase.TRACKING_OPTIONS,
                StepKind.CREATE,
                "TrackingCategories/Options",
                option_id,
                created,
                sort_key=category_id,
                parent=f"tracking_categories {category_id}",
                stream="tracking_options",
            )
        )
        if option.get("Status") == "ARCHIVED":
            change = {**parent, "TrackingOptionID": option_id, "Status": "ARCHIVED"}
            steps.append(
                Step(
                    Phase.ARCHIVING,
                    StepKind.UPDATE,
                    "TrackingCategories/Options",
                    option_id,
                    change,
                    stream="tracking_options",
                )
            )
    if record.get("Status") == "ARCHIVED":
        change = {"TrackingCategoryID": category_id, "Status": "ARCHIVED"}
        steps.append(
            Step(
                Phase.ARCHIVING,
                StepKind.UPDATE,
                "TrackingCategories",
                category_id,
                change,
                sort_key="category",
            )
        )
    return CopyPlan(tuple(steps))


def branding_theme(record: Mapping[str, Any]) -> CopyPlan:
    """A branding theme: matched by name, since Xero's API cannot create one.

    Documents are copied without it if the target does not have it.
    """
    theme_id = text_of(record, "BrandingThemeID")
    payload = {"Name": record.get("Name")}
    step = Step(
        Phase.BRANDING_THEMES,
        StepKind.MATCH,
        "BrandingThemes",
        theme_id,
        payload,
    )
    return CopyPlan((step,))


def contact(record: Mapping[str, Any]) -> CopyPlan:
    """A contact and its groups; archived contacts are archived at the end."""
    contact_id = text_of(record, "ContactID")
    status = record.get("ContactStatus")
    if status == "GDPRREQUEST":
        return CopyPlan(skip_reason="the contact's data was erased on request")
    payload = _without(record, "ContactID", "ContactStatus", "ContactGroups", "Balances")
    persons = payload.get("ContactPersons") or []
    payload["ContactPersons"] = [dict(person) for person in persons]
    if status == "ARCHIVED":
        # Xero accepts the name of an active contact a second time only for an archived one.
        payload["Name"] = f"{record.get('Name')} ({contact_id[:8]})"
    steps = [Step(Phase.CONTACTS, StepKind.CREATE, "Contacts", contact_id, payload)]
    for group in record.get("ContactGroups") or []:
        group_id = text_of(group, "ContactGroupID")
        member = {"ContactGroupID": group_id, "ContactID": contact_id}
        steps.append(
            Step(
                Phase.GROUP_MEMBERS,
                StepKind.CREATE,
                "ContactGroups/Contacts",
                f"{group_id}:{contact_id}",
                member,
                sort_key=group_id,
                parent=f"contacts {contact_id}",
                stream="group_members",
            )
        )
    if status == "ARCHIVED":
        change = {
            "ContactID": contact_id,
            "ContactStatus": "ARCHIVED",
            "Name": record.get("Name"),
        }
        steps.append(Step(Phase.ARCHIVING, StepKind.UPDATE, "Contacts", contact_id, change))
    return CopyPlan(tuple(steps))


def contact_group(record: Mapping[str, Any]) -> CopyPlan:
    """A contact group; its members are copied with the contacts."""
    group_id = text_of(record, "ContactGroupID")
    if record.get("Status") == "DELETED":
        return CopyPlan(skip_reason="the contact group is deleted")
    payload = {"Name": record.get("Name")}
    step = Step(Phase.CONTACT_GROUPS, StepKind.CREATE, "ContactGroups", group_id, payload)
    return CopyPlan((step,))


def item(record: Mapping[str, Any]) -> CopyPlan:
    """An item; its quantity on hand results from the documents."""
    payload = _without(record, "ItemID")
    for name in ("SalesDetails", "PurchaseDetails"):
        if not payload.get(name):
            payload.pop(name, None)
    return CopyPlan(
        (Step(Phase.ITEMS, StepKind.CREATE, "Items", text_of(record, "ItemID"), payload),)
    )


# The field that says whether a record is archived, by stream.
ARCHIVABLE: Mapping[str, str] = {
    "accounts": "Status",
    "contacts": "ContactStatus",
    "tracking_categories": "Status",
    "tracking_options": "Status",
}


def restoring(create: Step) -> Step:
    """The step that makes a record active again, whose copy an earlier run has archived.

    It has the phase of archiving, so that the id map knows which of both was done last.

    Args:
        create: The step that creates the record.
    """
    kept = {
        name: create.payload[name] for name in ("TrackingCategoryID",) if name in create.payload
    }
    id_field = "TrackingOptionID" if kept else id_field_of(create.entity)
    status = {ARCHIVABLE[create.stream]: "ACTIVE"}
    payload: Payload = {**kept, id_field: create.source_id, **status}
    return Step(
        Phase.ARCHIVING,
        StepKind.UPDATE,
        create.entity,
        create.source_id,
        payload,
        stream=create.stream,
    )


def _without(record: Mapping[str, Any], *names: str) -> dict[str, Any]:
    omitted = _NOT_COPIED | set(names)
    return {
        name: value
        for name, value in record.items()
        if name not in omitted and value not in (None, "")
    }
