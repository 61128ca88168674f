"""What is said to a model: which messages, in what form, by which rules.

Nobody is asked in here; what a member may not see, or keeps from the assistant, must not get past `context`.
"""
