"""How files are got: who may see which, at what addresses, and as what browsers are given them."""
