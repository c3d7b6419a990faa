"""Records that tests of methods publish and read, and the calls that write."""

from target_runner import publish, records


def made(tmp_path, xero, stream, *rows, **settings):
    """Publishes valid rows, and returns their ids."""
    run = publish(tmp_path, xero, records(stream, rows), **settings)
    assert run.exit_code == 0, run.log
    return [result["xero_id"] for result in run.results]


def get_record(xero, entity, record_id):
    [found] = [r for r in xero.records(entity) if record_id in r.values()]
    return found


def writes(xero, endpoint="*"):
    calls = [call for call in xero.calls(endpoint) if call["endpoint"] != "connect/token"]
    return [(call["method"], call["endpoint"]) for call in calls if call["method"] != "GET"]


def created(tmp_path, xero, stream, row, **settings):
    """Publishes a new row, and returns its id."""
    run = publish(tmp_path, xero, records(stream, [row]), **settings)
    assert run.statuses == {"created": 1}, run.log
    return run.results[0]["xero_id"]
