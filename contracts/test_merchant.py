"""The test merchant that every client of the family knows. In test mode each service seeds its part of it; printed in
the documentation, so none of it is a secret."""

from typing import Final

ID: Final = "550e8400-e29b-41d4-a716-446655440000"
NAME: Final = "Test Merchant"
EMAIL: Final = "test@example.com"
API_KEY: Final = "key_test_abc123"
API_SECRET: Final = "secret_test_xyz789"
PUBLISHABLE_KEY: Final = "pk_test_abc123"
