"""责任清单: the duty lists and the assignments they open each period."""
