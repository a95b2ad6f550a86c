"""Tests of the checkout on a real Postgres."""
