"""The test merchant's admin; made by the `seed` verb."""

from chassis import pg
from chassis.clock import SystemClock
from contracts import ids, test_merchant
from services.dashboard import store
from services.dashboard.passwords import Passwords
from services.dashboard.settings import Settings
from services.dashboard.state import User


async def seed(settings: Settings) -> None:
    """Write the test merchant's name and its user, if missing, with the password that the settings name. Outside test
    mode there is nobody."""
    if not settings.test_mode:
        return
    password = settings.dashboard_test_password.get_secret_value()
    passwords = Passwords(settings)
    connection = await pg.connect(settings.database_url.get_secret_value(), name="dashboard-seed")
    try:
        # The news of it comes some seconds after the start; whoever signs in sooner sees its name, too.
        await store.tell_merchants(connection, {test_merchant.ID: (test_merchant.NAME, test_merchant.EMAIL)})
        there = await store.find_user_by_email(connection, test_merchant.EMAIL)
        if there is not None and await passwords.matches(password, there.password_hash):
            return
        password_hash = await passwords.hash(password)
        if there is not None:
            await store.set_password(connection, there.id, password_hash)
            return
        user = User(
            id=ids.new_id(ids.USER),
            merchant_id=test_merchant.ID,
            email=test_merchant.EMAIL,
            name="Test Admin",
            role="admin",
            password_hash=password_hash,
            disabled_at=None,
            created_at=SystemClock().now(),
        )
        await store.insert_user(connection, user)
    finally:
        await connection.close()
        passwords.close()
