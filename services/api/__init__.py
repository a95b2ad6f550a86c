"""Merchants' HTTP API and the one writer of orders, payments and refunds."""
