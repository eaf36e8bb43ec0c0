"""What a user does in a browser: the real Home Assistant, the real telephone page."""
