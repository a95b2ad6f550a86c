"""What time alone does to a checkout, on a stack whose clocks are set short."""

from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import expect

from deploy.embedded.stack import Stack
from deploy.testing import new_config, running
from tests.browser.buyer import Arrive
from tests.browser.site import Site
from tests.browser.states import STATES
from tests.browser.till import Till, public_origin
from tests.conftest import SERVICES
from tests.merchant import Merchant

pytestmark = [pytest.mark.stack, pytest.mark.prove]

SHORT = {"CHALLENGE_TTL_S": "4", "CHALLENGE_POLL_S": "1", "PAYMENT_PENDING_TIMEOUT_S": "6"}


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """Challenges and pending payments end within seconds."""
    with running(new_config(services=SERVICES, environment={"*": SHORT})) as whole:
        yield whole


@pytest.fixture
async def till(stack: Stack, site: Site) -> AsyncIterator[Till]:
    """The seeded merchant's, at that stack."""
    async with Merchant(stack.url("api")) as merchant:
        yield Till(merchant, site, public_origin(stack))


async def test_a_challenge_that_nobody_answers_is_over_and_another_payment_may_follow(
    arrive: Arrive, till: Till
) -> None:
    buyer = await arrive()
    checkout = await STATES["challenge"](till, buyer, till.hosted)
    await checkout.shows("error-state")
    await checkout.at("retry-button").click()
    await checkout.choose_upi()
    await checkout.pay()
    await checkout.shows("success-state")


async def test_a_payment_that_stays_pending_ends_as_a_failure(arrive: Arrive, till: Till) -> None:
    buyer = await arrive()
    checkout = await STATES["processing"](till, buyer, till.hosted)
    await checkout.shows("error-state")
    await expect(checkout.at("error-message")).not_to_be_empty()
