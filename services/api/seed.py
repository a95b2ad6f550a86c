"""The test merchant that every client of the family knows; made by the `seed` verb."""

from chassis import pg
from chassis.cipher import Cipher
from chassis.clock import SystemClock
from contracts import test_merchant
from services.api import store
from services.api.auth import secret_hash
from services.api.settings import Settings
from services.api.store import NewKey, queries

SEED_MERCHANT_ID = test_merchant.ID
SEED_NAME = test_merchant.NAME
SEED_EMAIL = test_merchant.EMAIL
SEED_KEY = test_merchant.API_KEY
SEED_SECRET = test_merchant.API_SECRET
SEED_PUBLISHABLE_KEY = test_merchant.PUBLISHABLE_KEY


async def seed(settings: Settings) -> None:
    """Write the test merchant and its keys, if missing. Outside test mode there is nobody to seed."""
    if not settings.test_mode:
        return
    cipher = Cipher(settings.encryption_key.get_secret_value())
    now = SystemClock().now()
    connection = await pg.connect(settings.database_url.get_secret_value(), name="api-seed")
    try:
        await queries.insert_merchant.run(
            connection,
            id=SEED_MERCHANT_ID,
            name=SEED_NAME,
            email=SEED_EMAIL,
            first_webhook_url=None,
            told_cluster="",
            created_at=now,
        )
        sealed = cipher.encrypt(SEED_SECRET, owner=SEED_MERCHANT_ID)
        keys = [
            NewKey(SEED_MERCHANT_ID, "secret", "Default", SEED_KEY, secret_hash(SEED_SECRET), sealed),
            NewKey(SEED_MERCHANT_ID, "publishable", "Publishable", SEED_PUBLISHABLE_KEY),
        ]
        await store.insert_api_keys(connection, keys, now)
    finally:
        await connection.close()
