"""Tests of the dashboard's back end."""
