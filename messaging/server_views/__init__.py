"""What the main server may call, under /v1/server/: the same acts as elsewhere, by a key instead of a member."""
