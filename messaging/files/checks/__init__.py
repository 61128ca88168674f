"""How files that came are checked: by whom, in which order, and what their rows say then. Inside: `examining`."""
