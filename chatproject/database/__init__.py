"""What stands in DATABASE_URL becomes Django's dictionary of a database: spellings of other drivers, TLS, folders.

Most of it is read before Django is set up, so nothing in here knows a model, and no query is in here.
"""
