"""A member's erasure: ordered at once, done in parts by whichever process has its turn, until a receipt says so.

What becomes of each column is said by its model (`member_data`). Nothing is read here to be shown to anybody.
"""
