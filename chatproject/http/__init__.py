"""What every HTTP request passes, from the socket to REST framework and back.

Hosts and proxies, limits, turns, the envelope, failures as answers, documents for machines. No app's domain is
known in here; what members may do is decided in the apps' services.
"""
