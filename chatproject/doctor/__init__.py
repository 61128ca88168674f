"""`manage.py doctor`: what an operator should know of the parts that this server stands on, and how to mend it.

Here are the checks of what the project owns; `messaging.files.checkup` and `assistant.providers.checkup` have
theirs. A check only looks: it changes nothing but what it made itself a moment ago. No secret is ever told.
"""
