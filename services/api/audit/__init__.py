"""The audit: every invariant of money derived again from the rows of all services."""
