"""Who may come in beyond what a token says by itself: tickets that open one socket, and what was revoked."""
