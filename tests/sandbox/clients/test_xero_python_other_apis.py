"""xero-python writes to and reads from Projects, Assets, Files and Payroll of the sandbox."""

import warnings
from datetime import date, datetime, timezone

import pytest
from sandbox_caller import calling
from sandbox_sdk import Sdk

with warnings.catch_warnings():
    # Some imports of the SDK are deprecated.
    warnings.simplefilter("ignore")
    from xero_python import assets, payrollau, payrollnz, payrolluk, project
    from xero_python.assets import AssetApi
    from xero_python.file import Association, FileObject, FilesApi, Folder, ObjectGroup
    from xero_python.payrollau import PayrollAuApi
    from xero_python.payrollnz import PayrollNzApi
    from xero_python.payrolluk import PayrollUkApi
    from xero_python.project import ProjectApi

DAY = datetime(2026, 5, 1, tzinfo=timezone.utc)


def api_of(company, kind, root):
    with calling(company) as caller:
        sdk = Sdk(caller)
        yield kind(sdk.client, base_url=f"{caller.xero.origin}/{root}"), sdk.tenant_id


@pytest.fixture
def project_api():
    yield from api_of("empty", ProjectApi, "projects.xro/2.0")


@pytest.fixture
def asset_api():
    yield from api_of("empty", AssetApi, "assets.xro/1.0")


@pytest.fixture
def files_api():
    yield from api_of("empty", FilesApi, "files.xro/1.0")


@pytest.fixture
def au():
    yield from api_of("empty:AU", PayrollAuApi, "payroll.xro/1.0")


@pytest.fixture
def nz():
    yield from api_of("empty", PayrollNzApi, "payroll.xro/2.0")


@pytest.fixture
def uk():
    yield from api_of("empty:GB", PayrollUkApi, "payroll.xro/2.0")


def test_projects_tasks_and_time(project_api):
    api, tenant = project_api
    contact = "7e4ab6d5-2c47-4a7c-a6f3-0c3e1c5e1a11"
    made = api.create_project(
        tenant, project.ProjectCreateOrUpdate(contact_id=contact, name="Shop fit-out")
    )
    rate = project.Amount(currency=project.CurrencyCode.NZD, value=99.5)
    task = api.create_task(
        tenant,
        made.project_id,
        project.TaskCreateOrUpdate(name="Paint", rate=rate, charge_type=project.ChargeType.TIME),
    )
    worked = project.TimeEntryCreateOrUpdate(
        user_id=contact, task_id=task.task_id, date_utc=DAY, duration=90, description="Walls"
    )
    entry = api.create_time_entry(tenant, made.project_id, worked)
    read = api.get_time_entries(tenant, made.project_id)
    assert [item.duration for item in read.items] == [90]
    assert read.pagination.item_count == 1
    (listed,) = api.get_tasks(tenant, made.project_id).items
    assert (listed.rate.value, listed.charge_type.value) == (99.5, "TIME")
    worked.description = None
    api.update_time_entry(tenant, made.project_id, entry.time_entry_id, worked)
    assert api.get_time_entry(tenant, made.project_id, entry.time_entry_id).description is None
    api.delete_time_entry(tenant, made.project_id, entry.time_entry_id)
    assert api.get_time_entries(tenant, made.project_id).items == []
    api.patch_project(
        tenant, made.project_id, project.ProjectPatch(status=project.ProjectStatus.CLOSED)
    )
    assert api.get_projects(tenant, states="INPROGRESS").items == []
    assert api.get_project(tenant, made.project_id).status.value == "CLOSED"


def test_assets_and_their_types(asset_api):
    api, tenant = asset_api
    kind = api.create_asset_type(
        tenant,
        assets.AssetType(
            asset_type_name="Ovens", book_depreciation_setting=assets.BookDepreciationSetting()
        ),
    )
    sent = assets.Asset(
        asset_name="Deck oven",
        asset_number="FA-1",
        asset_type_id=kind.asset_type_id,
        purchase_date=date(2026, 5, 1),
        purchase_price=12000.25,
        serial_number="SN-1",
    )
    made = api.create_asset(tenant, sent)
    (listed,) = api.get_assets(tenant, "DRAFT").items
    assert (listed.asset_id, listed.purchase_price) == (made.asset_id, 12000.25)
    assert listed.serial_number is None
    assert api.get_asset_by_id(tenant, made.asset_id).serial_number == "SN-1"
    assert api.get_assets(tenant, "DISPOSED").items == []
    assert [item.asset_type_name for item in api.get_asset_types(tenant)] == ["Ovens"]


def test_files_folders_and_associations(files_api, tmp_path):
    api, tenant = files_api
    (inbox,) = api.get_folders(tenant)
    assert inbox.is_inbox
    folder = api.create_folder(tenant, Folder(name="Leases"))
    made = api.upload_file_to_folder(
        tenant,
        folder.id,
        body=b"%PDF-1.7",
        name="a.pdf",
        filename="a.pdf",
        mime_type="application/pdf",
    )
    listed = api.get_files(tenant)
    assert [(item.name, item.folder_id) for item in listed.items] == [("a.pdf", folder.id)]
    with open(api.get_file_content(tenant, made.id), "rb") as file:  # noqa: PTH123  # a path of the SDK
        assert file.read() == b"%PDF-1.7"
    invoice = "7e4ab6d5-2c47-4a7c-a6f3-0c3e1c5e1a11"
    association = Association(object_id=invoice, object_group=ObjectGroup.INVOICE)
    api.create_file_association(tenant, made.id, association)
    assert [item.object_id for item in api.get_file_associations(tenant, made.id)] == [invoice]
    assert [item.file_id for item in api.get_associations_by_object(tenant, invoice)] == [made.id]
    api.update_file(tenant, made.id, FileObject(name="b.pdf", folder_id=inbox.id))
    assert api.get_file(tenant, made.id).name == "b.pdf"
    assert {item.name: item.file_count for item in api.get_folders(tenant)} == {
        "Inbox": 1,
        "Leases": 0,
    }
    api.delete_file_association(tenant, made.id, invoice)
    assert api.get_file_associations(tenant, made.id) == []
    api.delete_file(tenant, made.id)
    assert api.get_files(tenant).items == []


def test_payroll_of_australia(au):
    api, tenant = au
    employee = payrollau.Employee(
        first_name="Ana",
        last_name="Hill",
        date_of_birth=date(1990, 2, 3),
        home_address=payrollau.HomeAddress(
            address_line1="1 Road", region=payrollau.State.NSW, city="Sydney"
        ),
    )
    made = api.create_employee(tenant, [employee]).employees[0]
    (listed,) = api.get_employees(tenant).employees
    assert (listed.date_of_birth, listed.home_address) == (date(1990, 2, 3), None)
    (single,) = api.get_employee(tenant, made.employee_id).employees
    assert single.home_address.city == "Sydney"
    since = datetime(2100, 1, 1, tzinfo=timezone.utc)
    assert api.get_employees(tenant, if_modified_since=since).employees == []
    calendar = payrollau.PayrollCalendar(
        name="Weekly",
        calendar_type=payrollau.CalendarType.WEEKLY,
        start_date=date(2026, 5, 4),
        payment_date=date(2026, 5, 11),
    )
    made_calendar = api.create_payroll_calendar(tenant, [calendar]).payroll_calendars[0]
    run = payrollau.PayRun(payroll_calendar_id=made_calendar.payroll_calendar_id)
    made_run = api.create_pay_run(tenant, [run]).pay_runs[0]
    (read_run,) = api.get_pay_run(tenant, made_run.pay_run_id).pay_runs
    assert read_run.payslips == []
    hours = payrollau.Timesheet(
        employee_id=made.employee_id,
        start_date=date(2026, 5, 4),
        end_date=date(2026, 5, 10),
        timesheet_lines=[payrollau.TimesheetLine(number_of_units=[8.0, 7.5])],
    )
    sheet = api.create_timesheet(tenant, [hours]).timesheets[0]
    read = api.get_timesheet(tenant, sheet.timesheet_id).timesheet
    assert read.timesheet_lines[0].number_of_units == [8.0, 7.5]


def test_changes_and_removals_of_projects_and_tasks(project_api):
    api, tenant = project_api
    sent = project.ProjectCreateOrUpdate(name="Fit-out", estimate_amount=100.5)
    made = api.create_project(tenant, sent)
    assert made.estimate.value == 100.5
    sent.name = "Shop fit-out"
    api.update_project(tenant, made.project_id, sent)
    assert api.get_project(tenant, made.project_id).name == "Shop fit-out"
    rate = project.Amount(currency=project.CurrencyCode.NZD, value=99.5)
    work = project.TaskCreateOrUpdate(name="A", rate=rate, charge_type=project.ChargeType.TIME)
    task = api.create_task(tenant, made.project_id, work)
    work.name = "B"
    api.update_task(tenant, made.project_id, task.task_id, work)
    assert api.get_task(tenant, made.project_id, task.task_id).name == "B"
    api.delete_task(tenant, made.project_id, task.task_id)
    assert api.get_tasks(tenant, made.project_id).items == []


def test_folders_are_renamed_and_deleted(files_api):
    api, tenant = files_api
    folder = api.create_folder(tenant, Folder(name="Leases"))
    api.update_folder(tenant, folder.id, Folder(name="Old leases"))
    assert [item.name for item in api.get_folders(tenant)] == ["Inbox", "Old leases"]
    api.delete_folder(tenant, folder.id)
    assert [item.name for item in api.get_folders(tenant)] == ["Inbox"]


def test_leave_of_australia_is_applied_for_changed_and_approved(au):
    api, tenant = au
    leave = payrollau.LeaveApplication(
        employee_id="7e4ab6d5-2c47-4a7c-a6f3-0c3e1c5e1a11",
        leave_type_id="7e4ab6d5-2c47-4a7c-a6f3-0c3e1c5e1a12",
        title="Holiday",
        start_date=date(2026, 5, 4),
        end_date=date(2026, 5, 5),
    )
    made = api.create_leave_application(tenant, [leave]).leave_applications[0]
    leave.title = "Long weekend"
    api.update_leave_application(tenant, made.leave_application_id, [leave])
    (read,) = api.get_leave_application(tenant, made.leave_application_id).leave_applications
    assert (read.title, read.start_date) == ("Long weekend", date(2026, 5, 4))
    api.approve_leave_application(tenant, made.leave_application_id)
    assert len(api.get_leave_applications_v2(tenant).leave_applications) == 1


def employee_of(models):
    return models.Employee(
        title="Ms",
        first_name="Ana",
        last_name="Hill",
        date_of_birth=date(1990, 2, 3),
        gender="F",
        address=models.Address(address_line1="1 Road", city="Leeds", post_code="6011"),
    )


@pytest.mark.parametrize(("region", "models"), [("nz", payrollnz), ("uk", payrolluk)])
def test_records_of_an_employee_are_made_changed_and_removed(request, region, models):
    api, tenant = request.getfixturevalue(region)
    employee = employee_of(models)
    employee_id = api.create_employee(tenant, employee).employee.employee_id
    employee.first_name = "Anna"
    api.update_employee(tenant, employee_id, employee)
    assert api.get_employee(tenant, employee_id).employee.first_name == "Anna"
    leave = models.EmployeeLeave(
        leave_type_id=employee_id,
        description="Holiday",
        start_date=date(2026, 5, 4),
        end_date=date(2026, 5, 5),
    )
    made = api.create_employee_leave(tenant, employee_id, leave).leave
    leave.description = "Long weekend"
    api.update_employee_leave(tenant, employee_id, made.leave_id, leave)
    (read,) = api.get_employee_leaves(tenant, employee_id).leave
    assert read.description == "Long weekend"
    api.delete_employee_leave(tenant, employee_id, made.leave_id)
    assert api.get_employee_leaves(tenant, employee_id).leave == []
    template = models.EarningsTemplate(earnings_rate_id=employee_id, rate_per_unit=20.0)
    made = api.create_employee_earnings_template(tenant, employee_id, template).earning_template
    read_all = getattr(api, f"get_employee_pay_template{'s' if region == 'nz' else ''}")
    read = read_all(tenant, employee_id).pay_template
    assert [item.rate_per_unit for item in read.earning_templates] == [20]
    made_id = made.pay_template_earning_id
    api.delete_employee_earnings_template(tenant, employee_id, made_id)
    assert read_all(tenant, employee_id).pay_template.earning_templates == []


def test_sick_leave_of_the_united_kingdom(uk):
    api, tenant = uk
    employee = employee_of(payrolluk)
    employee_id = api.create_employee(tenant, employee).employee.employee_id
    leave = payrolluk.EmployeeStatutorySickLeave(
        employee_id=employee_id,
        leave_type_id=employee_id,
        start_date=date(2026, 5, 4),
        end_date=date(2026, 5, 5),
        work_pattern=["Monday"],
        is_pregnancy_related=False,
        sufficient_notice=True,
    )
    made = api.create_employee_statutory_sick_leave(tenant, leave).statutory_sick_leave
    read = api.get_employee_statutory_sick_leave(tenant, made.statutory_leave_id)
    assert read.statutory_sick_leave.work_pattern == ["Monday"]
    (listed,) = api.get_statutory_leave_summary(tenant, employee_id).statutory_leaves
    assert listed.statutory_leave_id == made.statutory_leave_id


@pytest.mark.parametrize(("region", "models"), [("nz", payrollnz), ("uk", payrolluk)])
def test_payroll_of_new_zealand_and_the_united_kingdom(request, region, models):
    api, tenant = request.getfixturevalue(region)
    made = api.create_employee(tenant, employee_of(models)).employee
    listed = api.get_employees(tenant, filter="firstName==Ana,lastName==Hill")
    assert [item.employee_id for item in listed.employees] == [made.employee_id]
    assert listed.pagination.item_count == 1
    assert api.get_employees(tenant, filter="firstName==Bo").employees == []
    calendar = models.PayRunCalendar(
        name="Weekly",
        calendar_type=models.CalendarType("Weekly") if region == "nz" else "Weekly",
        period_start_date=date(2026, 5, 4),
        payment_date=date(2026, 5, 11),
    )
    calendar_id = api.create_pay_run_calendar(tenant, calendar).pay_run_calendar.payroll_calendar_id
    sheet = models.Timesheet(
        payroll_calendar_id=calendar_id,
        employee_id=made.employee_id,
        start_date=date(2026, 5, 4),
        end_date=date(2026, 5, 10),
    )
    sheet_id = api.create_timesheet(tenant, sheet).timesheet.timesheet_id
    line = models.TimesheetLine(
        date=date(2026, 5, 4), earnings_rate_id=calendar_id, number_of_units=8.5
    )
    api.create_timesheet_line(tenant, sheet_id, line)
    (read,) = api.get_timesheet(tenant, sheet_id).timesheet.timesheet_lines
    assert read.number_of_units == 8.5
    assert api.get_timesheets(tenant).timesheets[0].timesheet_lines in (None, [])
    assert api.approve_timesheet(tenant, sheet_id).timesheet.status == "Approved"
    wage = models.SalaryAndWage(
        earnings_rate_id=calendar_id,
        number_of_units_per_week=40.0,
        **({"number_of_units_per_day": 8.0} if region == "nz" else {}),
        effective_from=date(2026, 5, 4),
        annual_salary=60000.0,
        status="Active",
        payment_type="Salary",
    )
    api.create_employee_salary_and_wage(tenant, made.employee_id, wage)
    (kept,) = api.get_employee_salary_and_wages(tenant, made.employee_id).salary_and_wages
    assert kept.annual_salary == 60000
