"""Whose schemas and login roles the database holds."""

from typing import Final

SCHEMAS: Final = ("acquirer", "api", "processor", "refunder", "notifier", "checkout", "dashboard")
"""One per service, and the simulated acquirer's."""

ROLES: Final = tuple(role for schema in SCHEMAS for role in (schema, f"{schema}_owner"))
"""`<schema>_owner` migrates, `<schema>` reads and writes rows."""
