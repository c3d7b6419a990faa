"""Projects (xero-facts.md: Projects)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tap_xero.records.schemas.types import (
    INSTANT,
    INTEGER,
    NUMBER,
    STRING,
    Properties,
    object_of,
)

AMOUNT: Properties = {
    "currency": STRING,
    "value": NUMBER,
}
PROJECT: Properties = {
    "projectId": STRING,
    "contactId": STRING,
    "name": STRING,
    "currencyCode": STRING,
    "minutesLogged": INTEGER,
    "totalTaskAmount": object_of(AMOUNT),
    "totalExpenseAmount": object_of(AMOUNT),
    "estimateAmount": object_of(AMOUNT),
    "minutesToBeInvoiced": INTEGER,
    "taskAmountToBeInvoiced": object_of(AMOUNT),
    "taskAmountInvoiced": object_of(AMOUNT),
    "expenseAmountToBeInvoiced": object_of(AMOUNT),
    "expenseAmountInvoiced": object_of(AMOUNT),
    "projectAmountInvoiced": object_of(AMOUNT),
    "deposit": object_of(AMOUNT),
    "depositApplied": object_of(AMOUNT),
    "creditNoteAmount": object_of(AMOUNT),
    "deadlineUtc": INSTANT,
    "totalInvoiced": object_of(AMOUNT),
    "totalToBeInvoiced": object_of(AMOUNT),
    "estimate": object_of(AMOUNT),
    "status": STRING,
}
PROJECT_USER: Properties = {
    "userId": STRING,
    "name": STRING,
    "email": STRING,
}
TASK: Properties = {
    "taskId": STRING,
    "name": STRING,
    "rate": object_of(AMOUNT),
    "chargeType": STRING,
    "estimateMinutes": INTEGER,
    "projectId": STRING,
    "totalMinutes": INTEGER,
    "totalAmount": object_of(AMOUNT),
    "minutesInvoiced": INTEGER,
    "minutesToBeInvoiced": INTEGER,
    "fixedMinutes": INTEGER,
    "nonChargeableMinutes": INTEGER,
    "amountToBeInvoiced": object_of(AMOUNT),
    "amountInvoiced": object_of(AMOUNT),
    "status": STRING,
}
TIME_ENTRY: Properties = {
    "timeEntryId": STRING,
    "userId": STRING,
    "projectId": STRING,
    "taskId": STRING,
    "dateUtc": INSTANT,
    "dateEnteredUtc": INSTANT,
    "duration": INTEGER,
    "description": STRING,
    "status": STRING,
}

SCHEMAS: Mapping[str, Properties] = MappingProxyType(
    {
        "projects": PROJECT,
        "project_users": PROJECT_USER,
        "project_tasks": TASK,
        "project_time_entries": TIME_ENTRY,
    }
)
