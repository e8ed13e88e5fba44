"""Upward requests: what villages and townships ask of the levels above (T-10)."""
