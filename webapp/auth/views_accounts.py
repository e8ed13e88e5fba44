"""Accounts of others: system administrators make and close them, security administrators end sessions and locks."""
