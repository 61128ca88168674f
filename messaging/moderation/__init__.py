"""What is looked for in texts before they are said, what waits for a manager, and what members report.

Knows texts and its own tables; never stores a message, and never tells anybody.
"""
