"""Publishing to Xero Files: folders, files, associations."""

from base64 import b64encode

import pytest
from method_records import created
from target_runner import publish, records

from tap_runner import read
from target_xero.delivery import sender

pytestmark = pytest.mark.usefixtures("no_waiting")

ROOT = "files.xro/1.0/"
INVOICE = "7e4ab6d5-2c47-4a7c-a6f3-0c3e1c5e1a11"
SOME_ID = "11111111-2222-4333-8444-555555555555"
PDF = b"%PDF-1.7 \r\n--boundary\r\n"


def stored(xero, resource="Files"):
    return list(xero.organisation().resources.get(f"files/{resource}", {}).values())


def writes(xero):
    calls = [call for call in xero.calls(f"{ROOT}*") if call["method"] != "GET"]
    return [(call["method"], call["endpoint"].removeprefix(ROOT)) for call in calls]


def file(name="Lease é 1.pdf", content=PDF, **fields):
    return {"Name": name, "Content": b64encode(content).decode(), **fields}


def test_a_file_is_uploaded_renamed_moved_associated_and_deleted(tmp_path, xero):
    folder_id = created(tmp_path, xero, "folders", {"Name": "Leases"})
    file_id = created(tmp_path, xero, "files", file())
    [kept] = stored(xero)
    assert (kept["Name"], kept["MimeType"]) == ("Lease é 1.pdf", "application/pdf")
    assert xero.organisation().file_contents[file_id] == PDF
    change = {"Id": file_id, "FolderId": folder_id}
    run = publish(tmp_path, xero, records("files", [change, {"Id": SOME_ID, "Name": "x"}]))
    assert run.statuses == {"updated": 1, "rejected": 1}, run.log
    assert [(each["Name"], each["FolderId"]) for each in stored(xero)] == [
        ("Lease é 1.pdf", folder_id)
    ]
    association = {"FileId": file_id, "ObjectId": INVOICE, "ObjectGroup": "Invoice"}
    created(tmp_path, xero, "file_associations", association)
    assert [each["ObjectId"] for each in stored(xero, "Files/{FileId}/Associations")] == [INVOICE]
    removals = [
        *records("file_associations", [{"FileId": file_id, "ObjectId": INVOICE}]),
        *records("files", [{"Id": file_id}]),
        *records("folders", [{"Id": folder_id}]),
    ]
    run = publish(tmp_path, xero, removals, method="DELETE")
    assert run.statuses == {"removed": 3}, run.log
    assert stored(xero) == stored(xero, "Files/{FileId}/Associations") == []
    assert [each["Name"] for each in stored(xero, "Folders")] == ["Inbox"]
    assert writes(xero) == [
        ("POST", "Folders"),
        ("POST", "Files"),
        ("PUT", f"Files/{file_id}"),
        ("POST", f"Files/{file_id}/Associations"),
        ("DELETE", f"Files/{file_id}/Associations/{INVOICE}"),
        ("DELETE", f"Files/{file_id}"),
        ("DELETE", f"Folders/{folder_id}"),
    ]


def test_a_file_from_a_folder_of_the_disk_goes_to_a_folder_of_xero(tmp_path, xero):
    folder_id = created(tmp_path, xero, "folders", {"Name": "Leases"})
    (tmp_path / "lease.pdf").write_bytes(PDF)
    rows = [
        {"FilePath": "lease.pdf", "FolderId": folder_id},
        {"FilePath": "../lease.pdf"},
        {"Name": "empty.pdf", "Content": ""},
    ]
    settings = {"streams": {"files": {"files": str(tmp_path)}}}
    run = publish(tmp_path, xero, records("files", rows), **settings)
    assert run.statuses == {"created": 1, "invalid": 2}, run.log
    assert [(each["Name"], each["FolderId"]) for each in stored(xero)] == [("lease.pdf", folder_id)]
    assert "a file needs either FilePath or Content" in run.errors("invalid")[1]


def test_the_same_file_is_not_uploaded_twice(tmp_path, xero):
    assert publish(tmp_path, xero, records("files", [file()])).statuses == {"created": 1}
    assert publish(tmp_path, xero, records("files", [file()])).statuses == {"unchanged": 1}
    # Another content, or another name, is another file.
    rows = records("files", [file(), file(content=b"other"), file("b.pdf")])
    assert publish(tmp_path, xero, rows).statuses == {"unchanged": 1, "created": 2}
    assert len(stored(xero)) == 3


def test_new_content_under_a_key_is_not_lost_without_a_word(tmp_path, xero):
    row = {"number": 7, **file()}
    settings = {"unknown_columns": "ignore"}
    first = publish(tmp_path, xero, records("files", [row], key=["number"]), **settings)
    assert first.statuses == {"created": 1}, first.log
    row = {"number": 7, **file(content=b"new")}
    run = publish(tmp_path, xero, records("files", [row], key=["number"]), **settings)
    assert "cannot replace the content" in run.errors("invalid")[0]
    with_id = {**file(), "Id": first.results[0]["xero_id"]}
    run = publish(tmp_path, xero, records("files", [with_id]))
    assert "cannot replace the content" in run.errors("invalid")[0]


def test_what_xero_refuses_of_a_file_is_named(tmp_path, xero):
    run = publish(tmp_path, xero, records("files", [file("a.boo")]))
    assert run.statuses == {"rejected": 1}
    assert "boo is not a valid File extension" in run.errors("rejected")[0]
    run = publish(tmp_path, xero, records("files", [file(content=b"x" * 10_000_001)]))
    assert "Xero takes 10,000,000" in run.errors("invalid")[0]


@pytest.mark.parametrize("was_saved", [True, False])
def test_a_lost_upload_never_makes_a_second_file(tmp_path, xero, monkeypatch, was_saved):
    # A file of the same name and size was there before.
    publish(tmp_path, xero, records("files", [file()]))
    other_log = {"store_uri": f"sqlite:///{tmp_path / 'other.db'}"}
    # Xero would answer the same request under the same key as the first time.
    xero.clock.advance(400)
    monkeypatch.setattr(sender, "MAX_TRIES", 2)
    xero.fault("reset", f"{ROOT}Files", method="POST", after_work=was_saved, times=None)
    xero.fault("reset", f"{ROOT}*", method="GET", times=None)
    first = publish(tmp_path, xero, records("files", [file()]), **other_log)
    assert first.exit_code == 1
    xero.reset()
    # Xero has forgotten the key.
    xero.clock.advance(400)
    second = publish(tmp_path, xero, records("files", [file()]), **other_log)
    assert second.statuses == {"created": 1}, second.log
    assert len(stored(xero)) == 2
    assert len(writes(xero)) == (0 if was_saved else 1)


def test_an_association_that_exists_is_unchanged(tmp_path, xero):
    file_id = created(tmp_path, xero, "files", file())
    row = {"FileId": file_id, "ObjectId": INVOICE, "ObjectGroup": "Invoice"}
    created(tmp_path, xero, "file_associations", row)
    other_log = {"store_uri": f"sqlite:///{tmp_path / 'other.db'}"}
    other = {**row, "ObjectId": SOME_ID}
    run = publish(tmp_path, xero, records("file_associations", [row, other]), **other_log)
    assert run.statuses == {"unchanged": 1, "created": 1}, run.log


@pytest.mark.sandbox(companies=["demo"])
def test_what_the_tap_reads_is_unchanged(tmp_path, xero):
    messages = read(xero, ["folders", "files", "file_associations"]).messages
    run = publish(tmp_path, xero, messages)
    assert set(run.statuses) == {"unchanged"}, run.log
    assert not any(result["warnings"] for result in run.results)
