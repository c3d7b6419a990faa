"""Projects, tasks and time that tests publish."""

ROOT = "projects.xro/2.0/"


CONTACT = "7e4ab6d5-2c47-4a7c-a6f3-0c3e1c5e1a11"


USER = "5b3d1e2a-6f0c-4a53-9d57-0c1f7c7f2f11"


SOME_ID = "11111111-2222-4333-8444-555555555555"


RATE = {"currency": "NZD", "value": 99.5}


TIME = "Projects/{projectId}/Time"


TASKS = "Projects/{projectId}/Tasks"


def stored(xero, resource="Projects"):
    return list(xero.organisation().resources.get(f"projects/{resource}", {}).values())


def writes(xero):
    return [
        (call["method"], call["endpoint"].removeprefix(ROOT))
        for call in xero.calls(f"{ROOT}*")
        if call["method"] != "GET"
    ]


def other_log(folder):
    return {"store_uri": f"sqlite:///{folder / 'other.db'}"}


def project(name="Fit-out", **fields):
    return {"name": name, "contactId": CONTACT, **fields}


def task(project_id, name="Paint", **fields):
    return {"projectId": project_id, "name": name, "rate": RATE, "chargeType": "TIME", **fields}


def time_entry(project_id, **fields):
    own = {"projectId": project_id, "userId": USER, "taskId": SOME_ID, "dateUtc": "2026-05-01"}
    return {**own, "duration": "90", **fields}
