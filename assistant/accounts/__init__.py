"""What the assistant costs: budgets that are reserved and settled, use by day, how long records are kept.

Counts only: no text is in here.
"""
