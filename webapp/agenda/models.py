"""The calendar: due dates beside working days, and its feed."""
