"""Who may be where: members, rooms and their participants. What they say is in `messaging`."""
