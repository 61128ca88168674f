"""What events tell the main server of rooms and messages, and who is to be notified. Sends nothing itself."""
