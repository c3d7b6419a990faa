"""The bakery in the other APIs: projects, assets, files, payroll."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from xero_sandbox.companies import bakery_catalogue as catalogue
from xero_sandbox.companies.bookkeeper import Bookkeeper
from xero_sandbox.http.calls import Call
from xero_sandbox.http.xero_json import decode, encode
from xero_sandbox.model.organisation import Record
from xero_sandbox.resources.files import FilesRequest
from xero_sandbox.resources.model import Api
from xero_sandbox.resources.payroll import PAYROLL_NZ
from xero_sandbox.resources.records import ResourceRequest, store_of, target_of
from xero_sandbox.resources.tables import ASSETS, FILES, PROJECTS

_PROJECTS = ("Hotel breakfast trial", "Wedding season", "Oven relocation", "Cook book")
_TASKS = (("Planning", "85", "TIME"), ("On site", "110", "TIME"), ("Design", "600", "FIXED"))
_ASSETS = (
    ("Deck oven", "FA-0001", "18400.00", "Registered"),
    ("Spiral mixer", "FA-0002", "7350.00", "Registered"),
    ("Proving cabinet", "FA-0003", "4120.50", "Registered"),
    ("Old delivery van", "FA-0004", "9800.00", "Disposed"),
    ("Slicing machine", "FA-0005", "3275.00", "Draft"),
)


def create_other_records(books: Bookkeeper) -> None:
    """Adds some records of each API that a New Zealand organisation has."""
    _projects(books)
    _assets(books)
    _files(books)
    _payroll(books)


def _post(books: Bookkeeper, api: Api, path: str, **fields: Any) -> Record:  # noqa: ANN401  # Any field.
    call = Call("POST", api.root + path, 0, {}, {}, encode(fields), books.organisation.tenant_id)
    request = ResourceRequest(books.organisation, api, target_of(api, path), call, books.now)
    content: Record = decode(request.response().body)
    return content


def _projects(books: Bookkeeper) -> None:
    users = store_of(books.organisation, PROJECTS, "ProjectsUsers")
    for person in books.records("Users"):
        users[person["UserID"]] = {
            "userId": person["UserID"],
            "name": f"{person['FirstName']} {person['LastName']}",
            "email": person["EmailAddress"],
        }
    user_ids = list(users)
    for number, name in enumerate(_PROJECTS):
        contact = books.records("Contacts")[number * 7]
        project = _post(
            books,
            PROJECTS,
            "Projects",
            name=name,
            contactId=contact["ContactID"],
            deadlineUtc=f"2026-1{number % 3}-15T00:00:00.0000000Z",
            estimateAmount=1500 + 250 * number,
        )
        below = f"Projects/{project['projectId']}"
        if number == 1:
            store_of(books.organisation, PROJECTS, "Projects")[project["projectId"]]["status"] = (
                "CLOSED"
            )
        for position, (task_name, rate, kind) in enumerate(_TASKS):
            task = _post(
                books,
                PROJECTS,
                f"{below}/Tasks",
                name=task_name,
                rate={"currency": "NZD", "value": float(rate)},
                chargeType=kind,
                estimateMinutes=240,
            )
            for day in range(position + 1):
                worked = date(2026, 9, 1) + timedelta(days=number * 5 + day)
                _post(
                    books,
                    PROJECTS,
                    f"{below}/Time",
                    userId=user_ids[(number + day) % len(user_ids)],
                    taskId=task["taskId"],
                    dateUtc=f"{worked}T00:00:00.0000000Z",
                    duration=45 + 15 * day,
                    description=None if day == 1 else f"{task_name}, day {day + 1}",
                )


def _assets(books: Bookkeeper) -> None:
    accounts = {item.get("Code"): item["AccountID"] for item in books.records("Accounts")}
    setting = {
        "depreciationMethod": "StraightLine",
        "averagingMethod": "FullMonth",
        "depreciationRate": 12.5,
        "depreciationCalculationMethod": "Rate",
    }
    kind = _post(
        books,
        ASSETS,
        "AssetTypes",
        assetTypeName="Bakehouse equipment",
        fixedAssetAccountId=accounts["710"],
        depreciationExpenseAccountId=accounts["416"],
        accumulatedDepreciationAccountId=accounts["711"],
        bookDepreciationSetting=setting,
    )
    for name, number, price, status in _ASSETS:
        _post(
            books,
            ASSETS,
            "Assets",
            assetName=name,
            assetNumber=number,
            assetTypeId=kind["assetTypeId"],
            purchaseDate="2025-04-01T00:00:00",
            purchasePrice=float(price),
            assetStatus=status,
            serialNumber=f"SN-{number[-2:]}",
            bookDepreciationSetting=setting,
            accountingBookValue=float(price),
            **({"disposalDate": "2026-06-30T00:00:00"} if status == "Disposed" else {}),
        )
    store_of(books.organisation, ASSETS, "Settings")[""] = {
        "assetNumberPrefix": "FA-",
        "assetNumberSequence": "0006",
        "assetStartDate": "2025-04-01T00:00:00",
        "optInForTax": False,
    }


def _files(books: Bookkeeper) -> None:
    call = Call("POST", FILES.root + "Files", 0, {}, {}, b"", books.organisation.tenant_id)
    files = FilesRequest(books.organisation, call, books.now)
    folder = _post(books, FILES, "Folders", Name="Contracts")
    invoice = books.records("Invoices")[0]
    for name, place in (("lease.pdf", folder["Id"]), ("menu.txt", ""), ("flour.csv", "")):
        kept = files.keep(name, "", f"{name} of the bakery".encode(), place)
        if name == "menu.txt":
            path = f"Files/{kept['Id']}/Associations"
            _post(books, FILES, path, ObjectId=invoice["InvoiceID"], ObjectGroup="Invoice")


def _payroll(books: Bookkeeper) -> None:
    calendar = _post(
        books,
        PAYROLL_NZ,
        "PayRunCalendars",
        name="Weekly",
        calendarType="Weekly",
        periodStartDate="2026-11-02T00:00:00",
        periodEndDate="2026-11-08T00:00:00",
        paymentDate="2026-11-11T00:00:00",
    )["payRunCalendar"]
    rate = _post(
        books,
        PAYROLL_NZ,
        "EarningsRates",
        name="Ordinary time",
        earningsType="RegularEarnings",
        rateType="RatePerUnit",
        typeOfUnits="Hours",
        currentRecord=True,
    )["earningsRate"]
    _post(books, PAYROLL_NZ, "LeaveTypes", name="Holiday pay", isPaidLeave=True)
    _post(books, PAYROLL_NZ, "Deductions", deductionName="Staff meals", currentRecord=True)
    _post(books, PAYROLL_NZ, "Reimbursements", name="Mileage", currentRecord=True)
    run = _post(
        books,
        PAYROLL_NZ,
        "PayRuns",
        payrollCalendarID=calendar["payrollCalendarID"],
        periodStartDate="2026-11-02T00:00:00",
        periodEndDate="2026-11-08T00:00:00",
        paymentDate="2026-11-11T00:00:00",
        payRunStatus="Posted",
        calendarType="Weekly",
    )["payRun"]
    slips = store_of(books.organisation, PAYROLL_NZ, "PaySlips")
    for number, (first, last, _) in enumerate(catalogue.PEOPLE):
        employee = _post(
            books,
            PAYROLL_NZ,
            "Employees",
            firstName=first,
            lastName=last,
            dateOfBirth=f"19{80 + number}-0{number + 1}-15T00:00:00",
            email=f"{first.lower()}@example.com",
            startDate="2025-04-01T00:00:00",
            payrollCalendarID=calendar["payrollCalendarID"],
            address={"addressLine1": "1 Road", "city": "Auckland", "postCode": "1010"},
        )["employee"]
        employee_id = employee["employeeID"]
        _post(
            books,
            PAYROLL_NZ,
            f"Employees/{employee_id}/SalaryAndWages",
            earningsRateID=rate["earningsRateID"],
            numberOfUnitsPerWeek=40,
            numberOfUnitsPerDay=8,
            effectiveFrom="2025-04-01T00:00:00",
            annualSalary=58_000 + 2_500 * number,
            status="Active",
            paymentType="Salary",
        )
        sheet = _post(
            books,
            PAYROLL_NZ,
            "Timesheets",
            payrollCalendarID=calendar["payrollCalendarID"],
            employeeID=employee_id,
            startDate="2026-11-02T00:00:00",
            endDate="2026-11-08T00:00:00",
            status="Approved",
            totalHours=7.5,
        )["timesheet"]
        _post(
            books,
            PAYROLL_NZ,
            f"Timesheets/{sheet['timesheetID']}/Lines",
            date="2026-11-02T00:00:00",
            earningsRateID=rate["earningsRateID"],
            numberOfUnits=7.5,
        )
        slip_id = books.transaction().new_id()
        slips[slip_id] = {
            "paySlipID": slip_id,
            "employeeID": employee_id,
            "payRunID": run["payRunID"],
            "firstName": first,
            "lastName": last,
            "totalEarnings": 1_115 + 48 * number,
            "totalPay": 872 + 35 * number,
            "lastEdited": "2026-11-10T02:00:00",
        }
