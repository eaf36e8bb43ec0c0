"""From what a user names to what Pilot Status fetches."""
