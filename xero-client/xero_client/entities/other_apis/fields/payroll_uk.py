"""Payroll in the United Kingdom (xero-facts.md: Payroll NZ and UK)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xero_client.entities.field_types import (
    Shape,
    boolean,
    booleans,
    day,
    days,
    instant,
    instants,
    listed,
    number,
    numbers,
    part,
    parts,
    read_only,
    shape,
    text,
    texts,
    with_meanings,
)

_TAX_LINE = shape(
    read_only(
        texts("taxLineID", "description"),
        boolean("isEmployerTax", "Whether the employer pays the tax."),
        number("amount", "Amount of the line (taxes that the employee pays)."),
        text("globalTaxTypeID"),
        boolean("manualAdjustment"),
    )
)
_PAYSLIP = shape(
    read_only(
        texts("paySlipID", "employeeID", "payRunID"),
        day("lastEdited"),
        texts("firstName", "lastName"),
        numbers(
            "totalEarnings",
            "grossEarnings",
            "totalPay",
            "totalEmployerTaxes",
            "totalEmployeeTaxes",
            "totalDeductions",
            "totalReimbursements",
        ),
        number("totalCourtOrders", "Sum of the court orders."),
        number("totalBenefits", "Sum of the benefits that the employer pays."),
        texts("bacsHash", "paymentMethod"),
        parts("earningsLines", "UkEarningsLine"),
        parts("leaveEarningsLines", "UkLeaveEarningsLine"),
        parts("timesheetEarningsLines", "UkTimesheetEarningsLine"),
        parts("deductionLines", "UkDeductionLine"),
        parts("reimbursementLines", "UkReimbursementLine"),
        parts("leaveAccrualLines", "PayrollLeaveAccrualLine"),
        parts("benefitLines", "UkBenefitLine", "The lines of benefits."),
        parts("paymentLines", "PayrollPaymentLine"),
        parts("employeeTaxLines", "UkTaxLine"),
        parts("employerTaxLines", "UkEmployerTaxLine"),
        parts("courtOrderLines", "UkCourtOrderLine", "The lines of court orders."),
    )
)
_LEAVE_PERIOD = shape(
    days("periodStartDate", "periodEndDate"),
    number("numberOfUnits"),
    text("periodStatus"),
)

FIELDS: Mapping[str, Shape] = MappingProxyType(
    {
        "employees": shape(
            texts("employeeID", "title", "firstName", "lastName"),
            day("dateOfBirth"),
            part("address", "UkAddress"),
            texts("email", "gender", "phoneNumber"),
            day("startDate", "When the employment began."),
            day("endDate", "When the employment ended."),
            text("payrollCalendarID"),
            read_only(instants("updatedDateUTC", "createdDateUTC")),
            text("niCategory"),
            parts("niCategories", "UkNiCategory"),
            text("nationalInsuranceNumber", "National Insurance number of the employee."),
            boolean("isOffPayrollWorker"),
            parts("contracts", "UkContract"),
        ),
        "deductions": shape(
            texts("deductionId", "deductionName", "deductionCategory", "liabilityAccountId"),
            read_only(boolean("currentRecord")),
            number("standardAmount"),
            boolean(
                "reducesSuperLiability",
                "Whether the deduction lowers what superannuation is paid on.",
            ),
            boolean("reducesTaxLiability", "Whether the deduction is made before tax."),
            text("calculationType"),
            number("percentage"),
            booleans(
                "subjectToNIC",
                "subjectToTax",
                "isReducedByBasicRate",
                "applyToPensionCalculations",
                "isCalculatingOnQualifyingEarnings",
                "isPension",
            ),
        ),
        "leave_types": shape(
            read_only(text("leaveID")),
            texts("leaveTypeID", "name"),
            booleans("isPaidLeave", "showOnPayslip"),
            read_only(instant("updatedDateUTC"), booleans("isActive", "isStatutoryLeave")),
        ),
        "reimbursements": shape(
            texts("reimbursementID", "name", "accountID"),
            read_only(boolean("currentRecord")),
        ),
        "pay_slips": _PAYSLIP,
        "pay_runs": shape(
            read_only(
                texts("payRunID", "payrollCalendarID"),
                days("periodStartDate", "periodEndDate", "paymentDate"),
                numbers("totalCost", "totalPay"),
                texts("payRunStatus", "payRunType", "calendarType"),
                day("postedDateTime"),
                parts("paySlips", "UkPayslip"),
            )
        ),
        "employee_taxes": shape(
            read_only(
                text(
                    "starterType",
                    "Type of the start: new employee with or without a P45, and so on.",
                ),
                text("starterDeclaration", "What the employee declared at the start: A, B or C."),
                text("taxCode"),
                boolean(
                    "w1M1",
                    "Whether the tax code counts for each pay period alone (week 1, month 1).",
                ),
                number("previousTaxablePay", "Taxable pay of the year in an earlier employment."),
                number("previousTaxPaid", "Tax of the year in an earlier employment."),
                text("studentLoanDeduction", "Plan of the student loan."),
                booleans("hasPostGraduateLoans", "isDirector"),
                day("directorshipStartDate", "First day as a director."),
                text("nicCalculationMethod", "How National Insurance is calculated."),
            )
        ),
        "employee_leave_periods": _LEAVE_PERIOD,
        "employee_leave": shape(
            texts("employeeID", "leaveID", "leaveTypeID", "description"),
            days("startDate", "endDate"),
            parts("periods", "UkLeavePeriod"),
            read_only(instant("updatedDateUTC")),
        ),
        "employee_leave_types": shape(
            texts("employeeID", "leaveTypeID", "scheduleOfAccrual"),
            number("hoursAccruedAnnually", "Hours of leave that are accrued in a year."),
            numbers("maximumToAccrue", "openingBalance", "rateAccruedHourly"),
            day("scheduleOfAccrualDate"),
        ),
        "employee_payment_methods": shape(
            texts("employeeID", "paymentMethod"),
            parts("bankAccounts", "UkBankAccount"),
        ),
        "employee_salary_and_wages": shape(
            texts("employeeID", "salaryAndWagesID", "earningsRateID"),
            numbers("numberOfUnitsPerWeek", "ratePerUnit", "numberOfUnitsPerDay"),
            day("effectiveFrom"),
            number("annualSalary"),
            text("status", "Active, Pending or History."),
            text("paymentType"),
        ),
        "benefits": shape(
            read_only(
                text("id", "Id of the benefit, a GUID."),
                texts("name", "category", "liabilityAccountId", "expenseAccountId"),
                numbers("standardAmount", "percentage"),
                text("calculationType"),
                booleans("currentRecord", "subjectToNIC"),
                boolean("subjectToPension", "Whether it counts for the pension."),
                booleans(
                    "subjectToTax", "isCalculatingOnQualifyingEarnings", "showBalanceToEmployee"
                ),
            )
        ),
        "earnings_orders": shape(
            read_only(
                text("id", "Id of the earnings order, a GUID."),
                texts("name", "statutoryDeductionCategory", "liabilityAccountId"),
                boolean("currentRecord"),
            )
        ),
        "employee_opening_balances": shape(
            read_only(
                number("statutoryAdoptionPay", "Statutory adoption pay of the year so far."),
                number("statutoryMaternityPay", "Statutory maternity pay of the year so far."),
                number("statutoryPaternityPay", "Statutory paternity pay of the year so far."),
                number(
                    "statutorySharedParentalPay",
                    "Statutory shared parental pay of the year so far.",
                ),
                number("statutorySickPay", "Statutory sick pay of the year so far."),
                number("priorEmployeeNumber", "Number of the employee at the former employer."),
            )
        ),
        "employee_statutory_leaves": shape(
            read_only(
                texts("statutoryLeaveID", "employeeID"),
                text(
                    "type",
                    "Sick, Adoption, Maternity, Paternity, Sharedparental, Bereavement and so on.",
                ),
                days("startDate", "endDate"),
                boolean("isEntitled"),
                text("status", "Pending, In-Progress or Completed."),
            )
        ),
        "employee_sick_leaves": shape(
            texts("statutoryLeaveID", "employeeID", "leaveTypeID"),
            days("startDate", "endDate"),
            read_only(
                text("type", "Type, as Xero names it."),
                text("status", "Pending, In-Progress or Completed."),
            ),
            listed("workPattern", meaning="Days on which the employee works, such as Monday."),
            booleans("isPregnancyRelated", "sufficientNotice"),
            read_only(
                boolean("isEntitled"),
                number("entitlementWeeksRequested", "Length of the leave, in weeks."),
                number(
                    "entitlementWeeksQualified",
                    "Statutory sick leave that could be taken when this leave was "
                    "requested, in weeks.",
                ),
                number("entitlementWeeksRemaining", "Statutory sick leave that remains, in weeks."),
                boolean("overlapsWithOtherLeave"),
                listed(
                    "entitlementFailureReasons", meaning="Why the employee is not entitled to pay."
                ),
            ),
        ),
        "employee_statutory_leave_balances": shape(
            read_only(
                text(
                    "leaveType",
                    "Sick, Adoption, Maternity, Paternity, Sharedparental, Bereavement and so on.",
                ),
                number(
                    "balanceRemaining", "Leave that remains on the day of the read, in the units."
                ),
                text("units", "What the balance is in: Hours."),
            )
        ),
    }
)
PARTS: Mapping[str, Shape] = MappingProxyType(
    {
        "UkAddress": shape(
            texts("addressLine1", "addressLine2", "city", "postCode", "countryName")
        ),
        "UkNiCategory": shape(
            day("startDate"),
            text("niCategory"),
            number("niCategoryID", "Id of the National Insurance category of the employee."),
            day(
                "dateFirstEmployedAsCivilian",
                "First day of civilian employment after the armed forces.",
            ),
            text("workplacePostcode", "Postcode of the place of work."),
        ),
        "UkDevelopmentalRole": shape(
            days("startDate", "endDate"),
            text("developmentalRole", "Role of an employee in training: Apprentice."),
            text("publicKey"),
        ),
        "UkContract": shape(
            day("startDate"),
            text("employmentStatus", "Employee, Worker or Unspecified."),
            text("contractType", "FullTime, PartTime, ZeroHour or Unspecified."),
            text("publicKey"),
            boolean("isFixedTerm"),
            day("fixedTermEndDate"),
            part("developmentalRoleDetails", "UkDevelopmentalRole"),
        ),
        "UkEarningsLine": shape(
            read_only(
                texts("earningsLineID", "earningsRateID", "displayName"),
                numbers("ratePerUnit", "numberOfUnits"),
                number("fixedAmount", "Amount of the line (earnings)."),
                number("amount", "Amount of the line (earnings)."),
                booleans("isLinkedToTimesheet", "isAverageDailyPayRate"),
            )
        ),
        "UkLeaveEarningsLine": shape(
            read_only(
                text("earningsRateID"),
                numbers("ratePerUnit", "numberOfUnits"),
                number("fixedAmount", "Amount of the line (leave earnings)."),
                number("amount", "Amount of the line (leave earnings)."),
                boolean("isLinkedToTimesheet"),
            )
        ),
        "UkTimesheetEarningsLine": shape(
            read_only(
                text("earningsRateID"),
                numbers("ratePerUnit", "numberOfUnits"),
                number("fixedAmount", "Amount of the line (earnings from timesheets)."),
                number("amount", "Amount of the line (earnings from timesheets)."),
                boolean("isLinkedToTimesheet"),
            )
        ),
        "UkDeductionLine": shape(
            read_only(
                text("deductionTypeID"),
                number("amount", "Amount of the line (deductions)."),
                boolean("subjectToTax"),
                number("percentage"),
            )
        ),
        "UkReimbursementLine": shape(
            read_only(
                texts("reimbursementTypeID", "description"),
                number("amount", "Amount of the line (reimbursements)."),
            )
        ),
        "UkBenefitLine": shape(
            read_only(
                text("benefitTypeID", "Id of the benefit (of benefits), a GUID."),
                text("displayName"),
                number("amount", "Amount of the line (benefits)."),
                number("fixedAmount", "Amount of the line (benefits)."),
                number("percentage"),
            )
        ),
        "UkTaxLine": _TAX_LINE,
        "UkEmployerTaxLine": with_meanings(
            _TAX_LINE, amount="Amount of the line (taxes that the employer pays)."
        ),
        "UkCourtOrderLine": shape(
            read_only(
                text("courtOrderTypeID", "Id of the court order (of earnings_orders), a GUID."),
                number("amount", "Amount of the line (court orders)."),
            )
        ),
        "UkPayslip": _PAYSLIP,
        "UkLeavePeriod": _LEAVE_PERIOD,
        "UkBankAccount": shape(texts("accountName", "accountNumber", "sortCode")),
    }
)
