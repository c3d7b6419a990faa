"""Projects (xero-facts.md: Projects)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xero_client.entities.field_types import (
    Kind,
    Shape,
    instant,
    integer,
    number,
    part,
    read_only,
    sent_subset,
    shape,
    text,
    texts,
    write_only,
)

FIELDS: Mapping[str, Shape] = MappingProxyType(
    {
        "projects": shape(
            text("projectId"),
            text("contactId", "Id of the contact that the project is for, a GUID."),
            text("name", "Name of the project."),
            read_only(
                text("currencyCode", "Currency of the project, an ISO 4217 code."),
                integer("minutesLogged", "Time logged on the project, in minutes."),
                part("totalTaskAmount", "ProjectAmount", "Sum of the amounts of all tasks."),
                part("totalExpenseAmount", "ProjectAmount", "Sum of the expenses of the project."),
            ),
            part("estimateAmount", "ProjectAmount", "Estimate of the project.", sent=Kind.NUMBER),
            read_only(
                integer("minutesToBeInvoiced"),
                part(
                    "taskAmountToBeInvoiced",
                    "ProjectAmount",
                    "Amount of the tasks that is not invoiced yet.",
                ),
                part(
                    "taskAmountInvoiced", "ProjectAmount", "Amount of the tasks that is invoiced."
                ),
                part(
                    "expenseAmountToBeInvoiced",
                    "ProjectAmount",
                    "Amount of the expenses that is not invoiced yet.",
                ),
                part(
                    "expenseAmountInvoiced",
                    "ProjectAmount",
                    "Amount of the expenses that is invoiced.",
                ),
                part(
                    "projectAmountInvoiced",
                    "ProjectAmount",
                    "Amount invoiced for the project as a whole.",
                ),
                part("deposit", "ProjectAmount", "Sum of the deposits that were invoiced."),
                part(
                    "depositApplied",
                    "ProjectAmount",
                    "The part of the deposits that was applied to later invoices.",
                ),
                part(
                    "creditNoteAmount", "ProjectAmount", "Sum of the credit notes of the project."
                ),
            ),
            instant("deadlineUtc", "Deadline of the project."),
            read_only(
                part("totalInvoiced", "ProjectAmount", "What is invoiced in all."),
                part("totalToBeInvoiced", "ProjectAmount", "What is to be invoiced in all."),
                part("estimate", "ProjectAmount", "Estimate of the project."),
            ),
            text("status", "INPROGRESS or CLOSED."),
            write_only(part("contact", "Contact")),
        ),
        "project_users": shape(
            read_only(
                text("userId"),
                text("name", "Full name of the user."),
                text("email", "Email address of the user."),
            )
        ),
        "project_tasks": shape(
            text("taskId"),
            text("name", "Name of the task."),
            part(
                "rate",
                "ProjectAmount",
                "Rate of the task: per hour (TIME), or its fixed price (FIXED).",
            ),
            text("chargeType", "How the task is charged: TIME, FIXED or NON_CHARGEABLE."),
            integer("estimateMinutes", "Estimate of the task, in minutes."),
            write_only(part("project", "NamedProject")),
            text("projectId"),
            read_only(
                integer("totalMinutes", "Time logged on the task, in minutes."),
                part("totalAmount", "ProjectAmount", "Amount of the task."),
                integer("minutesInvoiced", "Time that is invoiced, in minutes."),
                integer("minutesToBeInvoiced"),
                integer("fixedMinutes", "Time logged at the fixed price, in minutes."),
                integer("nonChargeableMinutes", "Time logged that is not charged, in minutes."),
                part(
                    "amountToBeInvoiced",
                    "ProjectAmount",
                    "Amount of the task that is not invoiced yet.",
                ),
                part("amountInvoiced", "ProjectAmount", "Amount of the task that is invoiced."),
                text("status", "ACTIVE, INVOICED or LOCKED."),
            ),
        ),
        "project_time_entries": shape(
            text("timeEntryId", "Id of the time entry, a GUID."),
            texts("userId", "projectId", "taskId"),
            instant("dateUtc", "When the work was done."),
            read_only(instant("dateEnteredUtc", "When the entry was made.")),
            integer("duration", "Length of the work, in minutes."),
            text("description", "What was done."),
            write_only(
                part("project", "NamedProject"),
                part("task", "NamedTask"),
                part("user", "NamedUser"),
            ),
            read_only(text("status", "ACTIVE, LOCKED or INVOICED.")),
        ),
    }
)
PARTS: Mapping[str, Shape] = MappingProxyType(
    {
        "ProjectAmount": shape(
            text("currency", "Currency of the amount, an ISO 4217 code."),
            number("value"),
        ),
        "NamedProject": sent_subset(FIELDS["projects"], "projectId", "name"),
        "NamedTask": sent_subset(FIELDS["project_tasks"], "taskId", "name"),
        "NamedUser": sent_subset(FIELDS["project_users"], "userId", "email", "name"),
    }
)
