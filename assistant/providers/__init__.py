"""Who is asked: models behind HTTP, their formats, retries, deadlines, places and fuses.

Rooms and members are not known in here, and neither prompts nor answers reach a log.
"""
