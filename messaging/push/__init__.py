"""Notifications to browsers in which no page of ours is open: whom, with which words, and how they get there.

Best effort and behind everything else: nobody who says something waits for it, and under pressure it goes first.
Never in here: the text of a room for counselling, or of whoever did not ask to see texts on a locked screen.
"""
