"""What needs every service to answer well is held against the reference, too."""

import pytest

from tests.contract.schemas import Contract
from tests.contract.test_answers import NEED_EVERY_SERVICE
from tests.merchant import Merchant

pytestmark = pytest.mark.stack


@pytest.mark.parametrize("operation", NEED_EVERY_SERVICE)
async def test_the_whole_gateway_answers_what_the_reference_says(
    merchant: Merchant, contract: Contract, operation: str
) -> None:
    payment = await merchant.captured()
    path = contract.operations()[operation][1].replace("{id}", payment["id"])
    answer = await merchant.get(f"/{path}" if path == "/health" else path.removeprefix("/api/v1"))
    told = contract.response(operation, 200)
    assert told is not None
    assert not contract.faults(told["content"]["application/json"]["schema"], answer)
