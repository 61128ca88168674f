"""Who is online, who is looking, and who may know. Nothing of it is stored, and nobody waits for it."""
