"""The language of Paygate: what its services, integrations and merchants say to one another. Imports pydantic alone."""
