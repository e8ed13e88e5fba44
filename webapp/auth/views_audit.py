"""The audit log, for audit administrators."""
