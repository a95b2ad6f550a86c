"""The test merchant's webhook endpoint; made by the `seed` verb."""

from chassis import pg
from chassis.cipher import Cipher
from chassis.clock import SystemClock
from contracts import test_merchant
from services.notifier.endpoints import insert_default
from services.notifier.settings import Settings


async def seed(settings: Settings) -> None:
    """Write the test merchant's default endpoint, if missing. Outside test mode there is nobody to seed."""
    if not settings.test_mode:
        return
    connection = await pg.connect(settings.database_url.get_secret_value(), name="notifier-seed")
    try:
        await insert_default(
            connection,
            Cipher(settings.encryption_key.get_secret_value()),
            test_merchant.ID,
            url=settings.seed_webhook_url,
            secret=settings.seed_webhook_secret.get_secret_value(),
            now=SystemClock().now(),
        )
    finally:
        await connection.close()
