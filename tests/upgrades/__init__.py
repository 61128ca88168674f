"""Databases of earlier versions, and what `migrate` makes of them; what their servers told each other."""
