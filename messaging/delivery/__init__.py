"""How what was committed reaches every listener: sessions, order and gaps, other processes, comings and goings.

No I/O but in `link` and `relay` (the layer between processes), `repair` and `subscriptions` (which read the
store): `hub`, `streams`, `company`, `comings` and `notices` only decide.
"""
