"""Each error code is documented, once, on the page that `doc_url` opens."""

import re
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

from services.api.error_codes import ERROR_CODES
from services.api.tests.test_payments import Client

ROOT = Path(__file__).resolve().parents[3]
NOT_FOR_MERCHANTS = {"ACQUIRER_UNAVAILABLE"}
"""Between the processor and an acquirer of its own process."""

RAISED = re.compile(r"(?:ApiError\(\s*\d+,|unavailable\(|code=|error_code=)\s*\"([A-Z_]+)\"")


def test_every_code_in_the_source_is_documented_once() -> None:
    sources = [*ROOT.glob("chassis/*.py"), *ROOT.glob("services/*/*.py"), *ROOT.glob("services/api/routes/*.py")]
    raised = {code for path in sources for code in RAISED.findall(path.read_text(encoding="utf-8"))}
    documented = Counter(error.code for error in ERROR_CODES)
    assert len(raised) > 10
    assert raised - NOT_FOR_MERCHANTS <= documented.keys()
    assert max(documented.values()) == 1


async def test_doc_url_opens_a_page_that_has_the_code(client: Client) -> None:
    async with client.get("/api/v1/payments") as refused:
        doc_url = (await refused.json())["error"]["doc_url"]
    page, _, anchor = doc_url.partition("#")
    assert page == "http://localhost:8000/docs/errors"
    async with client.get(urlsplit(page).path) as response:
        assert f'id="{anchor}"' in await response.text()
