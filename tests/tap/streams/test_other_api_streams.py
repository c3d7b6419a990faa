"""Projects, Assets, Files, Payroll and the smaller endpoints, as streams of the tap."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timezone

from other_records import put, put_projects
from other_streams import TENANT, asked, endpoints, instant, of_country, versions

from tap_runner import read
from xero_sandbox.server import server


def put_tasks(xero, project, *names):
    tasks = [
        {"_at": f"{project}/{name}", "taskId": name, "projectId": project, "name": name}
        for name in names
    ]
    put(xero, "projects/Projects/{projectId}/Tasks", *tasks, key="taskId")


def test_projects_come_in_the_largest_pages_that_xero_allows(xero):
    ids = put_projects(xero, 3)
    run = read(xero, ["projects"])
    assert run.exit_code == 0, run.log
    assert run.ids("projects", "projectId") == ids
    assert asked(xero, "Projects") == [{"page": "1", "pageSize": "500"}]
    assert versions(run) == ["projects"]


def test_the_tasks_of_each_project_are_asked_for_and_the_summary_says_for_how_many(xero):
    first, second, third = put_projects(xero, 3)
    put_tasks(xero, first, "a", "b")
    put_tasks(xero, third, "c")
    run = read(xero, ["project_tasks"])
    assert run.exit_code == 0, run.log
    assert [(each["projectId"], each["taskId"]) for each in run.records("project_tasks")] == [
        (first, "a"),
        (first, "b"),
        (third, "c"),
    ]
    assert sorted(endpoints(xero, "/Tasks")) == [
        f"projects.xro/2.0/Projects/{each}/Tasks" for each in (first, second, third)
    ]
    assert "project_tasks: 3 records, 4 calls" in run.log
    assert "asked for 3 projects" in run.log
    assert versions(run) == ["project_tasks"]


def test_the_parameters_of_the_parents_choose_which_are_asked(xero):
    first, second = put_projects(xero, 2)
    xero.organisation().resources["projects/Projects"][first]["status"] = "CLOSED"
    put_tasks(xero, first, "a")
    put_tasks(xero, second, "b")
    run = read(
        xero,
        ["project_tasks"],
        streams={
            "projects": {"params": {"states": "CLOSED"}},
            "project_tasks": {"params": {"chargeType": ""}},
        },
    )
    assert run.ids("project_tasks", "taskId") == ["a"]
    assert asked(xero, "/Tasks")[0] == {"chargeType": "", "page": "1", "pageSize": "500"}


def test_ids_of_a_stream_by_parent_belong_to_the_parents(xero):
    first, second = put_projects(xero, 2)
    put_tasks(xero, first, "a")
    put_tasks(xero, second, "b")
    run = read(xero, ["project_tasks"], streams={"project_tasks": {"ids": ["a"]}})
    assert run.exit_code == 1
    assert "set 'streams.projects.ids'" in run.last_line
    run = read(xero, ["project_tasks"], streams={"projects": {"ids": [second]}})
    assert run.ids("project_tasks", "taskId") == ["b"]
    assert versions(run) == []


def test_time_has_instants_in_utc_and_may_have_no_description(xero):
    [project] = put_projects(xero, 1)
    entry = {
        "_at": f"{project}/t",
        "timeEntryId": "t",
        "projectId": project,
        "dateUtc": "2026-09-01T00:00:00.0000000Z",
        "duration": 45,
        "description": None,
    }
    put(xero, "projects/Projects/{projectId}/Time", entry, key="timeEntryId")
    [record] = read(xero, ["project_time_entries"]).records("project_time_entries")
    assert record["dateUtc"] == "2026-09-01T00:00:00.000Z"
    assert (record["duration"], record["description"]) == (45, None)


def put_assets(xero, **statuses):
    assets = [
        {"assetId": name, "assetNumber": name, "assetStatus": status, "purchasePrice": 0.1}
        for name, status in statuses.items()
    ]
    put(xero, "assets/Assets", *assets, key="assetId")


def test_assets_of_all_statuses_are_walked_in_the_order_in_which_they_change(xero):
    put_assets(xero, b="Registered", a="Draft", c="Disposed")
    run = read(xero, ["assets"])
    assert run.exit_code == 0, run.log
    assert run.ids("assets", "assetId") == ["a", "b", "c"]
    queries = asked(xero, "Assets")
    assert [query["status"] for query in queries] == ["DRAFT", "REGISTERED", "DISPOSED"]
    assert {query["orderBy"] for query in queries} == {"AssetNumber"}
    assert {query["pageSize"] for query in queries} == {"100"}
    assert versions(run) == ["assets"]


def test_an_asset_that_is_registered_while_drafts_are_read_is_not_missed(xero):
    put_assets(xero, a="Draft")
    assets = xero.organisation().resources["assets/Assets"]
    xero.before(
        "assets.xro/1.0/Assets",
        lambda: assets["a"].update(assetStatus="Registered"),
        query={"status": "DRAFT"},
    )
    run = read(xero, ["assets"])
    assert run.ids("assets", "assetId") == ["a"]


def test_the_life_of_an_asset_can_be_a_part_of_a_year(xero):
    put_assets(xero, a="Draft")
    setting = {"depreciationMethod": "StraightLine", "effectiveLifeYears": 2.5}
    xero.organisation().resources["assets/Assets"]["a"]["bookDepreciationSetting"] = setting
    run = read(xero, ["assets"])
    [record] = run.records("assets")
    assert record["bookDepreciationSetting"]["effectiveLifeYears"] == 2.5
    assert "does not fit its type" not in run.log


def test_what_lists_of_assets_leave_out_comes_one_by_one(xero):
    put_assets(xero, b="Registered", a="Draft")
    xero.organisation().resources["assets/Assets"]["b"]["serialNumber"] = "SN-7"
    run = read(xero, ["assets", "asset_details"])
    assert run.exit_code == 0, run.log
    assert all("serialNumber" not in each for each in run.records("assets"))
    details = {each["assetId"]: each.get("serialNumber") for each in run.records("asset_details")}
    assert details == {"a": None, "b": "SN-7"}
    assert "asked for 2 assets" in run.log


def test_the_settings_can_ask_for_one_status_of_assets(xero):
    put_assets(xero, b="Registered", a="Draft")
    run = read(xero, ["assets"], streams={"assets": {"params": {"status": "REGISTERED"}}})
    assert run.ids("assets", "assetId") == ["b"]
    assert len(asked(xero, "Assets")) == 1


def test_a_bare_array_and_a_single_object_are_lists_of_records(xero):
    put(xero, "assets/AssetTypes", {"assetTypeId": "t", "assetTypeName": "Vans"}, key="assetTypeId")
    run = read(xero, ["asset_types", "asset_settings"])
    assert run.exit_code == 0, run.log
    assert run.ids("asset_types", "assetTypeName") == ["Vans"]
    [settings] = run.records("asset_settings")
    assert (settings["assetNumberPrefix"], settings["_tenant_id"]) == ("FA-", xero.tenant_id)


def put_files(xero, *names, day=1):
    files = [
        {
            "Id": name,
            "Name": f"{name}.txt",
            "MimeType": "text/plain",
            "Size": 12,
            "CreatedDateUtc": f"2026-03-{day:02}T10:20:30.1234567",
            "UpdatedDateUtc": f"2026-03-{day:02}T10:20:30.1234567",
            "FolderId": "f",
        }
        for name in names
    ]
    put(xero, "files/Folders", {"Id": "f", "Name": "Inbox", "IsInbox": True}, key="Id")
    put(xero, "files/Files", *files, key="Id")
    contents = xero.organisation().file_contents
    contents.update({name: f"content of {name}".encode() for name in names})


def test_files_spell_their_page_size_and_have_times_in_utc(xero):
    put_files(xero, "a", "b")
    run = read(xero, ["files", "folders"])
    assert run.exit_code == 0, run.log
    assert asked(xero, "1.0/Files") == [
        {"page": "1", "pagesize": "100", "sort": "CreatedDateUTC", "direction": "ASC"}
    ]
    assert run.records("files")[0]["CreatedDateUtc"] == "2026-03-01T10:20:30.123Z"
    assert run.ids("folders", "Name") == ["Inbox"]


def test_associations_are_asked_for_file_by_file(xero):
    put_files(xero, "a", "b")
    association = {"_at": "b/o", "FileId": "b", "ObjectId": "o", "ObjectGroup": "Invoice"}
    put(xero, "files/Files/{FileId}/Associations", association, key="ObjectId")
    run = read(xero, ["file_associations"])
    [record] = run.records("file_associations")
    assert (record["FileId"], record["ObjectId"]) == ("b", "o")
    assert "asked for 2 files" in run.log


def test_the_files_of_objects_are_counted_many_at_a_time_before_they_are_asked_for(xero):
    put_files(xero, "a", "b")
    objects = [f"00000000-0000-4000-8000-{number:012}" for number in range(50)]
    links = [
        {"_at": f"{file}/{objects[at]}", "FileId": file, "ObjectId": objects[at]}
        for file, at in (("a", 3), ("b", 3), ("a", 49))
    ]
    put(xero, "files/Files/{FileId}/Associations", *links, key="ObjectId")
    run = read(
        xero,
        ["file_associations"],
        streams={"file_associations": {"ids": [each.upper() for each in objects]}},
    )
    assert run.exit_code == 0, run.log
    records = run.records("file_associations")
    assert sorted((each["ObjectId"], each["FileId"]) for each in records) == [
        (objects[3], "a"),
        (objects[3], "b"),
        (objects[49], "a"),
    ]
    counted = asked(xero, "Associations/Count")
    assert [len(query["ObjectIds"].split(",")) for query in counted] == [40, 10]
    assert len(endpoints(xero, "1.0/Associations")) == 4
    assert "asked for 2 objects" in run.log
    assert versions(run) == []


def test_the_content_of_files_comes_with_a_setting_and_once_for_each_file(xero):
    put_files(xero, "a")
    first = read(xero, ["file_contents"], copy_file_contents=True)
    [record] = first.records("file_contents")
    assert base64.b64decode(record["Content"]) == b"content of a"
    assert record["Name"] == "a.txt"
    put_files(xero, "b", day=27)
    xero.organisation().resources["files/Files"]["b"]["UpdatedDateUtc"] = "2030-01-01T00:00:00"
    xero.reset()
    second = read(xero, ["file_contents"], copy_file_contents=True, state=first.state)
    assert second.ids("file_contents", "Id") == ["b"]
    assert endpoints(xero, "/Content") == ["files.xro/1.0/Files/b/Content"]


def test_a_user_without_projects_is_told_what_is_needed(xero):
    body = json.dumps({"Title": "Forbidden", "Status": 403, "Detail": "AuthenticationUnsuccessful"})
    content = {"status": 403, "body": body, "content_type": "application/json", "times": None}
    xero.fault("status", "projects.xro/2.0/Projects", **content)
    run = read(xero, ["accounts", "project_tasks"])
    assert run.exit_code == 1
    assert "Xero Projects must be switched on" in run.last_line
    assert run.records("accounts")
    assert read(xero, ["project_tasks"], unavailable_streams="skip").exit_code == 0


def test_a_missing_scope_is_named(xero):
    run = read(xero, ["assets"], scopes="accounting.settings.read")
    assert run.exit_code == 1
    assert "scope 'assets.read'" in run.last_line


def test_a_problem_inside_a_successful_answer_is_an_error(xero):
    problem = {"type": "about:blank", "title": "BadRequest", "detail": "No pay calendar"}
    body = json.dumps({"pagination": None, "problem": problem, "employees": []})
    content = {"status": 200, "body": body, "content_type": "application/json", "times": None}
    xero.fault("status", "payroll.xro/2.0/Employees", **content)
    run = read(xero, ["payroll_nz_employees"])
    assert run.exit_code == 1
    assert "BadRequest; No pay calendar" in run.last_line
    assert versions(run) == []


def test_a_stream_by_parent_that_fails_halfway_activates_no_version(xero):
    first, second = put_projects(xero, 2)
    put_tasks(xero, first, "a")
    xero.fault("forbidden", f"projects.xro/2.0/Projects/{second}/Tasks", times=None)
    run = read(xero, ["project_tasks"])
    assert run.exit_code == 1
    assert versions(run) == []


def test_connections_are_those_of_the_login_whatever_organisations_are_read():
    with server(companies=["empty", "empty", "empty"]) as xero:
        token = xero.grant("sandbox-web", tenant_ids=xero.tenant_ids)["access_token"]
        run = read(xero, ["connections"], access_token=token, tenant_ids=xero.tenant_ids[:2])
        assert run.exit_code == 0, run.log
        records = run.records("connections")
        assert sorted(each["_tenant_id"] for each in records) == sorted(xero.tenant_ids)
        assert records[0]["_tenant_name"] == records[0]["tenantName"]
        assert records[0]["createdDateUtc"].endswith("Z")


@of_country("GB")
def test_cis_settings_come_for_the_contacts_that_have_them(xero):
    for name in ("With", "Without"):
        xero.add("Contacts", {"Name": name, "ContactStatus": "ACTIVE"})
    with_cis = next(each for each in xero.records("Contacts") if each["Name"] == "With")
    settings = {with_cis["ContactID"]: {"CISEnabled": True, "Rate": 20}}
    xero.organisation().resources["accounting/CISSettings"] = settings
    run = read(xero, ["cis_settings"])
    assert run.exit_code == 0, run.log
    [record] = run.records("cis_settings")
    assert (record["ContactID"], record["CISEnabled"]) == (with_cis["ContactID"], True)
    assert xero.calls("Contacts")[0]["query"]["summaryOnly"] == "true"
    assert "1 of the contacts that were asked have none" in run.log


@of_country("GB")
def test_cis_settings_of_the_organisation_take_a_call_of_their_own(xero):
    settings = {"CISContractorEnabled": True, "CISSubContractorEnabled": False, "Rate": 20}
    xero.organisation().resources["accounting/CISSettings"] = {TENANT: settings}
    run = read(xero, ["organisation_cis_settings"])
    assert run.exit_code == 0, run.log
    [record] = run.records("organisation_cis_settings")
    assert record["OrganisationID"] == TENANT
    assert (record["CISContractorEnabled"], record["Rate"]) == (True, 20)


@of_country("US")
def test_1099_reports_have_a_record_for_each_report_and_contact(xero):
    contact = {"ContactId": "c", "Name": "Ana", "Box1": 1200.5}
    stored = {"2024 1099-NEC": {"c": contact}, "2024 1099-MISC": {"c": {**contact, "Box1": 3}}}
    xero.organisation().resources["accounting/TenNinetyNine"] = stored
    run = read(xero, ["report_1099"], streams={"report_1099": {"params": {"reportYear": 2024}}})
    assert run.exit_code == 0, run.log
    assert [
        (each["ReportYear"], each["ReportName"], each["ContactId"], each["Box1"])
        for each in run.records("report_1099")
    ] == [("2024", "1099-NEC", "c", 1200.5), ("2024", "1099-MISC", "c", 3)]
    xero.reset()
    read(xero, ["report_1099"])
    [query] = asked(xero, "TenNinetyNine")
    assert query == {"reportYear": str(datetime.now(timezone.utc).year - 1)}


def test_online_invoices_are_asked_for_changed_sales_invoices_only(xero):
    for kind, status in (("ACCREC", "AUTHORISED"), ("ACCREC", "DRAFT"), ("ACCPAY", "AUTHORISED")):
        xero.add("Invoices", {"Type": kind, "Status": status, "UpdatedDateUTC": instant(1)})
    xero.add("Invoices", {"Type": "ACCREC", "Status": "SUBMITTED", "UpdatedDateUTC": instant(1)})
    first = read(xero, ["online_invoices"])
    assert first.exit_code == 0, first.log
    [record] = first.records("online_invoices")
    assert record["OnlineInvoiceUrl"].startswith("https://in.xero.com/")
    assert record["UpdatedDateUTC"] == "2026-03-01T00:00:00.000Z"
    assert "1 of the invoices that were asked have none" in first.log
    xero.reset()
    xero.add("Invoices", {"Type": "ACCREC", "Status": "PAID", "UpdatedDateUTC": instant(9)})
    second = read(xero, ["online_invoices"], state=first.state)
    assert "2026-03-09T00:00:00.000Z" in second.ids("online_invoices", "UpdatedDateUTC")
    assert xero.calls("Invoices")[0]["headers"]["if-modified-since"] == "2026-02-28T23:59:59"


def test_published_tax_reports_and_allowed_actions(xero):
    report = {"ReportID": "r", "ReportName": "Activity Statement", "ReportTitles": ["BAS"]}
    xero.organisation().resources["accounting/Reports"] = {"r": report}
    run = read(xero, ["tax_reports", "organisation_actions"])
    assert run.exit_code == 0, run.log
    assert run.ids("tax_reports", "ReportID") == ["r"]
    assert {"Name", "Status"} <= run.records("organisation_actions")[0].keys()


@of_country("AU")
def test_the_figures_of_a_published_tax_report_come_report_by_report(xero):
    figures = [{"FieldID": "G1", "Description": "Total sales", "Value": "1234.50"}]
    report = {"ReportID": "r", "ReportName": "Activity Statement", "Fields": figures}
    xero.organisation().resources["accounting/Reports"] = {"r": report}
    run = read(xero, ["tax_reports", "tax_report_details"])
    assert run.exit_code == 0, run.log
    assert "Fields" not in run.records("tax_reports")[0]
    [record] = run.records("tax_report_details")
    assert (record["ReportID"], record["Fields"]) == ("r", figures)


def test_finance_is_read_from_its_own_api_and_bank_statements_by_account(xero):
    resources = xero.organisation().resources
    account = {"accountId": "a", "accountCode": "200", "signedBalance": -1.10}
    resources["finance/FinancialStatements/TrialBalance"] = {"": {"accounts": [account]}}
    put(xero, "finance/CashValidation", {"accountId": "b"}, key="accountId")
    banks = [each for each in xero.records("Accounts") if each["Type"] == "BANK"]
    bank_id = banks[0]["AccountID"]
    line = {"statementLineId": "l", "amount": 12.34, "isReconciled": False}
    statement = {"statementId": "s", "bankAccountId": bank_id, "statementLines": [line]}
    put(xero, "finance/BankStatementsPlus/statements", statement, key="statementId")
    names = ("trial_balance", "cash_validation", "bank_statements", "profit_and_loss")
    run = read(xero, [f"finance_{name}" for name in names])
    assert run.exit_code == 0, run.log
    [record] = run.records("finance_trial_balance")
    assert (record["accountCode"], record["signedBalance"]) == ("200", -1.10)
    assert run.ids("finance_cash_validation", "accountId") == ["b"]
    [record] = run.records("finance_bank_statements")
    assert record["BankAccountID"] == bank_id
    assert record["statementLines"][0]["amount"] == 12.34
    assert len(run.records("finance_profit_and_loss")) == 1
    queries = asked(xero, "BankStatementsPlus")
    assert len(queries) == len(banks)
    assert queries[0]["SummaryOnly"] == "false"
    assert queries[0]["FromDate"] == f"{datetime.now(timezone.utc).year}-01-01"
