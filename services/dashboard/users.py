"""A merchant's people: added by an admin, or from outside by the operator."""

from dataclasses import replace

from chassis import pg
from chassis.clock import Clock
from chassis.errors import ApiError, bad_request
from chassis.pg import ACQUIRE_TIMEOUT_S, Connection, Pool
from contracts import ids
from services.dashboard import store
from services.dashboard.passwords import Passwords, made_up
from services.dashboard.schemas import ChangeUser, CreateUser
from services.dashboard.sessions import NO_SESSION, Caller
from services.dashboard.state import Session, User, change
from services.dashboard.store import View, queries
from services.dashboard.trail import Deed, write


class Users:
    """Use cases. A made-up password is told once, in the answer that made it."""

    def __init__(self, pool: Pool, clock: Clock, passwords: Passwords, *, users_max: int) -> None:
        self._pool = pool
        self._clock = clock
        self._passwords = passwords
        self._users_max = users_max

    async def list(self, merchant_id: str) -> list[View]:
        """All of them, as they are shown."""
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            return [view(user) for user in await store.list_users(connection, merchant_id, most=self._users_max)]

    async def add(self, merchant_id: str, asked: CreateUser, by: tuple[Session, Caller] | None) -> View:
        """A new one, with a password. Raises 400 when the email is taken, or there are too many."""
        password = made_up()
        user = User(
            id=ids.new_id(ids.USER),
            merchant_id=merchant_id,
            email=asked.email,
            name=asked.name,
            role=asked.role,
            password_hash=await self._passwords.hash(password),
            disabled_at=None,
            created_at=self._clock.now(),
        )
        async with pg.transaction(self._pool) as connection:
            if len(await store.lock_users(connection, merchant_id)) >= self._users_max:
                raise bad_request(f"A merchant has at most {self._users_max} people: disable and reuse one")
            if not await store.insert_user(connection, user):
                raise bad_request("Somebody signs in with this email already", field="email")
            await self._note(connection, by, Deed("POST /dashboard/api/users", user.id, 201))
        return {**view(user), "password": password}

    async def change(self, session: Session, user_id: str, asked: ChangeUser, caller: Caller) -> View:
        """Another name or role, out or in again. Who is out is signed out everywhere; another role counts from the
        person's next request on."""
        async with pg.transaction(self._pool) as connection:
            users = {user.id: user for user in await store.lock_users(connection, session.merchant_id)}
            user = _existing(users.get(user_id))
            disabled_at = user.disabled_at
            if asked.disabled is not None:
                disabled_at = (disabled_at or self._clock.now()) if asked.disabled else None
            wanted = replace(user, name=asked.name or user.name, role=asked.role or user.role, disabled_at=disabled_at)
            changed = change(user, users.values(), wanted)
            await store.change_user(connection, changed)
            if changed.disabled_at is not None:
                await queries.end_sessions.run(connection, user_id=user.id, but=NO_SESSION)
            await self._note(connection, (session, caller), Deed("PATCH /dashboard/api/users/{id}", user.id, 200))
        return view(changed)

    async def reset_password(self, session: Session, user_id: str, caller: Caller) -> View:
        """A new made-up password; the person is signed out everywhere."""
        if user_id == session.user_id:
            # Who sits at an unlocked screen does not know the present password; and the new one would be shown to a
            # page that is signed out in this moment.
            raise bad_request("This is you: change your own password under Sessions, with the present one")
        password = made_up()
        password_hash = await self._passwords.hash(password)
        async with pg.transaction(self._pool) as connection:
            user = _existing(await store.get_user(connection, session.merchant_id, user_id))
            await store.set_password(connection, user.id, password_hash)
            await queries.end_sessions.run(connection, user_id=user.id, but=NO_SESSION)
            deed = Deed("POST /dashboard/api/users/{id}/reset-password", user.id, 200)
            await self._note(connection, (session, caller), deed)
        return {**view(user), "password": password}

    async def _note(self, connection: Connection, by: tuple[Session, Caller] | None, deed: Deed) -> None:
        """In the trail, unless it was the operator, who is none of the merchant's people."""
        if by is not None:
            await write(connection, by[0], deed, by[1], self._clock.now())


def view(user: User) -> View:
    """As the dashboard shows people."""
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "disabled": user.disabled_at is not None,
        "created_at": user.created_at,
    }


def _existing(user: User | None) -> User:
    if user is None:
        raise ApiError(404, "NOT_FOUND_ERROR", "User not found")
    return user
