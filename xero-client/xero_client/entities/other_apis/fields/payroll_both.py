"""What Payroll in New Zealand and in the United Kingdom have alike.

(xero-facts.md: Payroll NZ and UK)
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xero_client.entities.field_types import (
    Shape,
    boolean,
    day,
    days,
    instant,
    number,
    numbers,
    parts,
    read_only,
    shape,
    text,
    texts,
    without,
)

_TIMESHEET_LINE = shape(
    text("timesheetID"),
    text("timesheetLineID", "Id of the line of a timesheet, a GUID."),
    day("date", "Day of the work."),
    texts("earningsRateID", "trackingItemID"),
    number("numberOfUnits"),
)

FIELDS: Mapping[str, Shape] = MappingProxyType(
    {
        "earnings_rates": shape(
            texts("earningsRateID", "name", "earningsType", "rateType", "typeOfUnits"),
            read_only(boolean("currentRecord")),
            text("expenseAccountID"),
            number("ratePerUnit"),
            number(
                "multipleOfOrdinaryEarningsRate",
                "Factor of the ordinary rate: 1.5 for time and a half.",
            ),
            number("fixedAmount"),
        ),
        "pay_run_calendars": shape(
            texts("payrollCalendarID", "name", "calendarType"),
            day("periodStartDate"),
            read_only(day("periodEndDate")),
            day("paymentDate"),
            read_only(instant("updatedDateUTC")),
        ),
        "timesheet_lines": _TIMESHEET_LINE,
        "timesheets": shape(
            texts("timesheetID", "payrollCalendarID", "employeeID"),
            days("startDate", "endDate"),
            read_only(
                text("status", "Draft, Requested (New Zealand), Approved or Completed."),
                number("totalHours", "Hours of the timesheet."),
                instant("updatedDateUTC"),
                parts("timesheetLines", "PayrollTimesheetLine"),
            ),
        ),
        "settings": shape(read_only(parts("accounts", "PayrollAccount"))),
        "tracking_categories": shape(
            read_only(
                text(
                    "employeeGroupsTrackingCategoryID",
                    "Id of the tracking category of employee groups, of tracking_categories.",
                ),
                text(
                    "timesheetTrackingCategoryID",
                    "Id of the tracking category of timesheets, of tracking_categories.",
                ),
            )
        ),
        "employee_leave_balances": shape(
            read_only(
                texts("name", "leaveTypeID"),
                number("balance", "Balance of the leave, in its units."),
                text("typeOfUnits"),
            )
        ),
        "employee_earnings_templates": shape(
            text("employeeID"),
            text("payTemplateEarningID", "Id of the line of the pay template, a GUID."),
            numbers("ratePerUnit", "numberOfUnits", "fixedAmount"),
            texts("earningsRateID", "name"),
        ),
    }
)
PARTS: Mapping[str, Shape] = MappingProxyType(
    {
        "PayrollLeaveAccrualLine": shape(read_only(text("leaveTypeID"), number("numberOfUnits"))),
        "PayrollPaymentLine": shape(
            read_only(
                text("paymentLineID", "Id of the payment, a GUID."),
                number("amount", "Amount of the line (payments to bank accounts)."),
                texts("accountNumber", "sortCode", "accountName"),
            )
        ),
        "PayrollTimesheetLine": without(_TIMESHEET_LINE, "timesheetID"),
        "PayrollAccount": shape(
            read_only(
                text("accountID"),
                text("type", "What the account is for, such as WAGESPAYABLE or PAYG."),
                text("code", "Code of the account."),
                text("name"),
            )
        ),
    }
)
