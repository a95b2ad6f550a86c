"""The api as the checkout asks it: which order is to be paid, and whose it is."""

import aiohttp

from services.checkout.settings import Settings

READY_TIMEOUT = aiohttp.ClientTimeout(total=2.0)
"""Who asks for `/health` has not the patience of a buyer."""


class Orders:
    """One HTTP session to the api."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.api_url
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=settings.api_timeout_s), trust_env=False
        )

    async def close(self) -> None:
        """Close the session."""
        await self._session.close()

    async def is_ready(self) -> bool:
        """Whether the api says that it can serve."""
        try:
            async with self._session.get(f"{self._url}/ready", timeout=READY_TIMEOUT) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False
