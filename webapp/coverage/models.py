"""遍访: coverage duties as sets of units."""
