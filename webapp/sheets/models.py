"""村级月报单: the month sheet of a village."""
