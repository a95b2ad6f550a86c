"""Tests of the api on a real Postgres."""
