"""Publishing to Xero Assets: assets and their types are created, nothing more."""

import pytest
from target_runner import publish, records

from target_xero.delivery import sender

pytestmark = pytest.mark.usefixtures("no_waiting")

ROOT = "assets.xro/1.0/"
SOME_ID = "11111111-2222-4333-8444-555555555555"
SETTING = {"depreciationMethod": "StraightLine", "depreciationRate": 12.5}


def stored(xero, resource="Assets"):
    return list(xero.organisation().resources.get(f"assets/{resource}", {}).values())


def asset(**fields):
    return {"assetName": "Oven", "assetNumber": "FA-1", "purchasePrice": "12000.25", **fields}


def test_an_asset_and_its_type_are_created(tmp_path, xero):
    kind = {"assetTypeName": "Ovens", "bookDepreciationSetting": SETTING}
    run = publish(tmp_path, xero, records("asset_types", [kind]))
    assert run.statuses == {"created": 1}, run.log
    row = asset(
        asset_type_id=run.results[0]["xero_id"],
        PurchaseDate="31/05/2026",
        assetStatus="Registered",
        bookDepreciationSetting__depreciationRate="10",
    )
    run = publish(tmp_path, xero, records("assets", [row]), date_format="%d/%m/%Y")
    assert run.statuses == {"created": 1}, run.log
    [made] = stored(xero)
    assert (made["purchaseDate"], made["purchasePrice"]) == ("2026-05-31", 12000.25)
    assert made["assetStatus"] == "Draft"
    assert made["bookDepreciationSetting"] == {"depreciationRate": 10}


def test_xero_has_neither_changes_nor_removals_of_assets(tmp_path, xero):
    run = publish(tmp_path, xero, records("assets", [asset(assetId=SOME_ID)]))
    assert run.errors("invalid") == [
        "Xero cannot change existing assets: leave assetId out to create one"
    ]
    run = publish(tmp_path, xero, records("assets", [asset()]), method="DELETE")
    assert "DELETE does not exist for assets" in run.errors("invalid")[0]
    assert "POST (create), PUT (create only)" in run.errors("invalid")[0]


def test_a_refusal_names_the_field(tmp_path, xero):
    run = publish(tmp_path, xero, records("asset_types", [{"assetTypeName": "Ovens"}]))
    assert "bookDepreciationSetting: is required" in run.errors("rejected")[0]


@pytest.mark.parametrize("row", [asset(), {"assetName": "Oven"}])
@pytest.mark.parametrize("was_saved", [True, False])
def test_a_lost_creation_is_found_by_its_number_or_name(
    tmp_path, xero, monkeypatch, row, was_saved
):
    monkeypatch.setattr(sender, "MAX_TRIES", 2)
    xero.fault("reset", f"{ROOT}Assets", method="POST", after_work=was_saved, times=None)
    xero.fault("reset", f"{ROOT}*", method="GET", times=None)
    first = publish(tmp_path, xero, records("assets", [row]))
    assert first.exit_code == 1
    xero.reset()
    xero.clock.advance(400)
    second = publish(tmp_path, xero, records("assets", [row]))
    assert second.statuses == {"created": 1}, second.log
    assert len(stored(xero)) == 1
