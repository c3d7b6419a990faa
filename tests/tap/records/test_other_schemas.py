"""The schemas of the other APIs against Xero's official SDK, and against the entity table."""

from __future__ import annotations

import re
from enum import Enum
from functools import cache
from importlib import import_module

import pytest
from jsonschema import Draft202012Validator

from tap_xero.records.schemas import schema_of
from xero_client.entities.other_apis import OTHER_ENTITIES
from xero_client.entities.table import ALL_BY_STREAM, BY_STREAM

pytestmark = pytest.mark.fast

# The module of xero-python, and the model of each stream.
MODELS = {
    "accounting": {
        "organisation_actions": "Action",
        "cis_settings": "CISSetting",
        "organisation_cis_settings": "CISOrgSetting",
        "online_invoices": "OnlineInvoice",
        "report_1099": "TenNinetyNineContact",
    },
    "identity": {"connections": "Connection"},
    "project": {
        "projects": "Project",
        "project_users": "ProjectUser",
        "project_tasks": "Task",
        "project_time_entries": "TimeEntry",
    },
    "assets": {
        "assets": "Asset",
        "asset_details": "Asset",
        "asset_types": "AssetType",
        "asset_settings": "Setting",
    },
    "file": {"folders": "Folder", "files": "FileObject", "file_associations": "Association"},
    "payrollau": {
        "payroll_au_employees": "Employee",
        "payroll_au_employee_details": "Employee",
        "payroll_au_leave_applications": "LeaveApplication",
        "payroll_au_earnings_rates": "EarningsRate",
        "payroll_au_deduction_types": "DeductionType",
        "payroll_au_leave_types": "LeaveType",
        "payroll_au_reimbursement_types": "ReimbursementType",
        "payroll_au_payroll_calendars": "PayrollCalendar",
        "payroll_au_pay_runs": "PayRun",
        "payroll_au_payslips": "Payslip",
        "payroll_au_settings": "Settings",
        "payroll_au_superfunds": "SuperFund",
        "payroll_au_timesheets": "Timesheet",
    },
    "finance": {
        "finance_trial_balance": "TrialBalanceAccount",
        "finance_balance_sheet": "BalanceSheetResponse",
        "finance_profit_and_loss": "ProfitAndLossResponse",
        "finance_cashflow": "CashflowResponse",
        "finance_contact_revenue": "ContactDetail",
        "finance_contact_expense": "ContactDetail",
        "finance_cash_validation": "CashValidationResponse",
        "finance_bank_statements": "StatementResponse",
    },
}
BOTH = {
    "employees": "Employee",
    "deductions": "Deduction",
    "earnings_rates": "EarningsRate",
    "leave_types": "LeaveType",
    "reimbursements": "Reimbursement",
    "pay_run_calendars": "PayRunCalendar",
    "pay_runs": "PayRun",
    "timesheets": "Timesheet",
    "timesheet_lines": "TimesheetLine",
    "settings": "Accounts",
    "tracking_categories": "TrackingCategory",
    "employee_taxes": "EmployeeTax",
    "employee_leave": "EmployeeLeave",
    "employee_leave_balances": "EmployeeLeaveBalance",
    "employee_leave_periods": "LeavePeriod",
    "employee_leave_types": "EmployeeLeaveType",
    "employee_payment_methods": "PaymentMethod",
    "employee_earnings_templates": "EarningsTemplate",
    "employee_salary_and_wages": "SalaryAndWage",
}
OF_NZ = {
    "statutory_deductions": "StatutoryDeduction",
    "superannuations": "Benefit",
    "pay_slips": "PaySlip",
    "employee_opening_balances": "EmployeeOpeningBalance",
    "employee_working_patterns": "EmployeeWorkingPattern",
    "employee_working_weeks": "EmployeeWorkingPatternWithWorkingWeeks",
}
OF_UK = {
    "benefits": "Benefit",
    "earnings_orders": "EarningsOrder",
    "pay_slips": "Payslip",
    "employee_opening_balances": "EmployeeOpeningBalances",
    "employee_statutory_leaves": "EmployeeStatutoryLeaveSummary",
    "employee_sick_leaves": "EmployeeStatutorySickLeave",
    "employee_statutory_leave_balances": "EmployeeStatutoryLeaveBalance",
}
MODELS["payrollnz"] = {f"payroll_nz_{name}": model for name, model in {**BOTH, **OF_NZ}.items()}
MODELS["payrolluk"] = {f"payroll_uk_{name}": model for name, model in {**BOTH, **OF_UK}.items()}

WITHOUT_MODEL = {
    "tax_reports": "the SDK has only the model of a report with rows",
    "tax_report_details": "the same",
    "file_contents": "made by the tap",
}
# The differences between the schema and the SDK, each with the reason.
TYPED_OTHERWISE = {
    **{
        f"{stream}.bookDepreciationSetting.effectiveLifeYears: int": "not always whole (Assets)"
        for stream in ("assets", "asset_details", "asset_types")
    },
    "files.CreatedDateUtc: str": "an instant, xero-facts.md: Differences between the APIs",
    "files.UpdatedDateUtc: str": "an instant, xero-facts.md: Differences between the APIs",
}

SCALARS = {
    "str": ("string", None),
    "float": ("number", None),
    "int": ("integer", None),
    "bool": ("boolean", None),
    "date": ("string", "date"),
    "datetime": ("string", "date-time"),
    "date[ms-format]": ("string", "date"),
    "datetime[ms-format]": ("string", "date-time"),
}


class Comparison:
    """All differences between the schemas and the SDK's models, by path."""

    def __init__(self):
        self.missing, self.mistyped, self.extra = set(), set(), set()
        for module, streams in MODELS.items():
            self.models = import_module(f"xero_python.{module}.models")
            for stream, model in streams.items():
                entity = ALL_BY_STREAM[stream]
                added = {*(entity.parent.fields if entity.parent else ()), *entity.echoed}
                added |= set(entity.carried)
                fields = getattr(self.models, model).attribute_map.values()
                properties = {
                    name: schema
                    for name, schema in schema_of(stream)["properties"].items()
                    if not name.startswith("_") and (name not in added or name in fields)
                }
                self.compare(getattr(self.models, model), properties, stream)

    def compare(self, model, properties, path):
        fields = {
            model.attribute_map[attribute]: kind for attribute, kind in model.openapi_types.items()
        }
        self.extra |= {f"{path}.{name}" for name in properties.keys() - fields.keys()}
        self.missing |= {f"{path}.{name}" for name in fields.keys() - properties.keys()}
        for name in fields.keys() & properties.keys():
            self.compare_property(fields[name], properties[name], f"{path}.{name}")

    def compare_property(self, kind, schema, path):
        listed = re.fullmatch(r"list\[(.+)\]", kind)
        if listed and type_of(schema) == "array":
            self.compare_property(listed[1], schema["items"], f"{path}[]")
            return
        expected = ("array", None) if listed else SCALARS.get(kind)
        nested = None if expected else getattr(self.models, kind)
        if nested is not None:
            expected = ("string" if issubclass(nested, Enum) else "object", None)
        if (type_of(schema), schema.get("format")) != expected:
            self.mistyped.add(f"{path}: {kind}")
        elif expected == ("object", None):
            self.compare(nested, schema["properties"], path)


def type_of(schema):
    (kind,) = set(schema["type"]) - {"null"}
    return kind


@cache
def comparison():
    return Comparison()


def test_every_stream_of_the_other_apis_has_a_model_or_a_reason():
    compared = {stream for streams in MODELS.values() for stream in streams}
    assert compared | WITHOUT_MODEL.keys() == {entity.stream for entity in OTHER_ENTITIES}


def test_every_field_of_the_official_sdk_is_in_the_schema():
    assert comparison().missing == set()


def test_every_field_has_the_type_of_the_official_sdk_or_another_for_a_reason():
    assert comparison().mistyped == set(TYPED_OTHERWISE)


def test_no_field_is_made_up():
    assert comparison().extra == set()


@pytest.mark.parametrize("entity", OTHER_ENTITIES, ids=lambda entity: entity.stream)
def test_the_row_names_fields_of_the_schema(entity):
    schema = schema_of(entity.stream)
    Draft202012Validator.check_schema(schema)
    properties = schema["properties"]
    for name in entity.keys:
        assert properties[name]["type"] == ["string"], name
    assert entity.personal <= properties.keys()
    if entity.reading.replication_key:
        assert properties[entity.reading.replication_key]["format"] == "date-time"
    assert not entity.reading.selected_by_default


def needs_words(name, schema):
    """Whether a name alone does not say enough: of ids, amounts, days, statuses and kinds."""
    kinds = {*schema["type"]} & {"number", "integer"}
    return bool(
        kinds
        or schema.get("format")
        or re.search(r"(?:ID|Id|^id)$", name)
        or re.search(r"(?:status|category|code|currency)$", name, re.IGNORECASE)
    )


def named_only(properties, place):
    """The properties whose description is nothing but their name, of those that need more."""
    for name, schema in properties.items():
        text = schema["description"]
        before, _, _ = text.partition(":")
        if needs_words(name, schema) and letters(before.removesuffix(".")) == letters(name):
            yield f"{place}.{name}: {text}"
        yield from named_only(schema.get("items", schema).get("properties", {}), f"{place}.{name}")


def letters(text):
    return re.sub(r"[^a-z0-9]", "", text.lower())


@pytest.mark.parametrize("entity", OTHER_ENTITIES, ids=lambda entity: entity.stream)
def test_ids_amounts_days_and_statuses_say_what_they_mean(entity):
    assert list(named_only(schema_of(entity.stream)["properties"], entity.stream)) == []


@pytest.mark.parametrize(
    "entity",
    [entity for entity in OTHER_ENTITIES if entity.parent],
    ids=lambda entity: entity.stream,
)
def test_a_parent_is_a_stream_that_has_the_fields_which_are_asked_for(entity):
    parent = ALL_BY_STREAM[entity.parent.stream]
    assert parent.parent is None
    properties = schema_of(parent.stream)["properties"]
    in_path = set(re.findall(r"\{(\w+)\}", entity.path))
    assert in_path or entity.parent.params
    asked = schema_of(entity.parent.through or parent.stream)["properties"]
    if entity.parent.through:
        assert ALL_BY_STREAM[entity.parent.through].parent.stream == parent.stream
    if not entity.parent.members:
        assert in_path <= properties.keys() | asked.keys()
    assert {*entity.parent.fields.values(), *entity.parent.params.values()} <= properties.keys()
    assert {*entity.parent.only, *entity.parent.without} <= asked.keys()


def test_no_stream_has_the_name_of_another():
    assert len(ALL_BY_STREAM) == len(BY_STREAM) + len(OTHER_ENTITIES)
