"""How files come: announced, counted, and taken in. Nothing here looks at what is in them."""
