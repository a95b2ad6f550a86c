"""What another service owns, shown on the merchants' one host."""

from collections.abc import Awaitable, Callable

from chassis.http import Answer, Call
from services.api.auth import Authenticator
from services.api.peers import Peers
from services.api.routes.lists import id_in_path

Named = tuple[str, str]
"""What the ids of a kind begin with, and what people call it."""


class Forwarding:
    """Forwards to one of the other services."""

    def __init__(self, peers: Peers, peer: str, merchant: Authenticator) -> None:
        self._peers = peers
        self._peer = peer
        self._merchant = merchant

    def to(self, path: str, of: Named | None = None) -> Callable[[Call], Awaitable[Answer]]:
        """A handler that forwards to this path of the service, with a key that is live when all is here; an `{id}` in
        it is one `of` this kind. Anything else there could lead to another path: `../audit/messages`."""
        assert (of is not None) == ("{" in path), path

        async def forward(call: Call) -> Answer:
            if of is not None:
                id_in_path(call, *of)
            if call.request.method != "GET":
                await self._merchant.recheck(call.principal)
            return await self._peers.forward(call, self._peer, path.format(**call.path))

        return forward
