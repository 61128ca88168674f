"""A member's export: what is in it, how it is made bit by bit, and who gets it. Nothing is erased here."""
