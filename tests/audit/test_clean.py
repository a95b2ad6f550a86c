"""The audit finds nothing where nothing is wrong."""

from tests.audit.conftest import Scene
from tests.gateway import HEADERS


async def test_a_settled_gateway_has_no_difference(scene: Scene) -> None:
    report = await scene.gateway.audit()
    assert (report["ok"], report["differences"], report["in_flight"], report["skipped"]) == (True, [], [], 0)
    assert report["checked"]["payments"] == 10


async def test_a_merchant_sees_the_same_of_its_own_rows(scene: Scene) -> None:
    everything, mine = await scene.gateway.audit(), await scene.gateway.audit(headers=HEADERS)
    assert mine["ok"], mine
    assert mine["checked"] == everything["checked"]
