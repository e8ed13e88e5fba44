"""Search over titles, numbers, units and people, and saved filters."""
