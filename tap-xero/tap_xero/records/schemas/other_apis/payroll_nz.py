"""Payroll in New Zealand (xero-facts.md: Payroll NZ and UK)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tap_xero.records.schemas.types import (
    BOOLEAN,
    DATE,
    INSTANT,
    INTEGER,
    NUMBER,
    STRING,
    Properties,
    array_of,
    object_of,
)

ADDRESS: Properties = {
    "addressLine1": STRING,
    "addressLine2": STRING,
    "city": STRING,
    "suburb": STRING,
    "postCode": STRING,
    "countryName": STRING,
}
EMPLOYEE: Properties = {
    "employeeID": STRING,
    "title": STRING,
    "firstName": STRING,
    "lastName": STRING,
    "dateOfBirth": DATE,
    "address": object_of(ADDRESS),
    "email": STRING,
    "gender": STRING,
    "phoneNumber": STRING,
    "startDate": DATE,
    "endDate": DATE,
    "payrollCalendarID": STRING,
    "updatedDateUTC": INSTANT,
    "createdDateUTC": INSTANT,
    "jobTitle": STRING,
    "engagementType": STRING,
    "fixedTermEndDate": DATE,
}
DEDUCTION: Properties = {
    "deductionId": STRING,
    "deductionName": STRING,
    "deductionCategory": STRING,
    "liabilityAccountId": STRING,
    "currentRecord": BOOLEAN,
    "standardAmount": NUMBER,
}
EARNINGS_RATE: Properties = {
    "earningsRateID": STRING,
    "name": STRING,
    "earningsType": STRING,
    "rateType": STRING,
    "typeOfUnits": STRING,
    "currentRecord": BOOLEAN,
    "expenseAccountID": STRING,
    "ratePerUnit": NUMBER,
    "multipleOfOrdinaryEarningsRate": NUMBER,
    "fixedAmount": NUMBER,
}
LEAVE_TYPE: Properties = {
    "leaveTypeID": STRING,
    "name": STRING,
    "isPaidLeave": BOOLEAN,
    "showOnPayslip": BOOLEAN,
    "updatedDateUTC": INSTANT,
    "isActive": BOOLEAN,
    "typeOfUnits": STRING,
    "typeOfUnitsToAccrue": STRING,
}
REIMBURSEMENT: Properties = {
    "reimbursementID": STRING,
    "name": STRING,
    "accountID": STRING,
    "currentRecord": BOOLEAN,
    "reimbursementCategory": STRING,
    "calculationType": STRING,
    "standardAmount": STRING,
    "standardTypeOfUnits": STRING,
    "standardRatePerUnit": NUMBER,
}
PAY_RUN_CALENDAR: Properties = {
    "payrollCalendarID": STRING,
    "name": STRING,
    "calendarType": STRING,
    "periodStartDate": DATE,
    "periodEndDate": DATE,
    "paymentDate": DATE,
    "updatedDateUTC": INSTANT,
}
EARNINGS_LINE: Properties = {
    "earningsLineID": STRING,
    "earningsRateID": STRING,
    "displayName": STRING,
    "ratePerUnit": NUMBER,
    "numberOfUnits": NUMBER,
    "fixedAmount": NUMBER,
    "amount": NUMBER,
    "isLinkedToTimesheet": BOOLEAN,
    "isAverageDailyPayRate": BOOLEAN,
    "isSystemGenerated": BOOLEAN,
}
LEAVE_EARNINGS_LINE: Properties = {
    "earningsLineID": STRING,
    "earningsRateID": STRING,
    "displayName": STRING,
    "ratePerUnit": NUMBER,
    "numberOfUnits": NUMBER,
    "fixedAmount": NUMBER,
    "amount": NUMBER,
    "isLinkedToTimesheet": BOOLEAN,
    "isAverageDailyPayRate": BOOLEAN,
    "isSystemGenerated": BOOLEAN,
}
TIMESHEET_EARNINGS_LINE: Properties = {
    "earningsLineID": STRING,
    "earningsRateID": STRING,
    "displayName": STRING,
    "ratePerUnit": NUMBER,
    "numberOfUnits": NUMBER,
    "fixedAmount": NUMBER,
    "amount": NUMBER,
    "isLinkedToTimesheet": BOOLEAN,
    "isAverageDailyPayRate": BOOLEAN,
    "isSystemGenerated": BOOLEAN,
}
DEDUCTION_LINE: Properties = {
    "deductionTypeID": STRING,
    "displayName": STRING,
    "amount": NUMBER,
    "subjectToTax": BOOLEAN,
    "percentage": NUMBER,
}
REIMBURSEMENT_LINE: Properties = {
    "reimbursementTypeID": STRING,
    "description": STRING,
    "amount": NUMBER,
    "ratePerUnit": NUMBER,
    "numberOfUnits": NUMBER,
}
LEAVE_ACCRUAL_LINE: Properties = {
    "leaveTypeID": STRING,
    "numberOfUnits": NUMBER,
}
SUPERANNUATION_LINE: Properties = {
    "superannuationTypeID": STRING,
    "displayName": STRING,
    "amount": NUMBER,
    "fixedAmount": NUMBER,
    "percentage": NUMBER,
    "manualAdjustment": BOOLEAN,
}
PAYMENT_LINE: Properties = {
    "paymentLineID": STRING,
    "amount": NUMBER,
    "accountNumber": STRING,
    "sortCode": STRING,
    "accountName": STRING,
}
TAX_LINE: Properties = {
    "taxLineID": STRING,
    "description": STRING,
    "amount": NUMBER,
    "globalTaxTypeID": STRING,
    "manualAdjustment": BOOLEAN,
}
STATUTORY_DEDUCTION_LINE: Properties = {
    "statutoryDeductionTypeID": STRING,
    "amount": NUMBER,
    "fixedAmount": NUMBER,
    "manualAdjustment": BOOLEAN,
}
TAX_SETTINGS: Properties = {
    "periodUnits": NUMBER,
    "periodType": STRING,
    "taxCode": STRING,
    "specialTaxRate": STRING,
    "lumpSumTaxCode": STRING,
    "lumpSumAmount": STRING,
}
GROSS_EARNINGS_HISTORY: Properties = {
    "daysPaid": INTEGER,
    "unpaidWeeks": INTEGER,
}
PAY_SLIP: Properties = {
    "paySlipID": STRING,
    "employeeID": STRING,
    "payRunID": STRING,
    "lastEdited": DATE,
    "firstName": STRING,
    "lastName": STRING,
    "totalEarnings": NUMBER,
    "grossEarnings": NUMBER,
    "totalPay": NUMBER,
    "totalEmployerTaxes": NUMBER,
    "totalEmployeeTaxes": NUMBER,
    "totalDeductions": NUMBER,
    "totalReimbursements": NUMBER,
    "totalStatutoryDeductions": NUMBER,
    "totalSuperannuation": NUMBER,
    "bacsHash": STRING,
    "paymentMethod": STRING,
    "earningsLines": array_of(EARNINGS_LINE),
    "leaveEarningsLines": array_of(LEAVE_EARNINGS_LINE),
    "timesheetEarningsLines": array_of(TIMESHEET_EARNINGS_LINE),
    "deductionLines": array_of(DEDUCTION_LINE),
    "reimbursementLines": array_of(REIMBURSEMENT_LINE),
    "leaveAccrualLines": array_of(LEAVE_ACCRUAL_LINE),
    "superannuationLines": array_of(SUPERANNUATION_LINE),
    "paymentLines": array_of(PAYMENT_LINE),
    "employeeTaxLines": array_of(TAX_LINE),
    "employerTaxLines": array_of(TAX_LINE),
    "statutoryDeductionLines": array_of(STATUTORY_DEDUCTION_LINE),
    "taxSettings": object_of(TAX_SETTINGS),
    "grossEarningsHistory": object_of(GROSS_EARNINGS_HISTORY),
}
PAY_RUN: Properties = {
    "payRunID": STRING,
    "payrollCalendarID": STRING,
    "periodStartDate": DATE,
    "periodEndDate": DATE,
    "paymentDate": DATE,
    "totalCost": NUMBER,
    "totalPay": NUMBER,
    "payRunStatus": STRING,
    "payRunType": STRING,
    "calendarType": STRING,
    "postedDateTime": DATE,
    "paySlips": array_of(PAY_SLIP),
}
TIMESHEET_LINE: Properties = {
    "timesheetLineID": STRING,
    "date": DATE,
    "earningsRateID": STRING,
    "trackingItemID": STRING,
    "numberOfUnits": NUMBER,
}
TIMESHEET: Properties = {
    "timesheetID": STRING,
    "payrollCalendarID": STRING,
    "employeeID": STRING,
    "startDate": DATE,
    "endDate": DATE,
    "status": STRING,
    "totalHours": NUMBER,
    "updatedDateUTC": INSTANT,
    "timesheetLines": array_of(TIMESHEET_LINE),
}
ACCOUNT: Properties = {
    "accountID": STRING,
    "type": STRING,
    "code": STRING,
    "name": STRING,
}
ACCOUNTS: Properties = {
    "accounts": array_of(ACCOUNT),
}
TRACKING_CATEGORY: Properties = {
    "employeeGroupsTrackingCategoryID": STRING,
    "timesheetTrackingCategoryID": STRING,
}
EMPLOYEE_TAX: Properties = {
    "irdNumber": STRING,
    "taxCode": STRING,
    "specialTaxRatePercentage": NUMBER,
    "hasSpecialStudentLoanRate": BOOLEAN,
    "specialStudentLoanRatePercentage": NUMBER,
    "isEligibleForKiwiSaver": BOOLEAN,
    "esctRatePercentage": NUMBER,
    "kiwiSaverContributions": STRING,
    "kiwiSaverEmployeeContributionRatePercentage": NUMBER,
    "kiwiSaverEmployerContributionRatePercentage": NUMBER,
    "kiwiSaverEmployerSalarySacrificeContributionRatePercentage": NUMBER,
    "kiwiSaverOptOutDate": DATE,
    "kiwiSaverContributionHolidayEndDate": DATE,
    "hasStudentLoanBalance": BOOLEAN,
    "studentLoanBalance": NUMBER,
    "studentLoanAsAt": DATE,
}
LEAVE_PERIOD: Properties = {
    "periodStartDate": DATE,
    "periodEndDate": DATE,
    "numberOfUnits": NUMBER,
    "numberOfUnitsTaken": NUMBER,
    "typeOfUnits": STRING,
    "typeOfUnitsTaken": STRING,
    "periodStatus": STRING,
}
EMPLOYEE_LEAVE: Properties = {
    "leaveID": STRING,
    "leaveTypeID": STRING,
    "description": STRING,
    "startDate": DATE,
    "endDate": DATE,
    "periods": array_of(LEAVE_PERIOD),
    "updatedDateUTC": INSTANT,
}
EMPLOYEE_LEAVE_BALANCE: Properties = {
    "name": STRING,
    "leaveTypeID": STRING,
    "balance": NUMBER,
    "typeOfUnits": STRING,
}
EMPLOYEE_LEAVE_TYPE: Properties = {
    "leaveTypeID": STRING,
    "scheduleOfAccrual": STRING,
    "unitsAccruedAnnually": NUMBER,
    "typeOfUnitsToAccrue": STRING,
    "maximumToAccrue": NUMBER,
    "openingBalance": NUMBER,
    "openingBalanceTypeOfUnits": STRING,
    "rateAccruedHourly": NUMBER,
    "percentageOfGrossEarnings": NUMBER,
    "includeHolidayPayEveryPay": BOOLEAN,
    "showAnnualLeaveInAdvance": BOOLEAN,
    "annualLeaveTotalAmountPaid": NUMBER,
    "scheduleOfAccrualDate": DATE,
}
BANK_ACCOUNT: Properties = {
    "accountName": STRING,
    "accountNumber": STRING,
    "sortCode": STRING,
    "particulars": STRING,
    "code": STRING,
    "dollarAmount": NUMBER,
    "reference": STRING,
    "calculationType": STRING,
}
PAYMENT_METHOD: Properties = {
    "paymentMethod": STRING,
    "bankAccounts": array_of(BANK_ACCOUNT),
}
EARNINGS_TEMPLATE: Properties = {
    "payTemplateEarningID": STRING,
    "ratePerUnit": NUMBER,
    "numberOfUnits": NUMBER,
    "fixedAmount": NUMBER,
    "earningsRateID": STRING,
    "name": STRING,
}
SALARY_AND_WAGE: Properties = {
    "salaryAndWagesID": STRING,
    "earningsRateID": STRING,
    "numberOfUnitsPerWeek": NUMBER,
    "ratePerUnit": NUMBER,
    "numberOfUnitsPerDay": NUMBER,
    "daysPerWeek": NUMBER,
    "effectiveFrom": DATE,
    "annualSalary": NUMBER,
    "status": STRING,
    "paymentType": STRING,
    "workPatternType": STRING,
}
STATUTORY_DEDUCTION: Properties = {
    "id": STRING,
    "name": STRING,
    "statutoryDeductionCategory": STRING,
    "liabilityAccountId": STRING,
    "currentRecord": BOOLEAN,
}
BENEFIT: Properties = {
    "id": STRING,
    "name": STRING,
    "category": STRING,
    "liabilityAccountId": STRING,
    "expenseAccountId": STRING,
    "calculationTypeNZ": STRING,
    "standardAmount": NUMBER,
    "percentage": NUMBER,
    "companyMax": NUMBER,
    "currentRecord": BOOLEAN,
}
EMPLOYEE_OPENING_BALANCE: Properties = {
    "periodEndDate": DATE,
    "daysPaid": INTEGER,
    "unpaidWeeks": INTEGER,
    "grossEarnings": NUMBER,
}
EMPLOYEE_WORKING_PATTERN: Properties = {
    "payeeWorkingPatternID": STRING,
    "effectiveFrom": DATE,
}
WORKING_WEEK: Properties = {
    "monday": NUMBER,
    "tuesday": NUMBER,
    "wednesday": NUMBER,
    "thursday": NUMBER,
    "friday": NUMBER,
    "saturday": NUMBER,
    "sunday": NUMBER,
}
EMPLOYEE_WORKING_WEEKS: Properties = {
    **EMPLOYEE_WORKING_PATTERN,
    "workingWeeks": array_of(WORKING_WEEK),
}

SCHEMAS: Mapping[str, Properties] = MappingProxyType(
    {
        "payroll_nz_employees": EMPLOYEE,
        "payroll_nz_deductions": DEDUCTION,
        "payroll_nz_earnings_rates": EARNINGS_RATE,
        "payroll_nz_leave_types": LEAVE_TYPE,
        "payroll_nz_reimbursements": REIMBURSEMENT,
        "payroll_nz_pay_run_calendars": PAY_RUN_CALENDAR,
        "payroll_nz_pay_runs": PAY_RUN,
        "payroll_nz_timesheets": TIMESHEET,
        "payroll_nz_timesheet_lines": TIMESHEET_LINE,
        "payroll_nz_settings": ACCOUNTS,
        "payroll_nz_tracking_categories": TRACKING_CATEGORY,
        "payroll_nz_employee_taxes": EMPLOYEE_TAX,
        "payroll_nz_employee_leave": EMPLOYEE_LEAVE,
        "payroll_nz_employee_leave_balances": EMPLOYEE_LEAVE_BALANCE,
        "payroll_nz_employee_leave_periods": LEAVE_PERIOD,
        "payroll_nz_employee_leave_types": EMPLOYEE_LEAVE_TYPE,
        "payroll_nz_employee_payment_methods": PAYMENT_METHOD,
        "payroll_nz_employee_earnings_templates": EARNINGS_TEMPLATE,
        "payroll_nz_employee_salary_and_wages": SALARY_AND_WAGE,
        "payroll_nz_statutory_deductions": STATUTORY_DEDUCTION,
        "payroll_nz_superannuations": BENEFIT,
        "payroll_nz_pay_slips": PAY_SLIP,
        "payroll_nz_employee_opening_balances": EMPLOYEE_OPENING_BALANCE,
        "payroll_nz_employee_working_patterns": EMPLOYEE_WORKING_PATTERN,
        "payroll_nz_employee_working_weeks": EMPLOYEE_WORKING_WEEKS,
    }
)
