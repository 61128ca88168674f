"""What members, the law and time ask of what is stored: erasing, holding, exporting, and its worker. No socket."""
