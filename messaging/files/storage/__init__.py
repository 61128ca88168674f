"""Where files lie: in a folder or a bucket, behind one store, under which names. What is in them is not known."""
