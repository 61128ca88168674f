"""How dates and times are written where Django's own formats are not what people write (FORMAT_MODULE_PATH)."""
