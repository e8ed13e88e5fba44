"""催办、督办: reminders, escalation and the ladder of consequences."""
